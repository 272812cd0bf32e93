"""`gongjia read-sheet` on the corpus of ugly sheets: everything as it stands in expected.json."""

import json
from pathlib import Path
from typing import Any

import pytest

from gongjia.command import read_sheet
from gongjia.engines.intake import tests

CORPUS = Path(tests.__file__).parent / "corpus"
EXPECTED = json.loads((CORPUS / "expected.json").read_text("utf-8"))
READ = [each for each in EXPECTED["files"] if each["must_read"]]
REFUSED = [each for each in EXPECTED["files"] if not each["must_read"]]


def report_of(kind: str, path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = read_sheet.run([kind, str(path), "--at", EXPECTED["as_of"], "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("expected", READ, ids=[each["file"] for each in READ])
def test_every_row_of_an_ugly_sheet_comes_out_as_it_must(
    expected: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = report_of(expected["kind"], CORPUS / expected["file"], capsys)
    assert (code, report["refused"], report["error"]) == (0, False, None)
    for part in ("sheets", "heading_row", "columns", "unknown_columns"):
        assert report[part] == expected[part]
    wanted, got = expected["rows"], report["rows"]
    assert set(got["ok"]) == set(wanted["ok"])
    assert set(got["skip"]) == set(wanted["skip"])
    assert got["error"] == {row: sorted(codes) for row, codes in wanted["error"].items()}
    assert got["warn"] == {row: sorted(codes) for row, codes in wanted["warn"].items()}
    assert {row: report["values"][row] for row in expected["samples"]} == expected["samples"]
    assert report["values"].keys() == set(map(str, got["ok"]))
    assert all(reason for reasons in report["reasons"].values() for reason in reasons)


@pytest.mark.parametrize("expected", REFUSED, ids=[each["file"] for each in REFUSED])
def test_a_file_that_is_no_such_sheet_is_refused_with_a_sentence(
    expected: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = report_of(expected["kind"], CORPUS / expected["file"], capsys)
    assert (code, report["refused"]) == (2, True)
    assert report["error"].endswith("。")
    assert report["rows"] == {"ok": [], "error": {}, "skip": [], "warn": {}}


def test_without_json_it_says_in_words_what_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert read_sheet.run(["members", str(next(CORPUS.glob("01_*"))), "--at", EXPECTED["as_of"]]) == 0
    said = capsys.readouterr().out
    assert "表头在第 2 行" in said
    assert "可以导入 55 行，有问题 10 行，跳过 3 行。" in said
    assert "第 13 行：姓名“诸葛杰1”" in said


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_sheet.run(["employers", str(tmp_path / "没有.xlsx")]) == 2
    assert "找不到文件" in capsys.readouterr().err
