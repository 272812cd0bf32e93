"""Columns at once and rows one by one are the same, whatever the cells are."""

import csv
import io
from datetime import date
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjia.command.tests.test_ugly_sheets import in_frames, in_row
from gongjia.command.tests.ugly import AS_OF, id_of
from gongjia.domains.enrolment.sheets import members
from gongjia.engines.intake.core import Unreadable, read
from gongjia.engines.intake.core import blocks as splitting
from gongjia.engines.intake.core.texts import Text, open_plain

IDS = st.builds(
    id_of, st.sampled_from(["421202", "420101"]), st.dates(date(1950, 1, 1), date(2012, 12, 31)), st.integers(996, 999)
)
ODD = st.text(st.sampled_from("0123456789Xx -'`\"=\t*.〃无示例测试/·王芳，（）１\u200b\u3000\ufeff"), max_size=20)
NAMES = st.sampled_from(
    [
        "王芳",
        "李小静",
        "示例",
        "同上",
        "测试",
        "王",
        "王 芳",
        "例：张三",
        "古丽·江",
        "王芳1",
        "合计",
        "㛃丽",
        "⽅兰",
        "暂无",
    ]
)
IDENTITIES = st.one_of(
    IDS, IDS.map(str.lower), IDS.map(lambda one: one[:-1] + "0"), IDS.map(lambda one: f" {one}\t"), ODD
)
PHONES = st.one_of(
    st.from_regex(r"1[0-9]{10}", fullmatch=True), st.sampled_from(["", "无", "0715-8351234", "+8613912345678"]), ODD
)
DATES = st.one_of(
    st.dates().map(str), st.sampled_from(["2020.10", "20200305", "43895", "去年", "", "无", "2020年3月5日"]), ODD
)
TEXTS = st.one_of(
    st.sampled_from(["咸宁云溪公司", "同上", "〃", "", "无", "暂无", "'云溪公司", " 云溪公司", "云溪公司\n二厂"]), ODD
)
SEXES = st.sampled_from(["男", "女", "", "女性", "M", "不详", "无"])
SERIALS = st.sampled_from(["1", "2", "", "例", "测试", "示例", "一", "合计"])
LINES = st.lists(st.tuples(SERIALS, NAMES, IDENTITIES, PHONES, SEXES, DATES, TEXTS), min_size=1, max_size=25)
HEADING = ("序号", "姓名", "身份证号", "手机", "性别", "入会时间", "单位")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.sampled_from(["\r\n", "\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_frames_of_invented_cells_are_the_same_as_rows(lines: list[tuple[str, ...]], ending: str, quoting: int) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending, quoting=quoting).writerows((HEADING, *lines))  # type: ignore[arg-type]
    reading = read(io.BytesIO(text.getvalue().encode()), members(AS_OF))
    assert in_frames(reading) == [in_row(row) for row in reading.rows()]


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.sampled_from('ab,"\n\r\t王\ufeff '), max_size=60),
    st.integers(1, 4),
    st.sampled_from(",\t"),
    st.sampled_from([3, 16, 4096]),
)
def test_records_in_blocks_are_the_same_as_one_by_one(content: str, width: int, delimiter: str, piece: int) -> None:
    text = Text(open_plain(io.BytesIO(content.encode())), "utf-8", delimiter)
    wanted: list[tuple[Any, ...]]
    try:
        wanted = [(record.number, list(record.cells), record.fault) for record in text.records()]
    except Unreadable as refused:
        wanted = [(str(refused),)]
    got: list[tuple[Any, ...]] = []
    try:
        with mock.patch.object(splitting, "_BYTES", piece):
            for block in splitting.blocks(text, range(width), width):
                for at in range(block.height):
                    record = block.record(at)
                    got.append((record.number, list(record.cells), record.fault))
                    cells = [*record.cells, *[""] * width][:width]
                    assert [block.columns[place][at] or "" for place in range(width)] == cells
                    assert len(record.cells) <= width or at in block.wide
    except Unreadable as refused:
        got = [(str(refused),)]
    assert got == wanted
