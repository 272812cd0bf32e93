"""A finding says what was seen, what was needed and why; unknown stays unknown; nothing is lost in storage."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.kernel.findings import Comparison, Finding, Outcome, Reason, all_of, any_of, compare

LAW = "试行办法第十一条"
YES, NO, UNKNOWN = (Finding(outcome, (Reason(outcome.value, outcome.zh),)) for outcome in Outcome)

figures = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9),
    st.fractions(max_denominator=100),
)
reasons = st.builds(
    Reason,
    code=st.text(min_size=1, max_size=8),
    zh=st.text(max_size=8),
    saw=figures,
    needed=figures,
    comparison=st.one_of(st.none(), st.sampled_from(list(Comparison))),
    basis=st.text(max_size=8),
    missing=st.text(max_size=8),
    unit=st.text(max_size=3),
)
findings = st.builds(Finding, outcome=st.sampled_from(list(Outcome)), reasons=st.lists(reasons, max_size=3).map(tuple))


@pytest.mark.parametrize(
    ("comparison", "below", "on", "above"),
    [
        (Comparison.AT_LEAST, False, True, True),
        (Comparison.AT_MOST, True, True, False),
        (Comparison.MORE_THAN, False, False, True),
        (Comparison.LESS_THAN, True, False, False),
        (Comparison.EQUAL, False, True, False),
        (Comparison.NOT_EQUAL, True, False, True),
    ],
)
def test_each_comparison_includes_or_excludes_its_threshold(comparison, below, on, above):
    for saw, expected in ((24, below), (25, on), (26, above)):
        assert compare("members", "会员人数", saw, comparison, 25).ok is expected
    for saw, expected in ((date(2026, 6, 29), below), (date(2026, 6, 30), on), (date(2026, 7, 1), above)):
        assert compare("day", "日期", saw, comparison, date(2026, 6, 30)).ok is expected


def test_what_is_not_known_is_unknown_and_never_nought():
    finding = compare("members", "会员人数", None, Comparison.AT_LEAST, 25, basis=LAW)
    assert finding.outcome is Outcome.UNKNOWN
    assert not finding.ok
    assert finding.lines == ["会员人数：缺少会员人数，无法判断（试行办法第十一条）"]
    unset = compare("members", "会员人数", 30, Comparison.AT_LEAST, None)
    assert unset.outcome is Outcome.UNKNOWN
    assert unset.lines == ["会员人数：缺少“会员人数”的标准，无法判断"]
    assert compare("members", "会员人数", 0, Comparison.AT_LEAST, 25).outcome is Outcome.NO


def test_words_do_not_stand_above_or_below():
    with pytest.raises(TypeError, match="quantity"):
        compare("status", "状态", "在业", Comparison.AT_LEAST, 3)
    assert compare("status", "状态", "在业", Comparison.EQUAL, "在业").ok


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (
            compare("n", "会员人数", 24, Comparison.AT_LEAST, 25, basis=LAW, unit="人"),
            "会员人数：现为 24 人，要求 25 人以上（试行办法第十一条）",
        ),
        (compare("n", "用时", 31, Comparison.AT_MOST, 30, unit="日"), "用时：现为 31 日，要求 30 日以下"),
        (
            compare("n", "赞成票", 1200, Comparison.MORE_THAN, 1200, unit="票"),
            "赞成票：现为 1,200 票，要求超过 1,200 票",
        ),
        (compare("n", "年龄", 61, Comparison.LESS_THAN, 60, unit="岁"), "年龄：现为 61 岁，要求不满 60 岁"),
        (
            compare("n", "到会比例", Fraction(3, 5), Comparison.AT_LEAST, Fraction(2, 3)),
            "到会比例：现为 3/5，要求 2/3 以上",
        ),
        (
            compare("n", "届满日", date(2026, 6, 30), Comparison.EQUAL, date(2026, 7, 1)),
            "届满日：现为 2026年6月30日，要求等于 2026年7月1日",
        ),
        (compare("n", "独立账户", False, Comparison.EQUAL, True), "独立账户：现为 否，要求等于 是"),
        (
            compare("n", "费率", Decimal("0.010"), Comparison.AT_LEAST, Decimal("0.02")),
            "费率：现为 0.010，要求 0.02 以上",
        ),
        (Finding.no(Reason("closed", "本期已截止", basis=LAW)), "本期已截止（试行办法第十一条）"),
    ],
)
def test_a_reason_reads_as_a_sentence(finding, line):
    assert finding.lines == [line]


@pytest.mark.parametrize(
    ("parts", "every", "some"),
    [
        ([YES], Outcome.YES, Outcome.YES),
        ([NO], Outcome.NO, Outcome.NO),
        ([UNKNOWN], Outcome.UNKNOWN, Outcome.UNKNOWN),
        ([YES, NO], Outcome.NO, Outcome.YES),
        ([YES, UNKNOWN], Outcome.UNKNOWN, Outcome.YES),
        ([UNKNOWN, NO], Outcome.NO, Outcome.UNKNOWN),
        ([YES, NO, UNKNOWN], Outcome.NO, Outcome.YES),
    ],
)
def test_parts_combine_and_unknown_is_overruled_only_by_what_decides(parts, every, some):
    assert all_of(parts).outcome is every
    assert any_of(iter(parts)).outcome is some
    assert all_of(parts).reasons == any_of(parts).reasons == tuple(part.reasons[0] for part in parts)


@pytest.mark.parametrize("combine", [all_of, any_of])
def test_nothing_asked_is_no_yes(combine):
    with pytest.raises(ValueError, match="nothing"):
        combine([])


@given(st.lists(findings, min_size=1, max_size=4))
def test_only_yes_throughout_is_yes(parts):
    assert all_of(parts).ok is all(part.ok for part in parts)
    assert any_of(parts).ok is any(part.ok for part in parts)


@given(findings)
def test_a_finding_comes_back_from_storage_as_it_was(finding):
    stored = json.loads(json.dumps(finding.as_json()))
    back = Finding.from_json(stored)
    assert back == finding
    assert [type(reason.saw) for reason in back.reasons] == [type(reason.saw) for reason in finding.reasons]


def test_short_makers_give_the_three_outcomes():
    reason = Reason("x", "理由")
    assert Finding.yes(reason) == Finding(Outcome.YES, (reason,))
    assert Finding.no(reason) == Finding(Outcome.NO, (reason,))
    assert Finding.unknown(reason) == Finding(Outcome.UNKNOWN, (reason,))
