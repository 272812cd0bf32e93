"""Comparing beside its peers: Splink 5 and TF-IDF with a sparse product, in an environment of their own.

`GONGJIA_BENCH_DATA=<folder> python -m bench peers`. The peers are installed below `GONGJIA_BENCH_PEERS` (or the bench's
own folder, thrown away afterwards). All may use all processors; nobody's time has the reading of files in it. The peers
get the codes and the names already folded and taken apart by our code, which is in our time and not in theirs. Their
threshold is the best one for the very data, ours is the shipped one.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench import Measured, table, timed
from bench.compare import data_folder, links, quality, rows_of, truth_of
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
from gongjia.engines.matching.core.columns import Column
from gongjia.engines.matching.core.model import shipped
from gongjia.engines.matching.core.words import lengths_of_brands

PACKAGES = ("splink==5.0.0", "duckdb", "pandas", "scikit-learn", "sparse-dot-topn==1.2.0")
PEERS = ("tfidf", "splink")
THRESHOLDS = [step / 20 for step in range(6, 20)]


class Ran(NamedTuple):
    """What a peer found (record, entry, score), its seconds and its memory (MB)."""

    pairs: list[tuple[int, int, float]]
    wall: float
    processors: float
    memory: float


def environment(folder: Path) -> Path:
    """The Python of the peers, made once."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    return python


def write_parts(column: Column, path: Path) -> None:
    """Number, code, folded name, core, brand, city, county and the head of the address of each row."""
    lengths = lengths_of_brands(known.name.core for known in column)
    with path.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out).writerow
        write(("id", "code", "full", "core", "brand", "city", "county", "address"))
        for at, known in enumerate(column):
            full, core, places = known.name.full, known.name.core, known.places
            where = (min(places.cities, default=""), min(places.counties, default=""), known.address[:10])
            write((at, known.code, full, core, core[: lengths[at]], *where))


def write_lists(employers: Sequence[EmployerRecord], unions: Sequence[UnionRecord], work: Path) -> None:
    """Both lists as the peers read them."""
    register = register_of(employers)
    write_parts(register.entries, work / "entries.csv")
    write_parts(register.know_all(roster_of(unions), UNION_ENDING), work / "records.csv")


def run_peer(peer: str, python: Path, work: Path) -> Ran:
    """Raises CalledProcessError."""
    script = Path(__file__).with_name("peer_scripts") / f"{peer}.py"
    done = subprocess.run(
        [python, script, work / "entries.csv", work / "records.csv", work / f"{peer}.json"],
        check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Ran(json.loads((work / f"{peer}.json").read_text()), told["wall"], told["cpu"], told["memory"])


def best(
    pairs: list[tuple[int, int, float]], codes: Sequence[str], numbers: Sequence[str], truth: dict[str, str]
) -> tuple[tuple[float, float, float], float]:
    """Precision, recall and F1 at the threshold that is best for these very data, and that threshold."""
    scored = []
    for threshold in THRESHOLDS:
        found = {numbers[mine]: codes[theirs] for mine, theirs, score in pairs if score >= threshold}
        scored.append((quality(found, truth), threshold))
    return max(scored, key=lambda one: one[0][2])


def note(what: str, way: str, seen: tuple[float, float, float], ran: tuple[float, float, float]) -> None:
    """Print quality, seconds of clock and processors, and memory; and keep them for the table."""
    table.append(Measured(what, way, f"{seen[2]:.4f}", *ran))
    print(
        f"  {way:<7} P {seen[0]:.4f}  R {seen[1]:.4f}  F1 {seen[2]:.4f}  {ran[0]:.1f} s, {ran[1]:.1f} s of processors",
        flush=True,
    )


def measure(folder: Path, work: Path, python: Path) -> None:
    truth = truth_of(folder)
    employers = list(rows_of(folder, "employers.csv.gz", sheets.EMPLOYERS, sheets.employer_record))
    unions = list(rows_of(folder, "unions.csv", sheets.UNIONS, sheets.union_record))
    codes, numbers = [one.uscc for one in employers], [one.number for one in unions]
    write_lists(employers, unions, work)
    model = shipped()

    def ours() -> tuple[Comparison, float, float]:
        return timed(lambda: compare(employers, unions, at_least=25, model=model))

    found, *first = ours()
    times, peers = [first], []
    for peer in PEERS:  # ours before and after each: what else the machine does changes from minute to minute
        peers.append(run_peer(peer, python, work))
        times.append(ours()[1:])
    wall, processors = (statistics.median(some) for some in zip(*times, strict=True))
    note("register", "ours", quality(links(found, guesses=True), truth), (wall, processors, 0))
    for peer, ran in zip(PEERS, peers, strict=True):
        seen, threshold = best(ran.pairs, codes, numbers, truth)
        note("register", peer, seen, (ran.wall, ran.processors, ran.memory))
        print(f"          at the threshold {threshold:.2f}; {ran.wall / wall:.1f} × our time", flush=True)


def run() -> None:
    """For `python -m bench`: without data or peers the other measurements go on."""
    work = Path(os.environ["GONGJIA_VAR"]) / "peers"
    work.mkdir(parents=True, exist_ok=True)
    try:
        folder = data_folder()
        python = environment(Path(os.environ.get("GONGJIA_BENCH_PEERS") or work / "venv"))
        measure(folder, work, python)
    except LookupError as none:
        print(f"  {none}")
    except subprocess.CalledProcessError as failed:
        print(f"  a peer did not run: {failed.stderr or failed}", file=sys.stderr)
