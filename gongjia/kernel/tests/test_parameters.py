"""Dated parameters: the right value for the day and the place, and no mistake in a file passed over."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.parameters import Dated, Gap, NoParameter, Parameters, ParametersBad, region_prefix

NATIONAL = """
test.members:
  description: 会员人数
  unit: 人
  locked: true
  verified: true
  source: {document: 试行办法, number: 试〔2020〕1号, article: 第三条, date: 2020-01-01, place: 全国}
  values:
    2022-01-01: {value: 25}
    2020-01-01: {value: 30, reference: 旧办法第二条, verified: false}
test.days:
  description: 公示天数
  unit: 个工作日
  locked: false
  verified: false
  source: {document: 通知, place: 全国}
  values:
    2020-01-01: {value: 5}
    2023-07-01: {value: null}
    2024-01-01: {value: 7}
"""
HUBEI = """
region: "42"
test.days:
  verified: true
  source: {document: 湖北省细则, place: 湖北省}
  values:
    2021-01-01: {value: 6}
    2025-01-01: {value: null}
"""
XIANNING = """
region: "421200"
test.days:
  verified: false
  source: {document: 咸宁市细则, place: 咸宁市}
  values:
    2022-05-01: {value: 3}
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "national.yaml").write_text(NATIONAL)
    (tmp_path / "places").mkdir()
    (tmp_path / "places" / "hubei.yaml").write_text(HUBEI)
    (tmp_path / "places" / "xianning.yaml").write_text(XIANNING)
    return tmp_path


@pytest.fixture
def table(folder) -> Parameters:
    return Parameters.load(folder)


def bad(tmp_path: Path, text: str) -> str:
    (tmp_path / "wrong.yaml").write_text(text)
    with pytest.raises(ParametersBad) as caught:
        Parameters.load(tmp_path)
    return str(caught.value)


def changed(**changes) -> str:
    """The text of one right parameter with some of its parts changed; ... takes a part away."""
    row = {
        "description": "数",
        "unit": "人",
        "locked": False,
        "verified": False,
        "source": {"document": "通知", "place": "全国"},
        "values": {date(2020, 1, 1): {"value": 1}},
    } | changes
    return yaml.safe_dump({"test.x": {name: part for name, part in row.items() if part is not ...}}, allow_unicode=True)


@pytest.mark.parametrize(
    ("on", "value", "since", "until"),
    [
        (date(2020, 1, 1), 30, date(2020, 1, 1), date(2022, 1, 1)),
        (date(2021, 12, 31), 30, date(2020, 1, 1), date(2022, 1, 1)),
        (date(2022, 1, 1), 25, date(2022, 1, 1), None),
        (date(2099, 1, 1), 25, date(2022, 1, 1), None),
    ],
)
def test_a_value_holds_from_its_day_to_the_day_before_the_next(table, on, value, since, until):
    found = table.value("test.members", on=on)
    assert (found.value, found.since, found.until) == (value, since, until)


def test_a_value_brings_its_unit_source_and_whether_it_was_verified(table):
    assert table.value("test.members", on=date(2022, 1, 1), region="421202") == Dated(
        key="test.members",
        value=25,
        unit="人",
        since=date(2022, 1, 1),
        until=None,
        region="",
        reference="《试行办法》（试〔2020〕1号）第三条",
        verified=True,
    )
    older = table.value("test.members", on=date(2021, 1, 1))
    assert (older.reference, older.verified) == ("旧办法第二条", False)


@pytest.mark.parametrize(
    ("on", "region", "value"),
    [
        (date(2020, 6, 1), "421202", 5),
        (date(2020, 12, 31), "42", 5),
        (date(2021, 1, 1), "42", 6),
        (date(2021, 1, 1), "420000", 6),
        (date(2021, 1, 1), "421202", 6),
        (date(2022, 4, 30), "4212", 6),
        (date(2022, 5, 1), "4212", 3),
        (date(2022, 5, 1), "421202001000", 3),
        (date(2022, 5, 1), "4201", 6),
        (date(2022, 5, 1), "43", 5),
        (date(2022, 5, 1), "", 5),
        (date(2023, 8, 1), "4201", 6),
        (date(2025, 1, 1), "4201", 7),
        (date(2025, 1, 1), "4212", 3),
    ],
)
def test_the_smallest_place_with_a_value_on_the_day_decides(table, on, region, value):
    assert table.value("test.days", on=on, region=region).value == value


def test_where_nothing_holds_key_place_and_day_are_named(table):
    with pytest.raises(NoParameter, match=r"没有登记名为 test\.none 的参数"):
        table.value("test.none", on=date(2022, 1, 1))
    with pytest.raises(NoParameter, match=r"“会员人数”（test\.members）没有取值（全国，2019年12月31日）"):
        table.value("test.members", on=date(2019, 12, 31))
    with pytest.raises(NoParameter, match=r"（test\.days）没有取值（地区 4301，2023年7月1日）"):
        table.value("test.days", on=date(2023, 7, 1), region="4301")


def test_gaps_in_the_countrys_values_are_listed(table, tmp_path):
    assert table.gaps == [Gap("test.days", date(2023, 7, 1), date(2024, 1, 1))]
    assert table["test.members"].gaps == []


def test_a_parameter_that_ended_for_good_is_an_open_gap(tmp_path):
    text = changed(values={date(2020, 1, 1): {"value": 1}, date(2021, 1, 1): {"value": None}})
    (tmp_path / "a.yaml").write_text(text)
    assert Parameters.load(tmp_path).gaps == [Gap("test.x", date(2021, 1, 1), None)]


def test_all_are_listed_by_key_with_their_whole_history(table):
    assert list(table) == ["test.days", "test.members"]
    assert len(table) == 2
    history = table["test.days"].history
    assert {place: [entry.value for entry in entries] for place, entries in history.items()} == {
        "": [5, None, 7],
        "42": [6, None],
        "4212": [3],
    }
    assert [entry.since for entry in table["test.members"].history[""]] == [date(2020, 1, 1), date(2022, 1, 1)]


def test_the_order_of_folders_does_not_matter(folder, tmp_path_factory):
    national = tmp_path_factory.mktemp("national")
    (folder / "national.yaml").rename(national / "national.yaml")
    for folders in ((national, folder), (folder, national)):
        assert Parameters.load(*folders).value("test.days", on=date(2022, 5, 1), region="4212").value == 3


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("25", 25),
        ("0.005", Decimal("0.005")),
        ("0.10", Decimal("0.10")),
        ("1/3", Fraction(1, 3)),
        ("[3, 5]", (3, 5)),
        ("[1/2, 0.5, 以上]", (Fraction(1, 2), Decimal("0.5"), "以上")),
        ("true", True),
        ("季度", "季度"),
    ],
)
def test_values_keep_the_figures_as_written(tmp_path, written, value):
    (tmp_path / "a.yaml").write_text(changed(values=...) + f"  values:\n    2020-01-01: {{value: {written}}}\n")
    found = Parameters.load(tmp_path).value("test.x", on=date(2020, 1, 1)).value
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


def dated(value) -> Dated:
    return Dated("test.x", value, "", date(2020, 1, 1), None, "", "", verified=True)


def test_typed_readers_give_the_kind_asked_for_or_raise():
    assert dated(25).whole == 25
    assert dated(Decimal("0.5")).decimal == dated(1).decimal / 2 == Decimal("0.5")
    assert dated(Fraction(1, 3)).fraction == Fraction(1, 3)
    assert dated(Decimal("0.05")).fraction == Fraction(1, 20)
    assert dated((3, 5)).choices == (3, 5)


@pytest.mark.parametrize(
    ("value", "reader"),
    [
        (Decimal("2.5"), "whole"),
        (True, "whole"),
        ("25", "whole"),
        (Fraction(1, 3), "decimal"),
        (False, "decimal"),
        ("1/3", "fraction"),
        (True, "fraction"),
        (3, "choices"),
    ],
)
def test_a_reader_of_the_wrong_kind_raises(value, reader):
    with pytest.raises(TypeError, match=r"test\.x"):
        getattr(dated(value), reader)


def test_what_the_law_fixes_no_place_changes(folder):
    (folder / "loose.yaml").write_text(HUBEI.replace("test.days", "test.members"))
    with pytest.raises(ParametersBad, match=r"loose\.yaml 的 test\.members：这个数值由法律规定，地方不能另定"):
        Parameters.load(folder)


def test_a_place_cannot_invent_a_parameter_nor_set_one_twice(folder):
    (folder / "new.yaml").write_text(HUBEI.replace("test.days", "test.new"))
    with pytest.raises(ParametersBad, match="全国表里没有登记这个参数"):
        Parameters.load(folder)
    (folder / "new.yaml").write_text(HUBEI.replace('"42"', '"420000"'))
    with pytest.raises(ParametersBad, match="地区 42 已另有一份数值"):
        Parameters.load(folder)


def test_a_parameter_is_declared_once(folder):
    (folder / "again.yaml").write_text(NATIONAL)
    with pytest.raises(ParametersBad, match="一个参数只能登记一次"):
        Parameters.load(folder)


def test_a_place_does_not_rename_or_unlock(folder):
    (folder / "places" / "hubei.yaml").write_text(HUBEI.replace("  verified: true", "  verified: true\n  locked: true"))
    with pytest.raises(ParametersBad, match="里没有 locked 这一项"):
        Parameters.load(folder)


@pytest.mark.parametrize("missing", ["description", "unit", "locked", "verified", "source", "values"])
def test_every_part_of_a_declaration_is_needed(tmp_path, missing):
    assert f"缺少 {missing}" in bad(tmp_path, changed(**{missing: ...}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed(unit=""), "unit 没有填好"),
        (changed(description=3), "description 没有填好"),
        (changed(locked="yes"), "locked 没有填好"),
        (changed(verified="yes"), "verified 只能是"),
        (changed(locked=True), "未核实的数值不能锁定"),
        (changed(colour="red"), "没有 colour 这一项"),
        (changed(source="通知"), "source 内容应当分项填写"),
        (changed(source={"document": "通知"}), "source 缺少 place"),
        (changed(source={"place": "全国"}), "source 缺少 document"),
        (changed(source={"document": "通知", "place": "全国", "page": 3}), "source 里没有 page"),
        (changed(values={}), "至少要有一个日期"),
        (changed(values={"2020年": {"value": 1}}), "“2020年”不是日期"),
        (changed(values={date(2020, 1, 1): 1}), "2020-01-01 内容应当分项填写"),
        (changed(values={date(2020, 1, 1): {"reference": "x"}}), "2020-01-01 缺少 value"),
        (changed(values={date(2020, 1, 1): {"value": 1, "since": 2}}), "2020-01-01 里没有 since"),
        (changed(values={date(2020, 1, 1): {"value": 1, "verified": 1}}), "2020-01-01 的 verified"),
        (changed(values={date(2020, 1, 1): {"value": {"a": 1}}}), "数值只能是"),
        (changed(values={date(2020, 1, 1): {"value": []}}), "数值只能是"),
        (changed(values={date(2020, 1, 1): {"value": [1, None]}}), "数值只能是"),
        (changed(values={date(2020, 1, 1): {"value": date(2020, 1, 1)}}), "数值只能是"),
        (changed(values={date(2020, 1, 1): {"value": float("inf")}}), "不是一个数"),
        (changed().replace("test.x", "Test"), "参数名应为小写英文"),
        ("test.x: 3\n", "内容应当分项填写"),
        ("- a\n- b\n", "应当是“参数名: 内容”的列表"),
        ("", "应当是"),
        ("a: [", "不是正确的 YAML"),
        (changed() + changed(), "test.x 写了两次"),
        ("region: 42\n", "地区代码要加引号"),
        ('region: "湖北"\n', "地区代码要加引号"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path, text, words):
    message = bad(tmp_path, text)
    assert words in message
    assert "wrong.yaml" in message


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("", ""),
        ("42", "42"),
        ("4200", "42"),
        ("420000", "42"),
        ("4212", "4212"),
        ("421200", "4212"),
        ("421202", "421202"),
        ("421202000", "421202"),
        ("421202001", "421202001"),
        ("421202001000", "421202001"),
        ("421202001001", "421202001001"),
        ("420000000000", "42"),
    ],
)
def test_noughts_at_the_end_of_a_region_code_say_nothing(code, prefix):
    assert region_prefix(code) == prefix


@pytest.mark.parametrize("code", ["4", "421", "42120", "湖北", "4212020010"])
def test_what_is_no_region_code_is_refused(code):
    with pytest.raises(ValueError, match="region code"):
        region_prefix(code)


@given(
    st.dictionaries(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(), min_size=1, max_size=6),
    st.integers(-40, 40),
)
def test_every_day_has_the_last_value_that_began(tmp_path_factory, values, shift):
    folder = tmp_path_factory.mktemp("params")
    (folder / "a.yaml").write_text(changed(values={since: {"value": value} for since, value in values.items()}))
    table = Parameters.load(folder)
    for since in values:
        on = since + timedelta(days=shift)
        begun = [day for day in values if day <= on]
        if begun:
            assert table.value("test.x", on=on).value == values[max(begun)]
        else:
            with pytest.raises(NoParameter):
                table.value("test.x", on=on)
