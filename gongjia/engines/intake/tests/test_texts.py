"""Tables of text: encodings, delimiters, quotes, gzip."""

import codecs
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.engines.intake.core import Limits, Unreadable
from gongjia.engines.intake.core.kinds import Kind
from gongjia.engines.intake.tests.sheets import HEADING, csv_of, opened, rows

LINES = (HEADING, ("咸宁星河坊食品有限公司", "", "12"), ("鄂东𠮷顺物流有限公司", "", "８"))


@pytest.mark.parametrize(
    ("encoding", "known_as"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_encoding_and_delimiter_packed_or_not(
    encoding: str, known_as: str, delimiter: str, *, packed: bool
) -> None:
    content = csv_of(*LINES, encoding=encoding, delimiter=delimiter)
    reading = opened(gzip.compress(content, mtime=0) if packed else content)
    assert reading.encoding == known_as
    assert reading.kind is (Kind.GZIP if packed else Kind.TEXT)
    assert [(row.number, row.values["name"], row.values["headcount"]) for row in reading.rows()] == [
        (2, "咸宁星河坊食品有限公司", 12),
        (3, "鄂东𠮷顺物流有限公司", 8),
    ]


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    content = codecs.BOM_UTF16_BE + csv_of(*LINES, encoding="utf-16-be")
    assert [row.values["headcount"] for row in opened(content).rows()] == [12, 8]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20), max_size=8))
def test_any_text_survives_quoting_in_every_encoding(names: list[str]) -> None:
    quoted = [('"' + name.replace('"', '""') + '"', "", "1") for name in names]
    for encoding in ("utf-8", "gb18030", "utf-16"):
        read_back = [row.cells[0] for row in opened(csv_of(HEADING, *quoted, encoding=encoding)).rows()]
        assert read_back == names


def test_a_wrong_byte_in_the_last_line_decides_the_encoding() -> None:
    with pytest.raises(Unreadable, match="编码"):
        opened(csv_of(*LINES) + b"\r\n" + "星".encode()[:2] + b"\xff\xff,,1")


def test_a_blank_line_is_a_record_and_a_quoted_cell_may_run_over_lines() -> None:
    content = b"\r\n".join([",".join(HEADING).encode(), b"", '"星河坊\n二厂",,3'.encode(), '"甲,乙坊",,4'.encode()])
    assert [(row.number, row.skipped, row.values.get("name")) for row in rows(content)] == [
        (2, "空行", None),
        (3, "", "星河坊\n二厂"),
        (4, "", "甲,乙坊"),
    ]


def test_a_row_with_a_stray_quote_is_told_and_stops_no_other() -> None:
    got = rows(csv_of(HEADING, ("甲坊", "", "1"), ('"星河"坊', "", "2"), ("乙坊", "", "3")))
    assert [(row.number, row.ok) for row in got] == [(2, True), (3, False), (4, True)]
    assert got[1].problems[0].code == "bad_record"
    assert "第 3 行" in got[1].problems[0].reason


def test_a_quote_that_is_never_closed_is_told_with_its_line() -> None:
    with pytest.raises(Unreadable, match="第 3 行"):
        opened(csv_of(HEADING, ("甲坊", "", "1"), ('"星河坊', "", "2"), ("乙坊", "", "3")))
    far_below = [("甲坊", "", "1")] * 80
    reading = opened(csv_of(HEADING, *far_below, ('"星河坊', "", "2")))
    drawn = reading.rows()
    assert all(next(drawn).ok for _ in far_below)
    with pytest.raises(Unreadable, match="第 82 行"):
        next(drawn)


def test_quotes_that_pair_only_with_the_right_delimiter_do_no_harm() -> None:
    got = rows(csv_of(HEADING, ('甲,"坊', "", "1"), delimiter="\t"))
    assert got[0].values["name"] == '甲,"坊'


def test_more_cells_than_headings_are_told_instead_of_shifted() -> None:
    got = rows(csv_of(HEADING, ("甲坊", "", "1", ""), ("星河", "坊", "", "2")))
    assert got[0].ok
    assert [problem.code for problem in got[1].problems] == ["too_many_cells"]


def test_a_very_long_cell_is_kept() -> None:
    long = "很" * 300_000
    assert rows(csv_of((*HEADING, "备注"), ("甲坊", "", "1", long)))[0].cells[3] == long


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "空的"),
        (gzip.compress(b"", mtime=0), "空的"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n....", "图片"),
        (b"\xff\xd8\xff\xe0....", "图片"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"  <html><table><tr><td>x", "网页"),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "网页"),
        (b"MIME-Version: 1.0\r\n", "网页"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (gzip.compress(b"PK\x03\x04....", mtime=0), "解压"),
        (gzip.compress(gzip.compress(b"a,b", mtime=0), mtime=0), "解压"),
        (gzip.compress(csv_of(*LINES) * 50, mtime=0)[:60], "损坏"),
        (gzip.compress(b"<html>", mtime=0), "网页"),
        (b"\x00\x01\x02\x03" * 20, "不是文本"),
        ("单位名称,人数".encode("utf-16-le"), "不是文本"),
        (b"\xff\xff\xff\xff", "编码"),
        ("今天天气很好".encode(), "单位名称"),
    ],
)
def test_what_is_no_table_is_refused_with_its_own_sentence(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as refused:
        opened(content)
    assert str(refused.value).endswith("。")


def test_a_gzip_bomb_is_refused_while_it_unpacks() -> None:
    bomb = gzip.compress(csv_of(HEADING) + b"\r\n" * 5_000_000, mtime=0)
    assert len(bomb) < 20_000
    with pytest.raises(Unreadable, match="解压后超过 1 MB"):
        opened(bomb, Limits(unpacked_bytes=2**20))


@pytest.mark.parametrize(("allowed", "refused"), [(0, False), (-1, True)])
def test_the_size_of_the_file_is_bounded_and_the_bound_included(allowed: int, *, refused: bool) -> None:
    content = csv_of(*LINES)
    limits = Limits(file_bytes=len(content) + allowed)
    if refused:
        with pytest.raises(Unreadable, match="上限"):
            opened(content, limits)
    else:
        assert opened(content, limits).heading_row == 1


@pytest.mark.parametrize(("lines", "refused"), [(5, False), (6, True)])
def test_the_number_of_rows_is_bounded_and_the_bound_included(lines: int, *, refused: bool) -> None:
    reading = opened(csv_of(HEADING, *[("甲坊", "", "1")] * lines), Limits(rows=5))
    if refused:
        with pytest.raises(Unreadable, match="超过 5 行"):
            list(reading.rows())
    else:
        assert len(list(reading.rows())) == 5


def test_the_bounds_are_those_of_the_house() -> None:
    house = Limits()
    assert (house.file_bytes, house.unpacked_bytes, house.rows) == (50 * 2**20, 2**30, 1_000_000)


def test_a_line_without_an_end_fills_no_memory() -> None:
    with pytest.raises(Unreadable, match="第 2 行长得不像"):
        opened(csv_of(HEADING) + b"\r\n" + b"," * 5_000_000)


def test_a_sheet_of_more_columns_than_allowed_is_told() -> None:
    with pytest.raises(Unreadable, match="2,001 列"):
        opened(csv_of((*HEADING, *map(str, range(1998))), ("甲坊", "", "1")))
