"""`gongjia compare`, from files to files."""

import csv
import json
from pathlib import Path

import pytest

from gongjia.command.compare import run
from gongjia.engines.intake.core import write_csv
from gongjia.engines.matching.tests.registers import code_of

pytestmark = pytest.mark.system("O3")
EMPLOYERS = [
    ("咸宁星河坊食品有限公司", code_of(1), "湖北", "咸宁", "咸安区长安路1号"),
    ("咸宁鹤鸣机械有限公司", code_of(2), "湖北", "咸宁", "咸安区长安路2号"),
    ("咸宁青禾农业有限公司", code_of(3), "湖北", "咸宁", "咸安区长安路3号"),
    ("=咸宁白鹭物流有限公司", code_of(4), "湖北", "咸宁", "咸安区长安路4号"),
]
UNIONS = [
    ("7", "星河坊食品厂工会委员会", code_of(1), "咸宁"),
    ("8", "咸宁鹤鸣机械有限公司联合工会", "", "咸宁"),
    ("9", "咸宁青禾工会", "", "咸宁"),
    ("10", "柳州石桥客运站工会", "", ""),
    ("11", "", "", "咸宁"),
]
INSURED = [
    ("咸宁青禾农业有限公司", code_of(3), "25"),
    ("咸宁白鹭物流有限公司", code_of(4), "88"),
    ("咸宁鹤鸣机械有限公司", "", "300"),
]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    write_csv(tmp_path / "employers.csv", ("企业名称", "统一社会信用代码", "省", "市", "注册地址"), EMPLOYERS)
    write_csv(tmp_path / "unions.csv", ("序号", "工会名称", "单位代码", "所在市"), UNIONS)
    write_csv(tmp_path / "insured.csv", ("单位名称", "统一社会信用代码", "参保人数"), INSURED)
    return {name: tmp_path / f"{name}.csv" for name in ("employers", "unions", "insured")} | {
        "out": tmp_path / "out" / "a"
    }


def arguments(files: dict[str, Path]) -> list[str]:
    return [part for name, path in files.items() for part in (f"--{name}", str(path))]


def table(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_every_union_gets_its_answer(files: dict[str, Path]) -> None:
    assert run(arguments(files)) == 0
    heading, *pairs = table(files["out"] / "pairs.csv")
    assert heading == ["序号", "统一社会信用代码", "等级", "分数", "理由"]
    assert [pair[:3] for pair in pairs] == [
        ["7", code_of(1), "代码"],
        ["8", code_of(2), "名称"],
        ["9", code_of(3), "待核"],
        ["10", "", "无"],
        ["11", "", "无"],
    ]
    assert all(len(pair[3].split(".")[1]) == 4 and 0 <= float(pair[3]) <= 1 and pair[4] for pair in pairs)


def test_what_is_unsure_stands_on_the_review_list_with_its_candidates(files: dict[str, Path]) -> None:
    run(arguments(files))
    heading, *review = table(files["out"] / "review.csv")
    assert heading[:6] == ["序号", "工会名称", "候选1代码", "候选1名称", "候选1分数", "候选1理由"]
    assert heading[-1] == "候选5理由"
    assert len(heading) == 22
    assert [row[:4] for row in review] == [["9", "咸宁青禾工会", code_of(3), "咸宁青禾农业有限公司"]]
    assert all(len(row) == 22 for row in review)


def test_large_employers_without_a_union_are_listed_and_formulas_are_harmless(files: dict[str, Path]) -> None:
    run(arguments(files))
    heading, *rows = table(files["out"] / "unorganised.csv")
    assert heading == ["统一社会信用代码", "单位名称", "参保人数", "税务人数", "申报人数", "最大人数", "待核"]
    assert rows == [
        [code_of(4), "'=咸宁白鹭物流有限公司", "88", "", "", "88", "否"],
        [code_of(3), "咸宁青禾农业有限公司", "25", "", "", "25", "是"],
    ]


def test_the_last_line_is_the_summary(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    run(arguments(files))
    summary = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert summary.pop("seconds") >= 0
    assert summary == {
        "employers": 4,
        "unions": 5,
        "code": 1,
        "name": 1,
        "near": 0,
        "review": 1,
        "none": 2,
        "unorganised": 2,
    }


def test_the_threshold_can_be_given(files: dict[str, Path]) -> None:
    assert run([*arguments(files), "--at-least", "89"]) == 0
    assert len(table(files["out"] / "unorganised.csv")) == 1


def test_without_headcounts_nothing_is_large(files: dict[str, Path]) -> None:
    del files["insured"]
    assert run(arguments(files)) == 0
    assert len(table(files["out"] / "unorganised.csv")) == 1


def test_bad_rows_are_told_and_stop_no_other(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    bad = [("咸宁石桥湾电子厂", code_of(5)[:-1] + "?", "湖北", "咸宁", ""), *EMPLOYERS]
    write_csv(files["employers"], ("企业名称", "统一社会信用代码", "省", "市", "注册地址"), bad)
    assert run(arguments(files)) == 0
    said = capsys.readouterr()
    assert "第 2 行" in said.err
    assert json.loads(said.out)["employers"] == 5  # kept by its name


def test_headcounts_of_nobody_are_told(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(files["insured"], ("单位名称", "统一社会信用代码", "参保人数"), [("没有这一家", "", "30")])
    run(arguments(files))
    assert "1 行" in capsys.readouterr().err


def test_a_roster_without_running_numbers_is_numbered_by_its_rows(files: dict[str, Path]) -> None:
    write_csv(files["unions"], ("工会名称",), [("咸宁星河坊食品有限公司工会",)])
    run(arguments(files))
    assert table(files["out"] / "pairs.csv")[1][0] == "2"


@pytest.mark.parametrize(
    ("which", "content", "why"),
    [
        ("employers", b"", "空的"),
        ("unions", "备注\n某某\n".encode(), "工会名称"),
        ("insured", b"PK\x03\x04broken", "损坏"),
        ("employers", None, "找不到"),
    ],
)
def test_input_that_cannot_be_read_ends_with_two_and_a_sentence(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], which: str, content: bytes | None, why: str
) -> None:
    if content is None:
        files[which].unlink()
    else:
        files[which].write_bytes(content)
    assert run(arguments(files)) == 2
    said = capsys.readouterr()
    assert why in said.err
    assert said.out == ""
    assert not files["out"].exists()


def test_a_file_that_breaks_off_midway_ends_with_two(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    with files["unions"].open("a", encoding="utf-8") as roster:
        roster.write("".join(f"{number},咸宁某某工会,,\n" for number in range(30)) + '40,"咸宁某某工会,,\n')
    assert run(arguments(files)) == 2
    assert "工会名册“unions.csv”" in capsys.readouterr().err


def test_without_java_the_spark_engine_ends_with_two_and_says_what_to_install(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert run([*arguments(files), "--engine", "spark"]) == 2
    assert "Java 17" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_ends_with_two(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files["out"] = files["employers"]
    assert run(arguments(files)) == 2
    assert "读写文件" in capsys.readouterr().err
