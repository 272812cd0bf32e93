"""`gongjia train`, and what `gongjia compare` does with decisions and models."""

import csv
import json
from pathlib import Path

import pytest

from gongjia.command import compare, train
from gongjia.engines.intake.core import write_csv
from gongjia.engines.matching.invented import World

pytestmark = pytest.mark.system("O3")
EMPLOYERS = ("企业名称", "统一社会信用代码", "省", "市", "注册地址")
UNIONS = ("序号", "工会名称", "单位代码", "所在市", "地址")
DECISIONS = ("序号", "工会名称", "统一社会信用代码", "单位名称", "结论")


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented register, its roster, and what people have decided of the first half."""
    folder = tmp_path_factory.mktemp("lists")
    roster = World(31, careless=1.5).roster(1500, 800)
    entries = roster.entries
    write_csv(
        folder / "employers.csv",
        EMPLOYERS,
        [(one.name, one.code, one.place.province, one.place.city, one.place.address) for one in entries],
    )
    write_csv(
        folder / "unions.csv",
        UNIONS,
        [
            (str(at), one.name, one.code, one.place.city, one.place.address)
            for at, one in enumerate(roster.records, start=1)
        ],
    )
    said = [
        (
            str(at),
            roster.records[at - 1].name,
            "" if truth is None else entries[truth].code,
            "",
            "否" if truth is None else "是",
        )
        for at, truth in enumerate(roster.truth[:400], start=1)
    ]
    write_csv(folder / "decisions.csv", DECISIONS, said)
    return folder


def given(lists: Path, out: Path, *more: object) -> list[str]:
    files = ("--employers", lists / "employers.csv", "--unions", lists / "unions.csv", "--out", out)
    return [str(part) for part in (*files, *more)]


def pairs(out: Path) -> dict[str, list[str]]:
    with (out / "pairs.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row[0]: row[1:] for row in csv.reader(lines)}


def test_a_model_is_learnt_and_used(lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = tmp_path / "model.json"
    assert train.run(given(lists, model, "--decisions", lists / "decisions.csv")) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["decisions"] == 400
    assert 20 <= said["used"] < 400
    assert said["agreed_after"] >= said["agreed_before"]
    assert compare.run(given(lists, tmp_path / "out", "--model", model)) == 0
    assert len(pairs(tmp_path / "out")) == 801


def test_what_people_have_decided_stands_at_once(lists: Path, tmp_path: Path) -> None:
    plain, told = tmp_path / "plain", tmp_path / "told"
    assert compare.run(given(lists, plain)) == 0
    assert compare.run(given(lists, told, "--decisions", lists / "decisions.csv")) == 0
    with (lists / "decisions.csv").open(encoding="utf-8-sig", newline="") as lines:
        said = {row["序号"]: row["统一社会信用代码"] for row in csv.DictReader(lines)}
    found = pairs(told)
    assert {number: found[number][0] for number in said} == said
    assert all(found[number][1] in {"代码", "名称", "近似"} for number, code in said.items() if code)
    assert any(pairs(plain)[number][0] != code for number, code in said.items())


def test_decisions_about_nobody_are_told(lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(tmp_path / "d.csv", DECISIONS, [("99999", "没有这一条", "", "", "否")])
    assert compare.run(given(lists, tmp_path / "out", "--decisions", tmp_path / "d.csv")) == 0
    assert "1 行在这两份名单中找不到" in capsys.readouterr().err


def test_too_few_decisions_are_refused(lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(tmp_path / "d.csv", DECISIONS, [("1", "", "", "", "否")])
    assert train.run(given(lists, tmp_path / "m.json", "--decisions", tmp_path / "d.csv")) == 2
    assert "至少要 20 条" in capsys.readouterr().err
    assert not (tmp_path / "m.json").exists()


@pytest.mark.parametrize("content", [None, "{", '{"version": 0, "features": []}'])
def test_a_model_that_cannot_be_used_ends_with_two(
    lists: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    if content is not None:
        (tmp_path / "m.json").write_text(content, encoding="utf-8")
    assert compare.run(given(lists, tmp_path / "out", "--model", tmp_path / "m.json")) == 2
    assert "模型" in capsys.readouterr().err


def test_a_tax_list_counts_people_too(tmp_path: Path, lists: Path) -> None:
    with (lists / "employers.csv").open(encoding="utf-8-sig", newline="") as lines:
        first = next(csv.DictReader(lines))
    write_csv(
        tmp_path / "tax.csv",
        ("单位名称", "统一社会信用代码", "人数"),
        [(first["企业名称"], first["统一社会信用代码"], "61")],
    )
    write_csv(tmp_path / "unions.csv", UNIONS, [("1", "没有这一家工会", "", "", "")])
    files = ["--employers", lists / "employers.csv", "--unions", tmp_path / "unions.csv", "--tax", tmp_path / "tax.csv"]
    assert compare.run([str(part) for part in (*files, "--out", tmp_path / "out")]) == 0
    rows = (tmp_path / "out" / "unorganised.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[1].split(",")[2:6] == ["", "61", "", "61"]
