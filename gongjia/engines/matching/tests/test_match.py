"""Verdicts: what links by itself, what a person must decide, and why."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjia.engines.matching.core import EXACT, Grade, Located, Proposal, Record, Register, Strength, match
from gongjia.engines.matching.core.register import Known
from gongjia.engines.matching.tests.registers import SIGNS, code_of, firm, register, verdict
from gongjia.kernel import numbers

FOOD = firm(1, "咸宁市星河坊食品有限公司", address="咸安区长安路12号")


def test_the_same_code_links_and_says_so() -> None:
    found = verdict(register(FOOD), "星河坊食品厂工会", FOOD.code)
    assert (found.grade, found.entry) == (Grade.CODE, 0)
    assert "统一社会信用代码相同" in found.reason
    assert found.score >= 0.99


@pytest.mark.parametrize(
    "written", [FOOD.code.lower(), f" {FOOD.code[:8]} {FOOD.code[8:]}", FOOD.code[:9] + "-" + FOOD.code[9:]]
)
def test_a_code_is_the_same_however_it_is_typed(written: str) -> None:
    assert verdict(register(FOOD), "星河坊食品厂", written).grade is Grade.CODE


def test_the_old_organisation_code_links() -> None:
    old = numbers.organisation_code_of(FOOD.code)
    for written in (old, f"{old[:8]}-{old[8]}"):
        found = verdict(register(FOOD), "星河坊食品厂工会", written)
        assert (found.grade, found.entry) == (Grade.CODE, 0)
        assert "第9至17位" in found.reason


def test_an_organisation_code_of_several_is_for_a_person() -> None:
    twin = Record("通山县星河坊饮料有限公司", code_of(1, head="93421224"), FOOD.place)
    found = verdict(register(FOOD, twin), "星河坊", numbers.organisation_code_of(FOOD.code))
    assert found.grade is Grade.REVIEW
    assert {candidate.entry for candidate in found.candidates} == {0, 1}


def test_the_right_code_under_a_wholly_different_name_is_for_a_person() -> None:
    found = verdict(register(FOOD), "咸宁市鹤鸣机械厂", FOOD.code)
    assert (found.grade, found.entry) == (Grade.REVIEW, 0)
    assert "名称完全不同" in found.reason
    assert found.score <= 0.8


@given(st.integers(0, 17), st.sampled_from(SIGNS))
def test_a_code_with_one_wrong_sign_links_if_the_name_agrees(place: int, sign: str) -> None:
    wrong = FOOD.code[:place] + sign + FOOD.code[place + 1 :]
    found = verdict(register(FOOD), "咸宁星河坊食品加工厂", wrong)
    assert (found.grade, found.entry) == (Grade.CODE, 0)
    if wrong != FOOD.code:
        assert "录错" in found.reason


def test_a_code_with_two_signs_swapped_links_if_the_name_agrees() -> None:
    place = next(at for at in range(17) if FOOD.code[at] != FOOD.code[at + 1])
    swapped = FOOD.code[:place] + FOOD.code[place + 1] + FOOD.code[place] + FOOD.code[place + 2 :]
    assert verdict(register(FOOD), "咸宁星河坊食品加工厂", swapped).grade is Grade.CODE


def test_a_code_nearly_right_under_another_name_is_for_a_person() -> None:
    wrong = FOOD.code[:-1] + ("0" if FOOD.code[-1] != "0" else "1")
    found = verdict(register(FOOD), "咸宁鹤鸣机械制造公司", wrong)
    assert found.grade is Grade.REVIEW
    assert found.candidates[0].entry == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("咸宁市星河坊食品有限公司工会委员会", "名称相同"),
        ("咸宁市星河坊 食品（有限公司）联合工会", "名称相同"),
        ("星河坊食品有限公司基层工会委员会", "去掉地名后名称相同"),
        ("湖北省咸宁星河坊食品有限公司", "去掉地名后名称相同"),
        ("咸宁市星河坊食品有限责任公司", "去掉“有限公司”一类字样后名称相同"),
        ("咸宁星河坊食品厂工会", "去掉地名和“有限公司”一类字样后名称相同"),
    ],
)
def test_the_same_name_links_at_every_depth_where_the_region_agrees(name: str, reason: str) -> None:
    found = verdict(register(FOOD), name, city="咸宁")
    assert (found.grade, found.entry) == (Grade.NAME, 0)
    assert found.reason.startswith(f"{reason}，地区一致（咸宁）")


def test_the_deeper_the_name_was_cut_the_lower_the_score() -> None:
    names = ["咸宁市星河坊食品有限公司", "星河坊食品有限公司", "咸宁市星河坊食品公司", "星河坊食品公司"]
    scores = [verdict(register(FOOD), name, city="咸宁").score for name in names]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_a_second_name_is_heard_too() -> None:
    found = verdict(register(FOOD), "长安路联合工会", other="咸宁市星河坊食品有限公司")
    assert (found.grade, found.entry) == (Grade.NAME, 0)


def test_the_same_name_elsewhere_is_for_a_person() -> None:
    found = verdict(register(FOOD), "咸宁市星河坊食品有限公司", city="黄石")
    assert found.grade is Grade.NAME  # the name itself says 咸宁: the column alone does not overrule it
    found = verdict(register(FOOD), "黄石星河坊食品有限公司")
    assert found.grade is Grade.REVIEW
    assert found.entry is None
    assert "地区不一致（黄石与咸宁）" in found.reason


def test_the_same_name_in_another_county_is_for_a_person() -> None:
    found = verdict(register(firm(1, "崇阳县星河坊食品有限公司")), "通山县星河坊食品有限公司")
    assert found.grade is Grade.REVIEW
    assert "区县不一致（通山与崇阳）" in found.reason


def test_a_short_name_without_any_region_proves_nothing_unless_it_is_the_full_one() -> None:
    firms = register(firm(1, "咸宁市星河有限公司"), firm(2, "鹤鸣坊有限公司"))
    assert verdict(firms, "星河有限公司").grade is Grade.REVIEW
    assert verdict(firms, "鹤鸣坊有限公司").grade is Grade.NAME


def test_a_core_of_two_signs_under_another_form_is_for_a_person() -> None:
    firms = register(firm(1, "咸宁市星河有限公司"))
    assert verdict(firms, "咸宁星河公司工会").grade is Grade.REVIEW
    assert verdict(firms, "咸宁市星河有限公司工会").grade is Grade.NAME


def test_a_name_that_several_carry_is_for_a_person_with_each_of_them() -> None:
    firms = register(
        *[firm(number, f"{place}星河坊食品有限公司") for number, place in enumerate(["咸宁", "咸宁市", "咸安区"])]
    )
    found = verdict(firms, "星河坊食品有限公司工会", city="咸宁")
    assert (found.grade, found.entry) == (Grade.REVIEW, None)
    assert [candidate.entry for candidate in found.candidates] == [0, 1, 2]
    assert all("同名共 3 家" in candidate.reason for candidate in found.candidates)


def test_the_region_tells_two_of_the_same_name_apart() -> None:
    firms = register(FOOD, firm(2, "武汉星河坊食品有限公司", "武汉"))
    found = verdict(firms, "星河坊食品有限公司", city="武汉")
    assert (found.grade, found.entry) == (Grade.NAME, 1)


def test_the_county_tells_two_of_the_same_name_apart() -> None:
    firms = register(firm(1, "崇阳县星河坊食品有限公司"), firm(2, "通山县星河坊食品有限公司"))
    found = verdict(firms, "星河坊食品厂", city="咸宁", address="通山县通羊镇")
    assert (found.grade, found.entry) == (Grade.NAME, 1)


def test_the_address_makes_the_guess_among_several_but_no_link() -> None:
    firms = register(
        firm(1, "咸宁星河坊食品有限公司", address="咸安区长安路12号"),
        firm(2, "咸宁市星河坊食品有限公司", address="咸安区桂花路3号"),
    )
    found = verdict(firms, "星河坊食品有限公司", city="咸宁", address="咸安区桂花路3")
    assert (found.grade, found.entry) == (Grade.REVIEW, 1)


def test_never_more_than_five_candidates_best_first() -> None:
    firms = register(*[firm(number, f"咸宁星河坊{trade}厂") for number, trade in enumerate("米面油盐酱醋茶")])
    found = verdict(firms, "咸宁星河坊工会")
    assert found.grade is Grade.REVIEW
    assert len(found.candidates) == 5
    assert [one.score for one in found.candidates] == sorted((one.score for one in found.candidates), reverse=True)


def test_a_branch_is_not_its_head_office_nor_the_other_way_round() -> None:
    head, branch = firm(1, "咸宁星河坊超市有限公司"), firm(2, "咸宁星河坊超市有限公司永安分公司")
    assert verdict(register(head, branch), "咸宁星河坊超市有限公司工会").entry == 0
    assert verdict(register(head, branch), "咸宁星河坊超市有限公司永安分公司工会").entry == 1
    assert verdict(register(head), "咸宁星河坊超市有限公司永安分公司工会").grade is Grade.NONE
    only_branch = verdict(register(branch), "咸宁星河坊超市有限公司工会")
    assert only_branch.grade is Grade.REVIEW
    assert "分支机构" in only_branch.reason


def test_a_shortened_name_is_for_a_person_with_a_guess() -> None:
    found = verdict(register(FOOD), "咸宁星河坊工会")
    assert (found.grade, found.entry) == (Grade.REVIEW, 0)
    assert "简称" in found.reason


def test_a_shortened_name_of_elsewhere_is_nobody() -> None:
    assert verdict(register(FOOD), "星河坊", city="黄石").grade is Grade.NONE


def test_code_and_name_that_contradict_are_for_a_person() -> None:
    other = firm(2, "咸宁鹤鸣坊食品有限公司")
    found = verdict(register(FOOD, other), "咸宁市星河坊食品有限公司工会", other.code)
    assert found.grade is Grade.REVIEW
    assert found.reason.startswith("代码和名称指向不同的单位")
    assert {candidate.entry for candidate in found.candidates} == {0, 1}


def test_another_sound_code_of_the_same_register_makes_the_name_doubtful() -> None:
    found = verdict(register(FOOD), "咸宁市星河坊食品有限公司", code_of(77))
    assert (found.grade, found.entry) == (Grade.REVIEW, 0)
    assert "另一个有效代码" in found.reason


@pytest.mark.parametrize("code", [code_of(77, head="81421202"), "12345", "无代码", code_of(77)[:-1] + "*"])
def test_a_code_of_another_register_or_no_sound_one_does_not(code: str) -> None:
    assert verdict(register(FOOD), "咸宁市星河坊食品有限公司", code).grade is Grade.NAME


@pytest.mark.parametrize("name", ["", "工会", "湖北省鹤鸣机械制造有限公司", "柳州星河坊食品有限公司"])
def test_what_nobody_carries_is_nobody(name: str) -> None:
    found = verdict(register(FOOD), name)
    assert (found.grade, found.entry, found.score, found.candidates) == (Grade.NONE, None, 0.0, ())
    assert found.reason


def test_an_entry_without_a_code_can_be_found_by_its_name() -> None:
    found = verdict(register(Record("咸宁星河坊食品厂", "", Located(city="咸宁"))), "咸宁星河坊食品厂")
    assert (found.grade, found.entry) == (Grade.NAME, 0)


def test_only_the_first_three_grades_link() -> None:
    assert [grade.zh for grade in Grade if grade.links] == ["代码", "名称", "近似"]


def test_a_later_tier_is_asked_only_where_nothing_has_linked() -> None:
    asked: list[str] = []

    def resembling(known: Known, _: Register) -> Iterator[Proposal]:
        asked.append(known.name.full)
        yield Proposal(0, Strength.HINT, 0.75, "名称相近")

    records = [Record("咸宁市星河坊食品有限公司"), Record("咸宁市星阿坊食品有限公司")]
    found = list(match(register(FOOD), records, tiers=(*EXACT, (resembling,))))
    assert asked == ["咸宁市星阿坊食品有限公司"]
    assert [one.grade for one in found] == [Grade.NAME, Grade.REVIEW]
    assert found[1].reason.endswith("名称相近")


def test_a_name_that_was_not_announced_is_found_all_the_same() -> None:
    among = register(FOOD, firm(2, "咸宁鹤鸣机械厂"))
    list(match(among, [Record("咸宁市星河坊食品有限公司")]))
    other = among.know(Record("咸宁鹤鸣机械厂"), None)
    assert [list(among.named(other.name, depth)) for depth in range(4)] == [[1]] * 4


NAMES = st.lists(
    st.text(st.sampled_from("星河坊鹤鸣青禾白鹭石桥湾"), min_size=3, max_size=6).map(
        lambda core: f"咸宁{core}食品有限公司"
    ),
    min_size=1,
    max_size=12,
    unique=True,
)


@given(NAMES)
def test_every_entry_finds_itself_by_code_and_by_full_name(names: list[str]) -> None:
    firms = register(*[firm(number, name) for number, name in enumerate(names)])
    for number, name in enumerate(names):
        assert verdict(firms, name, code_of(number)).entry == number
        by_name = verdict(firms, f"{name}工会委员会")
        assert (by_name.grade, by_name.entry) == (Grade.NAME, number)


@given(
    NAMES,
    st.text(st.sampled_from("星河坊鹤鸣青禾咸宁食品厂有限公司工会"), max_size=12),
    st.sampled_from(["", "咸宁", "黄石"]),
)
def test_a_verdict_always_holds_together(names: list[str], name: str, city: str) -> None:
    found = verdict(register(*[firm(number, each) for number, each in enumerate(names)]), name, city=city)
    assert 0 <= found.score <= 1
    assert found.reason
    assert len(found.candidates) <= 5
    assert (found.grade is Grade.NONE) == (not found.candidates)
    if found.grade.links:
        assert found.entry == found.candidates[0].entry
    if found.grade is Grade.REVIEW:
        assert found.score <= 0.8
