"""Comparing beside its peers: Splink 5 and TF-IDF with a sparse product, in an environment of their own.

`GONGJIA_BENCH_DATA=<folder> python -m bench peers`. The peers are installed below `GONGJIA_BENCH_PEERS` (or the bench's
own folder, thrown away afterwards), get the same names taken apart by the same code, and the same codes. Reading files
is in nobody's time. Their threshold is the best one for the data, ours is the shipped one.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
import venv
from pathlib import Path

from bench.compare import data_folder, links, quality, rows_of, truth_of
from gongjia.domains.organising import sheets
from gongjia.domains.organising.comparison import UNION_ENDING, compare
from gongjia.engines.matching.core import Record, Register
from gongjia.engines.matching.core.columns import Column
from gongjia.engines.matching.core.model import shipped
from gongjia.engines.matching.core.words import lengths_of_brands

PACKAGES = ("splink==5.0.0", "duckdb", "pandas", "scikit-learn", "sparse-dot-topn==1.2.0")
PEERS = ("tfidf", "splink")
THRESHOLDS = [step / 20 for step in range(6, 20)]


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


def best(pairs: list[tuple[int, int, float]], codes: list[str], numbers: list[str], truth: dict[str, str]) -> str:
    """Quality at the threshold that is best for these very data."""
    scored = []
    for threshold in THRESHOLDS:
        found = {numbers[mine]: codes[theirs] for mine, theirs, score in pairs if score >= threshold}
        scored.append((quality(found, truth), threshold))
    (precision, recall, f1), threshold = max(scored, key=lambda one: one[0][2])
    return f"P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}  (threshold {threshold:.2f})"


def measure(folder: Path, work: Path, python: Path) -> None:
    truth = truth_of(folder)
    employers = list(rows_of(folder, "employers.csv.gz", sheets.EMPLOYERS, sheets.employer_record))
    unions = list(rows_of(folder, "unions.csv", sheets.UNIONS, sheets.union_record))
    codes, numbers = [one.uscc for one in employers], [one.number for one in unions]
    register = Register([Record(one.name, one.uscc, one.place) for one in employers])
    records = [Record(one.name, one.code, one.place, one.employer) for one in unions]
    write_parts(register.entries, work / "entries.csv")
    write_parts(register.know_all(records, UNION_ENDING), work / "records.csv")
    model = shipped()
    clock, began = time.perf_counter(), time.process_time()
    found = compare(employers, unions, at_least=25, model=model)
    mine = time.process_time() - began, time.perf_counter() - clock
    precision, recall, f1 = quality(links(found, guesses=True), truth)
    print(
        f"  ours    P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}  {mine[0]:.1f} s of processors, {mine[1]:.1f} s",
        flush=True,
    )
    for peer in PEERS:
        script = Path(__file__).with_name("peer_scripts") / f"{peer}.py"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [python, script, work / "entries.csv", work / "records.csv", work / f"{peer}.json"],
            check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""},
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = json.loads(done.stdout.strip().splitlines()[-1])
        pairs = json.loads((work / f"{peer}.json").read_text())
        print(
            f"  {peer:<7} {best(pairs, codes, numbers, truth)}  {seconds['cpu']:.1f} s of processors "
            f"({seconds['cpu'] / mine[0]:.1f} × ours), {seconds['wall']:.1f} s ({seconds['wall'] / mine[1]:.1f} ×); "
            f"most memory {max(before.ru_maxrss, after.ru_maxrss) / 1024:.0f} MB",
            flush=True,
        )


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
