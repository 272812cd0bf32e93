"""Train the model that comes with the project, on invented registers alone, and write it where the matcher finds it.

Run by hand when the features change: `.venv/bin/python tools/make_matching_model.py`; the same code, the same file.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from gongjia.domains.organising.comparison import UNION_ENDING  # noqa: E402
from gongjia.engines.matching.core.examples import examples_of, joined  # noqa: E402
from gongjia.engines.matching.core.model import SHIPPED  # noqa: E402
from gongjia.engines.matching.core.register import Register  # noqa: E402
from gongjia.engines.matching.core.training import Examples, train  # noqa: E402
from gongjia.engines.matching.core.verdicts import Decided  # noqa: E402
from gongjia.engines.matching.invented import World  # noqa: E402

WORLDS = [World(seed, careless=0.5 + 0.25 * (seed % 5), absent=0.15 + 0.05 * (seed % 4)) for seed in range(101, 109)]
FIRMS, UNIONS = 40_000, 3_000
NEAR_FROM = 0.95


def learn(world: World) -> Examples:
    roster = world.roster(FIRMS, UNIONS)
    register = Register(roster.entries)
    column = register.know_all(roster.records, UNION_ENDING)
    decided = {at: Decided(entry, none=entry is None) for at, entry in enumerate(roster.truth)}
    return examples_of(register, column, decided)


def main() -> None:
    found = [learn(world) for world in WORLDS]
    examples = joined(found)
    print(f"{len(examples.none):,} records, {len(examples.records):,} pairs")
    learnt_from = {"invented_records": len(examples.none), "worlds": len(WORLDS)}
    model = train(examples, near_from=NEAR_FROM, steps=300, networks=2, learnt_from=learnt_from)
    model.save(SHIPPED)
    print(f"{SHIPPED.relative_to(ROOT)}: {SHIPPED.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
