"""Comparing employers with a union roster: quality and time, beside exact code and exact name alone.

`GONGJIA_BENCH_DATA=<folder> python -m bench compare`. The folder holds employers.csv.gz, unions.csv, insured.csv.gz and
truth.csv (序号, 统一社会信用代码); it is no part of the project. Measured are the exact stages, the shipped model
and one that learnt from a thousand decisions about the first half of the roster, which the second half judges; then
both on invented registers of other provinces, with other trades and other flaws. Seconds are of processors.
"""

import csv
import os
import random
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from bench import Measured, table, timed
from gongjia.domains.organising import sheets
from gongjia.domains.organising.comparison import (
    UNION_ENDING,
    Comparison,
    EmployerRecord,
    UnionRecord,
    compare,
    register_of,
    roster_of,
)
from gongjia.domains.organising.decisions import Decision, apply
from gongjia.engines.intake.core import Row, SheetSpec, read
from gongjia.engines.matching.core import Grade, Register, match
from gongjia.engines.matching.core.examples import examples_of
from gongjia.engines.matching.core.model import Model, shipped
from gongjia.engines.matching.core.names import fold, without_ending
from gongjia.engines.matching.core.training import train
from gongjia.engines.matching.invented import World

Kept = TypeVar("Kept")
DECISIONS = 1000
AT_LEAST = 25
NEEDED = ("employers.csv.gz", "unions.csv", "insured.csv.gz", "truth.csv")


def rows_of(folder: Path, name: str, spec: SheetSpec, record_of: Callable[[Row], Kept | None]) -> Iterator[Kept]:
    with (folder / name).open("rb") as source:
        for row in read(source, spec).rows():
            if not row.skipped and (record := record_of(row)) is not None:
                yield record


def floor(employers: Iterable[EmployerRecord], unions: Iterable[UnionRecord]) -> dict[str, str]:
    """The same code, or else the same name to the letter (width, blanks, brackets and the union's ending aside)."""
    codes, names = set(), {}
    for one in employers:
        codes.add(one.uscc)
        names[fold(one.name)] = one.uscc
    found = {}
    for union in unions:
        name = without_ending(fold(union.name), UNION_ENDING)
        found[union.number] = union.code if union.code in codes else names.get(name, "")
    return found


def links(comparison: Comparison, *, guesses: bool) -> dict[str, str]:
    return {
        union.number: comparison.employers[verdict.entry].uscc
        if verdict.entry is not None and (verdict.grade.links or guesses)
        else ""
        for union, verdict in comparison.pairs
    }


def quality(found: dict[str, str], truth: dict[str, str]) -> tuple[float, float, float]:
    right = sum(bool(code) and found.get(number) == code for number, code in truth.items())
    precision = right / max(1, sum(bool(code) and number in truth for number, code in found.items()))
    recall = right / max(1, sum(map(bool, truth.values())))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def of_review(comparison: Comparison, truth: dict[str, str], numbers: Collection[str]) -> str:
    """Of the records on the review list that belong to somebody: how often that one is among the first 1, 3, 5."""
    places = []
    for union, verdict in comparison.review:
        if union.number in numbers and truth[union.number]:
            codes = [comparison.employers[one.entry].uscc for one in verdict.candidates]
            places.append(codes.index(truth[union.number]) if truth[union.number] in codes else 99)
    count = max(1, len(places))
    shares = (f"top-{most} {sum(place < most for place in places) / count:.4f}" for most in (1, 3, 5))
    return f"{len(places):,} on the review list belong to somebody: {'  '.join(shares)}"


def of_list(comparison: Comparison, truth: dict[str, str], counts: dict[str, int]) -> float:
    """F1 of the list of employers without a union."""
    organised = set(truth.values())
    meant = {code for code, count in counts.items() if count >= AT_LEAST and code not in organised}
    listed = {one.employer.uscc for one in comparison.unorganised}
    return 2 * len(meant & listed) / max(1, len(meant) + len(listed))


def show(label: str, found: dict[str, str], truth: dict[str, str], seconds: float | None = None) -> None:
    precision, recall, f1 = quality(found, truth)
    taken = "" if seconds is None else f"  {seconds:6.1f} s"
    print(f"  {label:<44} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}{taken}", flush=True)


def show_all(label: str, comparison: Comparison, truth: dict[str, str], seconds: float) -> None:
    show(label, links(comparison, guesses=True), truth, seconds)
    alone = {number: code for number, code in links(comparison, guesses=False).items() if number in truth}
    show("  of it linked without asking", alone, truth)
    print(f"    {of_review(comparison, truth, truth.keys())}")
    print("    " + "  ".join(f"{grade.zh} {comparison.count(grade):,}" for grade in Grade), flush=True)


def learnt(
    employers: Sequence[EmployerRecord], unions: Sequence[UnionRecord], truth: dict[str, str], asked: Comparison
) -> tuple[Model, float]:
    """A model from decisions on records of the first half that were not linked, and the seconds it took."""
    half = {union.number for union in unions[: len(unions) // 2]}
    open_ = [pair.union for pair in asked.pairs if not pair.verdict.grade.links and pair.union.number in half]
    chosen = random.Random(1).sample(open_, min(DECISIONS, len(open_)))
    lines = [Decision(one.number, one.name, truth[one.number], yes=bool(truth[one.number])) for one in chosen]
    began = time.process_time()
    register = register_of(employers)
    column = register.know_all(roster_of(unions), UNION_ENDING)
    examples = examples_of(register, column, apply(lines, employers, unions).decided)
    model = train(examples, near_from=0.95, prior=shipped(), steps=200)
    return model, time.process_time() - began


def data_folder() -> Path:
    """The folder of the data; leaves with a clear word where there is none."""
    given = os.environ.get("GONGJIA_BENCH_DATA", "")
    absent = [name for name in NEEDED if not given or not (Path(given) / name).is_file()]
    if absent:
        raise LookupError(f"no data: set GONGJIA_BENCH_DATA to a folder that holds {', '.join(absent)}")
    return Path(given)


def truth_of(folder: Path) -> dict[str, str]:
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["序号"]: row["统一社会信用代码"] for row in csv.DictReader(lines)}


ELSEWHERE = ((31, 0.5), (32, 1.0), (33, 1.5))
"""Seeds of invented worlds that no model has learnt from, and how careless their clerks are."""


def elsewhere(model: Model) -> str:
    """F1 on registers of other regions, trades and flaws."""
    shown = []
    for seed, careless in ELSEWHERE:
        roster = World(seed, careless=careless).roster(20_000, 6_000)
        found = list(match(Register(roster.entries), roster.records, ending=UNION_ENDING, model=model))
        right = sum(
            one.entry is not None and one.entry == meant for one, meant in zip(found, roster.truth, strict=True)
        )
        named, there = (sum(one is not None for one in some) for some in ([v.entry for v in found], roster.truth))
        shown.append(f"{2 * right / (named + there):.4f}")
    return "  ".join(shown)


def measure(folder: Path) -> None:
    truth = truth_of(folder)
    (employers, unions, insured), _, seconds = timed(
        lambda: (
            list(rows_of(folder, "employers.csv.gz", sheets.EMPLOYERS, sheets.employer_record)),
            list(rows_of(folder, "unions.csv", sheets.UNIONS, sheets.union_record)),
            list(rows_of(folder, "insured.csv.gz", sheets.INSURED, sheets.headcount_record)),
        )
    )
    print(f"  read {len(employers):,} employers, {len(unions):,} unions: {seconds:.1f} s")

    def measured(way: str, model: Model | None) -> tuple[Comparison, float]:
        found, wall, processors = timed(lambda: compare(employers, unions, insured, at_least=AT_LEAST, model=model))
        f1 = f"{quality(links(found, guesses=True), truth)[2]:.4f}"
        table.append(Measured("register, with lists", way, f1, wall, processors))
        return found, processors

    names, wall, seconds = timed(lambda: floor(employers, unions))
    show("floor: exact code, exact name", names, truth, seconds)
    table.append(Measured("register, with lists", "floor", f"{quality(names, truth)[2]:.4f}", wall, seconds))
    exact, seconds = measured("exact stages alone", None)
    show_all("exact stages alone", exact, truth, seconds)
    found, seconds = measured("ours", shipped())
    show_all("with the shipped model", found, truth, seconds)
    everybody = compare(employers, [], insured, at_least=0).unorganised
    counts = {one.employer.uscc: one.headcounts.most or 0 for one in everybody}
    print(f"    F1 of the list of employers without a union: {of_list(found, truth, counts):.4f}")
    rest = {union.number: truth[union.number] for union in unions[len(unions) // 2 :]}
    show_all("the same, second half only", found, rest, seconds)
    model, taken = learnt(employers, unions, truth, exact)
    print(f"  a thousand decisions learnt in {taken:.1f} s")
    found, seconds = measured("ours, having learnt", model)
    show_all("with that model, second half", found, rest, seconds)
    print(f"    F1 of the list of employers without a union: {of_list(found, truth, counts):.4f}")
    print(f"  elsewhere, shipped: F1 {elsewhere(shipped())}\n  elsewhere, learnt:  F1 {elsewhere(model)}")


def run() -> None:
    """For `python -m bench`: without data the other measurements go on."""
    try:
        measure(data_folder())
    except LookupError as none:
        print(f"  {none}")


if __name__ == "__main__":
    try:
        measure(data_folder())
    except LookupError as none:
        sys.exit(str(none))
