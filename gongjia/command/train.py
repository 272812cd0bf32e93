"""`gongjia train`: a model for comparing, learnt from what people have decided, without a database."""

import argparse
import gc
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from gongjia.command._lists import model_from, open_list, records, sentence
from gongjia.domains.organising import decisions, sheets
from gongjia.domains.organising.comparison import UNION_ENDING, employers_of
from gongjia.engines.intake.core import Unreadable
from gongjia.engines.matching.core import Record, Register
from gongjia.engines.matching.core.errors import BadModel

SUMMARY = "用人核对过的结论训练比对模型（不用数据库）"

_FEWEST = 20
_STEPS = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--decisions", type=Path, required=True, metavar="文件", help="核对结论：序号或工会名称、代码或单位名称、是或否"
    )
    parser.add_argument("--employers", type=Path, required=True, metavar="文件", help="核对时的单位名单")
    parser.add_argument("--unions", type=Path, required=True, metavar="文件", help="核对时的工会名册")
    parser.add_argument("--model", type=Path, metavar="文件", help="在哪个模型上接着训练，不给则用自带的")
    parser.add_argument("--out", type=Path, required=True, metavar="文件", help="训练出来的模型写到这里")


def run(argv: Sequence[str]) -> int:
    """0 when the model is written; 2 with a Chinese reason on stderr when it cannot be."""
    parser = argparse.ArgumentParser(prog="gongjia train", description=SUMMARY)
    add_arguments(parser)
    given = parser.parse_args(argv)
    began = time.monotonic()
    gc.disable()  # as in `gongjia compare`
    try:
        summary = _train(given)
    except (Unreadable, BadModel, OSError) as refused:
        print(sentence(refused), file=sys.stderr)
        return 2
    finally:
        gc.enable()
    print(json.dumps({**summary, "seconds": round(time.monotonic() - began, 2)}, ensure_ascii=False))
    return 0


def _train(given: argparse.Namespace) -> dict[str, int | float]:
    from gongjia.engines.matching.core.examples import examples_of  # here: `--help` needs no numbers
    from gongjia.engines.matching.core.training import agreement_of, train

    prior = model_from(given.model)
    with ExitStack() as files:
        sources = [
            open_list(given.employers, sheets.EMPLOYERS, files),
            open_list(given.unions, sheets.UNIONS, files),
            open_list(given.decisions, decisions.DECISIONS, files),
        ]
        employers = employers_of(records(sources[0], sheets.employer_record))
        unions = list(records(sources[1], sheets.union_record))
        lines = list(records(sources[2], decisions.decision_record))
    said = decisions.apply(lines, employers, unions)
    if said.unplaced:
        print(f"核对结论里有 {said.unplaced:,} 行在这两份名单中找不到，没有用上。", file=sys.stderr)
    register = Register([Record(one.name, one.uscc, one.place) for one in employers])
    column = register.know_all([Record(one.name, one.code, one.place, one.employer) for one in unions], UNION_ENDING)
    examples = examples_of(register, column, said.decided)
    used = len(examples.none)
    if used < _FEWEST:
        raise BadModel(
            f"能用来训练的核对结论只有 {used} 条，至少要 {_FEWEST} 条。"
            "代码或名称已经对上的不算，请多核对一些“待核”的记录。"
        )
    before = agreement_of(prior, examples)
    model = train(examples, near_from=prior.near_from, prior=prior, steps=_STEPS, learnt_from={"decisions": used})
    given.out.parent.mkdir(parents=True, exist_ok=True)
    model.save(given.out)
    return {
        "decisions": len(lines),
        "used": used,
        "agreed_before": round(before, 4),
        "agreed_after": round(agreement_of(model, examples), 4),
    }
