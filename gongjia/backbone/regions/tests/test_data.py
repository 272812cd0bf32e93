"""The divisions of the city as the statistics bureau lists them (2023-06-30)."""

import csv
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1] / "data/4212.csv"
DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_city_has_its_counties_townships_and_villages(rows):
    assert Counter(row["level"] for row in rows) == {
        "province": 1, "city": 1, "county": 6, "township": 89, "village": 1096,
    }  # fmt: skip
    assert [row["name"] for row in rows if row["level"] == "county"] == [
        "咸安区", "嘉鱼县", "通城县", "崇阳县", "通山县", "赤壁市",
    ]  # fmt: skip


def test_each_code_begins_with_its_parents_code_and_stands_below_it(rows):
    known: set[str] = set()
    for row in rows:
        assert len(row["code"]) == DIGITS[row["level"]]
        assert row["code"].startswith(row["parent_code"])
        assert row["parent_code"] in known or row["level"] == "province"
        known.add(row["code"])
    assert len(known) == len(rows)


def test_villages_carry_their_own_name_and_not_that_of_their_committee(rows):
    assert not [row for row in rows if "委会" in row["name"] or "委员会" in row["name"]]
