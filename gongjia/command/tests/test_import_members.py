"""`gongjia import-members`: a dry run writes nothing, the rest becomes members, and what cannot be is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from gongjia.command import import_members
from gongjia.domains.enrolment.tests.rosters import line, sheet
from tests import factories
from tests.factories import Membership, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O8")]


@pytest.fixture
def roster(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    path = tmp_path / "花名册.csv"
    path.write_bytes(sheet(line("白小满", 901), line("石磊", 902), ("柳青", "12")))
    return path


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_a_dry_run_tells_and_writes_nothing(tree: Tree, roster: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_members.run([str(roster), "--union", tree.union.reference, "--dry-run"]) == 0
    report = told(capsys)
    assert (report["state"], report["new"], report["bad"], report["added"]) == ("checked", 2, 1, 0)
    assert not Membership._base_manager.filter(origin="roster").exists()


def test_good_rows_become_members_and_a_second_time_nobody_does(
    tree: Tree, roster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    type(tree.union)._base_manager.filter(pk=tree.union.pk).update(uscc="81421200MC48XXXX0R")
    assert import_members.run([str(roster), "--union", "81421200mc48xxxx0r"]) == 0
    assert told(capsys)["added"] == 2
    assert import_members.run([str(roster), "--union", tree.union.reference]) == 0
    report = told(capsys)
    assert (report["same"], report["added"]) == (2, 0)
    assert Membership._base_manager.filter(origin="roster", organisation=tree.union).count() == 2


@pytest.mark.parametrize(
    ("union", "name", "why"),
    [
        ("own", "没有.csv", "打不开"),
        ("XXXXXXXXXX", "花名册.csv", "没有编号"),
        ("county", "花名册.csv", "基层工会"),
    ],
)
def test_what_cannot_be_is_said(
    tree: Tree, roster: Path, capsys: pytest.CaptureFixture[str], union: str, name: str, why: str
) -> None:
    code = {"own": tree.union.reference, "county": tree.county.reference}.get(union, union)
    assert import_members.run([str(roster.with_name(name)), "--union", code]) == 2
    assert why in capsys.readouterr().err
    assert not factories.Person._base_manager.filter(name="白小满").exists()
