"""Comparing a generated register of a million employers with two hundred thousand unions: time, memory, quality.

`python -m bench large`; `GONGJIA_BENCH_FIRMS` and `GONGJIA_BENCH_UNIONS` take other sizes. Reading files is not in it.
The memory is the most of a process of its own, the lists with it.

With `GONGJIA_BENCH_LARGE_PEER=1`, and in `GONGJIA_BENCH_PEERS` the folder where `bench peers` installs its peers,
Splink does the same beside it; that took more than 13 GB and five minutes of processors, and had not come to an end.
"""

import gc
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from bench import timed
from bench.peers import Ran, best, note, run_peer, write_lists
from gongjia.domains.organising.comparison import EmployerRecord, Headcounts, UnionRecord, compare
from gongjia.engines.matching.core import Grade
from gongjia.engines.matching.core.model import shipped
from gongjia.engines.matching.invented import World

SEED = 7
WHAT = "a million, generated"
Lists = tuple[list[EmployerRecord], list[UnionRecord], list[int | None]]


def lists() -> Lists:
    firms = int(os.environ.get("GONGJIA_BENCH_FIRMS", "1000000"))
    unions = int(os.environ.get("GONGJIA_BENCH_UNIONS", "200000"))
    gc.disable()
    roster = World(SEED).roster(firms, unions)
    employers = [EmployerRecord(one.name, one.code, one.place, Headcounts(30)) for one in roster.entries]
    records = [UnionRecord(str(at), one.name, one.code, "", one.place) for at, one in enumerate(roster.records)]
    return employers, records, roster.truth


def ours() -> None:
    """Measured in a process of its own, whose memory is nobody else's."""
    employers, records, truth = lists()
    model = shipped()
    found, wall, processors = timed(lambda: compare(employers, records, at_least=25, model=model))
    guesses = [pair.verdict.entry for pair in found.pairs]
    right = sum(one is not None and one == meant for one, meant in zip(guesses, truth, strict=True))
    named, there = sum(one is not None for one in guesses), sum(one is not None for one in truth)
    seen = right / named, right / there, 2 * right / (named + there)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    grades = "  ".join(f"{grade.zh} {found.count(grade):,}" for grade in Grade)
    print(json.dumps({"seen": seen, "ran": (wall, processors, most), "grades": grades}))


def splink(python: Path) -> None:
    work = Path(os.environ["GONGJIA_VAR"]) / "large"
    work.mkdir(parents=True, exist_ok=True)
    employers, records, truth = lists()
    write_lists(employers, records, work)
    codes = [one.uscc for one in employers]
    meant = {str(at): "" if one is None else codes[one] for at, one in enumerate(truth)}
    numbers = [one.number for one in records]
    del employers, records
    gc.collect()
    ran: Ran = run_peer("splink", python, work)
    seen, _ = best(ran.pairs, codes, numbers, meant)
    note(WHAT, "splink", seen, (ran.wall, ran.processors, ran.memory))


def run() -> None:
    command = [sys.executable, "-c", "import bench.large; bench.large.ours()"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    note(WHAT, "ours", told["seen"], told["ran"])
    print(f"  at most {told['ran'][2]:,.0f} MB; {told['grades']}", flush=True)
    python = Path(os.environ.get("GONGJIA_BENCH_PEERS") or "nowhere") / "bin" / "python"
    if os.environ.get("GONGJIA_BENCH_LARGE_PEER") == "1" and python.exists():
        try:
            splink(python)
        except subprocess.CalledProcessError as failed:
            print(f"  splink did not run: {failed.stderr or failed}", file=sys.stderr)
