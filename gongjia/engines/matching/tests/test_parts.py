"""A comparison in parts, and on Spark where there is one, says what the whole says."""

import importlib.util
import shutil
import sys
from collections.abc import Sequence

import pytest

from gongjia.engines.matching.core import Decided, Register, Verdict, match
from gongjia.engines.matching.core.model import shipped
from gongjia.engines.matching.core.parts import Part, Shared, Work, match_in_parts
from gongjia.engines.matching.invented import Roster, World
from gongjia.engines.matching.spark import SparkMissing, match_on_spark
from gongjia.engines.matching.tests.registers import ENDING

HAS_SPARK = bool(importlib.util.find_spec("pyspark") and shutil.which("java"))


def one_by_one(work: Work, shared: Shared, parts: Sequence[Part]) -> list[list[Verdict]]:
    return [work(shared, part) for part in parts]


def lists() -> tuple[Roster, dict[int, Decided]]:
    roster = World(6, careless=1.3).roster(1500, 500)
    return roster, {7: Decided(none=True), 130: Decided(3), 260: Decided(refused=frozenset({roster.truth[260] or 0}))}


@pytest.mark.parametrize("with_model", [True, False])
def test_parts_say_what_the_whole_says(*, with_model: bool) -> None:
    roster, decided = lists()
    model = shipped() if with_model else None
    whole = list(match(Register(roster.entries), roster.records, ending=ENDING, model=model, decided=decided))
    parts = match_in_parts(
        Register(roster.entries),
        roster.records,
        spread=one_by_one,
        size=120,
        ending=ENDING,
        model=model,
        decided=decided,
    )
    assert [(one.grade, one.entry, one.reason) for one in parts] == [
        (one.grade, one.entry, one.reason) for one in whole
    ]


def test_no_records_are_no_parts() -> None:
    assert list(match_in_parts(Register([]), [], spread=one_by_one, size=10, model=shipped())) == []


def test_without_java_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SparkMissing, match="Java 17"):
        match_on_spark(Register([]), [])


def test_without_pyspark_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "java")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(SparkMissing, match="pip install pyspark"):
        match_on_spark(Register([]), [])


@pytest.mark.skipif(not HAS_SPARK, reason="needs pyspark and Java, which are not installed with Gongjia")
def test_spark_says_what_this_machine_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongjia.engines.matching.spark._SIZE", 200)
    roster, decided = lists()
    whole = match(Register(roster.entries), roster.records, ending=ENDING, model=shipped(), decided=decided)
    found = match_on_spark(Register(roster.entries), roster.records, ending=ENDING, model=shipped(), decided=decided)
    assert [(one.grade, one.entry) for one in found] == [(one.grade, one.entry) for one in whole]
