"""Comparing a generated register of a million employers with two hundred thousand unions: time, memory, quality.

`python -m bench large`; `GONGJIA_BENCH_FIRMS` and `GONGJIA_BENCH_UNIONS` take other sizes. Reading files is not
in it. The memory is the most of the process, the lists with it.
"""

import gc
import os
import resource
import time

from gongjia.domains.organising.comparison import EmployerRecord, Headcounts, UnionRecord, compare
from gongjia.engines.matching.core import Grade
from gongjia.engines.matching.core.model import shipped
from gongjia.engines.matching.invented import World

SEED = 7


def run() -> None:
    firms = int(os.environ.get("GONGJIA_BENCH_FIRMS", "1000000"))
    unions = int(os.environ.get("GONGJIA_BENCH_UNIONS", "200000"))
    gc.disable()
    roster = World(SEED).roster(firms, unions)
    employers = [EmployerRecord(one.name, one.code, one.place, Headcounts(30)) for one in roster.entries]
    records = [UnionRecord(str(at), one.name, one.code, "", one.place) for at, one in enumerate(roster.records)]
    truth = roster.truth
    del roster
    model = shipped()
    clock, began = time.perf_counter(), time.process_time()
    found = compare(employers, records, at_least=25, model=model)
    seconds = time.process_time() - began, time.perf_counter() - clock
    gc.enable()
    guesses = [pair.verdict.entry for pair in found.pairs]
    right = sum(one is not None and one == meant for one, meant in zip(guesses, truth, strict=True))
    named, there = sum(one is not None for one in guesses), sum(one is not None for one in truth)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {firms:,} × {unions:,}: {seconds[0]:.1f} s of processors, {seconds[1]:.1f} s, most memory {most:,.0f} MB")
    print(f"  P {right / named:.4f}  R {right / there:.4f}  F1 {2 * right / (named + there):.4f}")
    print("  " + "  ".join(f"{grade.zh} {found.count(grade):,}" for grade in Grade))
