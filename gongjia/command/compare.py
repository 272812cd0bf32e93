"""`gongjia compare`: an employer list against a roster of unions, from files to files, without a database."""

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

from gongjia.command._lists import Source, model_from, open_list, records, sentence
from gongjia.domains.organising import sheets
from gongjia.domains.organising.comparison import Comparison, HeadcountRecord, Pair, Unorganised, compare
from gongjia.domains.organising.decisions import DECISIONS, decision_record
from gongjia.domains.organising.params import counts_since, listed_headcount
from gongjia.engines.intake.core import Unreadable, write_csv
from gongjia.engines.matching.core import Candidate, Grade, match
from gongjia.engines.matching.core.errors import BadModel
from gongjia.engines.matching.spark import SparkMissing, match_on_spark
from gongjia.kernel.moments import SHANGHAI, today_of

SUMMARY = "比对单位名单与工会名册，列出还没有工会的单位（不用数据库）"

_MOST_CANDIDATES = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--employers", type=Path, required=True, metavar="文件", help="单位名单（企业登记、园区、乡镇名单等）"
    )
    parser.add_argument("--unions", type=Path, required=True, metavar="文件", help="工会名册")
    parser.add_argument("--insured", type=Path, metavar="文件", help="参保（或税务、申报）人数名单，可不给")
    parser.add_argument("--tax", type=Path, metavar="文件", help="税务人数名单，可不给")
    parser.add_argument("--model", type=Path, metavar="文件", help="gongjia train 训练的比对模型，不给则用自带的")
    parser.add_argument(
        "--decisions", type=Path, metavar="文件", help="已经核对过的结论（序号、代码、是或否），照此认定"
    )
    parser.add_argument(
        "--engine",
        choices=("local", "spark"),
        default="local",
        help="在哪里算：local 本机（默认）；spark 分到 Spark 各任务（要另装 pyspark 和 Java 17 以上），结果相同",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="目录", help="结果目录，没有就新建")
    parser.add_argument(
        "--at", type=_day, metavar="日期", help="按哪一天比对（2026-03-01）：人数按这一天算新旧，不给则是今天"
    )
    parser.add_argument("--at-least", type=int, metavar="人数", help="列出多少人以上（含）的单位，不给则用现行参数")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-03-01 的样子") from None


def run(argv: Sequence[str]) -> int:
    """0 when the results are written; 2 with a Chinese reason on stderr when input or output cannot be used."""
    parser = argparse.ArgumentParser(prog="gongjia compare", description=SUMMARY)
    add_arguments(parser)
    given = parser.parse_args(argv)
    began = time.monotonic()
    gc.disable()  # a million records without a cycle among them: looking for some takes an eighth of the time
    try:
        comparison = _compare_files(given)
        _write(comparison, given.out)
    except (Unreadable, BadModel, SparkMissing, OSError) as refused:
        print(sentence(refused), file=sys.stderr)
        return 2
    finally:
        gc.enable()
    print(json.dumps(_summary(comparison, time.monotonic() - began), ensure_ascii=False))
    return 0


def _compare_files(given: argparse.Namespace) -> Comparison:
    today = today_of(datetime.now(SHANGHAI)) if given.at is None else given.at
    at_least = listed_headcount(on=today) if given.at_least is None else given.at_least
    model = model_from(given.model)
    with ExitStack() as files:  # all headings are read first: a wrong file is told before the long work begins
        employers = open_list(given.employers, sheets.EMPLOYERS, files)
        unions = open_list(given.unions, sheets.UNIONS, files)
        insured = open_list(given.insured, sheets.INSURED, files) if given.insured else None
        taxed = open_list(given.tax, sheets.TAX, files) if given.tax else None
        decisions = open_list(given.decisions, DECISIONS, files) if given.decisions else None
        comparison = compare(
            records(employers, sheets.employer_record),
            records(unions, sheets.union_record),
            _headcounts(insured, taxed),
            at_least=at_least,
            since=counts_since(on=today),
            model=model,
            matcher=match_on_spark if given.engine == "spark" else match,
            decisions=list(records(decisions, decision_record)) if decisions else (),
        )
    if comparison.unplaced:
        print(f"人数名单里有 {comparison.unplaced:,} 行在单位名单中找不到对应单位，没有计入。", file=sys.stderr)
    if comparison.undecided:
        print(f"核对结论里有 {comparison.undecided:,} 行在这两份名单中找不到，没有用上。", file=sys.stderr)
    return comparison


def _headcounts(insured: Source | None, taxed: Source | None) -> Iterator[HeadcountRecord]:
    """The rows of both lists."""
    if insured:
        yield from records(insured, sheets.headcount_record)
    if taxed:
        yield from records(taxed, sheets.taxed_record)


def _write(comparison: Comparison, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_csv(
        out / "pairs.csv",
        ("序号", "统一社会信用代码", "等级", "分数", "理由"),
        (_pair_row(comparison, pair) for pair in comparison.pairs),
    )
    kinds = ("代码", "名称", "分数", "理由")
    write_csv(
        out / "review.csv",
        ("序号", "工会名称", *(f"候选{place}{kind}" for place in range(1, _MOST_CANDIDATES + 1) for kind in kinds)),
        (_review_row(comparison, pair) for pair in comparison.review),
    )
    write_csv(
        out / "unorganised.csv",
        ("统一社会信用代码", "单位名称", "参保人数", "税务人数", "申报人数", "最大人数", "待核"),
        (_unorganised_row(one) for one in comparison.unorganised),
    )


def _pair_row(comparison: Comparison, pair: Pair) -> tuple[str, ...]:
    verdict = pair.verdict
    code = comparison.employers[verdict.entry].uscc if verdict.entry is not None else ""
    return (pair.union.number, code, verdict.grade.zh, f"{verdict.score:.4f}", verdict.reason)


def _review_row(comparison: Comparison, pair: Pair) -> tuple[str, ...]:
    cells = [cell for one in pair.verdict.candidates for cell in _candidate_cells(comparison, one)]
    cells += [""] * (4 * _MOST_CANDIDATES - len(cells))
    return (pair.union.number, pair.union.name, *cells)


def _candidate_cells(comparison: Comparison, candidate: Candidate) -> tuple[str, ...]:
    employer = comparison.employers[candidate.entry]
    return (employer.uscc, employer.name, f"{candidate.score:.4f}", candidate.reason)


def _unorganised_row(one: Unorganised) -> tuple[str, ...]:
    counts = (*one.headcounts.counts, one.most)
    return (one.employer.uscc, one.employer.name, *map(_count, counts), "是" if one.unsure else "否")


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _summary(comparison: Comparison, seconds: float) -> dict[str, int | float]:
    return {
        "employers": len(comparison.employers),
        "unions": len(comparison.pairs),
        **{grade.value: comparison.count(grade) for grade in Grade},
        "unorganised": len(comparison.unorganised),
        "seconds": round(seconds, 2),
    }
