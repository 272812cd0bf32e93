"""Names that only resemble: what the learnt model links, what it leaves to a person, and what people decide."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjia.engines.matching.core import Decided, Grade, Located, Record, Register, Verdict, match
from gongjia.engines.matching.core.errors import BadModel
from gongjia.engines.matching.core.examples import examples_of
from gongjia.engines.matching.core.features import FEATURES
from gongjia.engines.matching.core.grams import PLACES, Side, likely
from gongjia.engines.matching.core.model import SHIPPED, load, shares, shipped
from gongjia.engines.matching.core.names import fold, fold_all, without_form, without_form_all
from gongjia.engines.matching.core.texts import Texts
from gongjia.engines.matching.core.training import Examples, agreement_of, train
from gongjia.engines.matching.core.words import lengths_of_brands, stranger
from gongjia.engines.matching.invented import Roster, World
from gongjia.engines.matching.tests.registers import ENDING, code_of, firm, register

FOOD = firm(1, "咸宁市星河坊食品有限公司", address="咸安区长安路12号")


def near(among: Register, name: str, city: str = "咸宁", address: str = "", said: Decided | None = None) -> Verdict:
    decided = {} if said is None else {0: said}
    record = Record(name, "", Located("", city, "", address))
    return next(match(among, [record], ending=ENDING, model=shipped(), decided=decided))


@cache
def invented(seed: int = 5, firms: int = 3000, unions: int = 900) -> Roster:
    return World(seed).roster(firms, unions)


def verdicts(roster: Roster, decided: dict[int, Decided] | None = None) -> list[Verdict]:
    among = Register(roster.entries)
    return list(match(among, roster.records, ending=ENDING, model=shipped(), decided=decided))


@pytest.mark.parametrize("name", ["咸宁市星河妨食品有限公司", "咸宁市星河坊坊食品有限公司", "咸宁市星坊河食品公司"])
def test_a_mistyped_name_finds_its_firm(name: str) -> None:
    found = near(register(FOOD), name, address="咸安区长安路")
    assert found.entry == 0
    assert found.grade in {Grade.NEAR, Grade.REVIEW}
    assert "字号" in found.reason or "简称" in found.reason


def test_the_reason_names_brand_trade_region_and_address() -> None:
    found = near(register(FOOD), "咸宁市星河妨食品有限公司", address="咸安区长安路12")
    assert found.reason.endswith("字号相近，行业一致，地区一致（咸安），地址相近")


def test_a_namesake_from_a_far_city_does_not_link() -> None:
    found = near(register(FOOD), "柳州星河坊食品有限公司", city="")
    assert not found.grade.links
    assert all("只有一边的名称里写了地名（柳州）" in one.reason for one in found.candidates)


def test_a_branch_never_links_to_its_head_office_by_likeness() -> None:
    head = firm(1, "咸宁星河坊连锁超市有限公司")
    found = near(register(head), "咸宁星河坊连琐超市有限公司永安分公司")
    assert not found.grade.links


def test_two_that_fit_equally_well_are_for_a_person() -> None:
    twins = [firm(1, "咸宁星河坊食品有限公司"), firm(2, "咸宁星河坊饮料有限公司")]
    found = near(register(*twins), "咸宁星河坊工会")
    assert found.grade is Grade.REVIEW
    assert {one.entry for one in found.candidates} >= {0, 1}


def test_what_resembles_nobody_is_nobody() -> None:
    assert near(register(FOOD), "湖北省鹤鸣机械制造有限公司", city="黄石").grade is Grade.NONE


def test_a_yes_links_at_once_and_says_who_decided() -> None:
    others = register(FOOD, firm(2, "咸宁鹤鸣机械厂"))
    found = near(others, "完全不同的名称", said=Decided(1))
    assert (found.grade, found.entry, found.score, found.reason) == (Grade.NEAR, 1, 1.0, "经人核对确认")


def test_a_yes_keeps_the_better_grade_where_the_name_says_the_same() -> None:
    assert near(register(FOOD), "咸宁市星河坊食品有限公司", said=Decided(0)).grade is Grade.NAME


def test_a_no_takes_the_entry_out_even_where_the_name_is_the_same() -> None:
    found = near(register(FOOD), "咸宁市星河坊食品有限公司", said=Decided(refused=frozenset({0})))
    assert found.entry is None
    assert 0 not in {one.entry for one in found.candidates}


def test_none_of_them_is_an_answer_too() -> None:
    found = near(register(FOOD), "咸宁市星河坊食品有限公司", said=Decided(none=True))
    assert (found.grade, found.entry, found.reason) == (Grade.NONE, None, "经人核对，没有对应的单位")


def test_the_same_lists_give_the_same_verdicts() -> None:
    assert verdicts(invented()) == verdicts(invented())


@pytest.mark.parametrize("seed", [5, 6, 11])
def test_the_shipped_model_keeps_its_quality_on_worlds_it_has_not_seen(seed: int) -> None:
    roster = invented(seed)
    found = verdicts(roster)
    pairs = list(zip(found, roster.truth, strict=True))
    linked = [one.entry == truth for one, truth in pairs if one.grade.links]
    guessed = [one.entry == truth for one, truth in pairs if one.entry is not None]
    precision, recall = np.mean(guessed), sum(guessed) / sum(truth is not None for truth in roster.truth)
    assert 2 * precision * recall / (precision + recall) >= 0.95
    assert np.mean(linked) >= 0.99


def test_every_verdict_holds_together() -> None:
    for found in verdicts(invented(8, 1500, 500)):
        assert 0 <= found.score <= 1
        assert found.reason
        assert len(found.candidates) <= 5
        assert [one.score for one in found.candidates if one.strength == 0] == sorted(
            (one.score for one in found.candidates if one.strength == 0), reverse=True
        )
        if found.grade.links:
            assert found.entry == found.candidates[0].entry
        if found.grade is Grade.REVIEW:
            assert found.score <= 0.8
            assert found.candidates


def test_decisions_on_one_part_teach_the_rest() -> None:
    world = World(21, careless=1.6)
    roster = world.roster(4000, 2400)
    among = Register(roster.entries)
    column = among.know_all(roster.records, ENDING)
    said = {at: Decided(entry, none=entry is None) for at, entry in enumerate(roster.truth)}
    learnt = examples_of(among, column, {at: one for at, one in said.items() if at < 1200})
    rest = examples_of(among, column, {at: one for at, one in said.items() if at >= 1200})
    from_nothing = train(learnt, near_from=0.95, steps=100, networks=1)
    assert agreement_of(from_nothing, rest) >= 0.93
    carried_on = train(learnt, near_from=0.95, prior=shipped(), steps=100)
    assert agreement_of(carried_on, rest) >= agreement_of(shipped(), rest) - 0.01


def test_the_same_examples_give_the_same_model(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    features = draw.normal(size=(60, len(FEATURES))).astype(np.float32)
    records = np.repeat(np.arange(20, dtype=np.int32), 3)
    right = np.arange(60) % 3 == 0
    examples = Examples(features, records, right, np.zeros(20, bool))
    paths = [tmp_path / name for name in ("a.json", "b.json")]
    for path in paths:
        train(examples, near_from=0.9, steps=20, networks=1).save(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    again = load(paths[0])
    assert agreement_of(again, examples) > 0.8
    assert json.loads(paths[0].read_text(encoding="utf-8"))["features"] == list(FEATURES)


def test_the_shipped_model_is_small_and_loads() -> None:
    assert SHIPPED.stat().st_size < 100_000
    assert 0.9 <= shipped().near_from < 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "损坏"),
        ("[]", "损坏"),
        ('{"version": 99}', "另一个版本|损坏"),
        ('{"version": 1, "features": ["a"]}', "另一个版本"),
    ],
)
def test_a_file_that_is_no_model_is_refused_with_a_sentence(tmp_path: Path, content: str, why: str) -> None:
    (tmp_path / "m.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadModel, match=why):
        load(tmp_path / "m.json")


def test_a_model_with_missing_numbers_is_refused(tmp_path: Path) -> None:
    facts = json.loads(SHIPPED.read_text(encoding="utf-8"))
    facts["networks"][0][0][0].pop()
    (tmp_path / "m.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(BadModel, match="不完整"):
        load(tmp_path / "m.json")


@given(st.lists(st.floats(-30, 30, width=32), min_size=1, max_size=30), st.integers(1, 6))
def test_shares_of_a_record_and_none_add_up_to_one(scores: list[float], records: int) -> None:
    whose = np.sort(np.arange(len(scores)) % records).astype(np.int32)
    found = shares(np.array(scores, np.float32), whose, records)
    total = np.bincount(whose, weights=found, minlength=records)
    assert ((found >= 0) & (found <= 1.00001)).all()
    assert (total <= 1.0001).all()


@given(st.lists(st.text(max_size=12), max_size=8))
@settings(max_examples=200)
def test_folding_many_is_folding_each(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


@given(st.lists(st.text(st.sampled_from("星河坊股份有限责任总公司厂分"), max_size=12), max_size=8))
def test_cutting_the_forms_of_many_is_cutting_each(names: list[str]) -> None:
    assert without_form_all(names) == [without_form(name) for name in names]


def test_brand_and_trade_are_told_apart_by_the_first_word_of_a_trade() -> None:
    cores = ["星河坊食品", "鹤鸣机械", "星河坊"]
    assert lengths_of_brands(cores) == [3, 2, 3]


def test_a_far_place_at_the_head_is_known() -> None:
    regions = register(FOOD).regions
    assert stranger("柳州星河坊食品厂", regions) == "柳州"
    assert stranger("咸宁星河坊食品厂", regions) == ""


def test_likely_entries_are_best_first_and_no_more_than_asked_for() -> None:
    cores = [f"{brand}食品" for brand in ("星河坊", "鹤鸣", "青禾", "白鹭", "石桥湾")] * 3
    nowhere = np.zeros((15, PLACES), np.int32)
    found = likely(
        Side(Texts.of(cores), Texts.of(cores), Texts.of([""] * 15), nowhere),
        Side(Texts.of(["星河坊食品"]), Texts.of(["星河坊食品"]), Texts.of([""]), nowhere[:1]),
        most=4,
    )
    assert len(found.entries) <= 4
    assert {cores[at] for at in found.entries[:3].tolist()} == {"星河坊食品"}
    assert (np.diff(found.shared) <= 1e-6).all()


def test_a_record_with_another_sound_code_does_not_link_by_likeness() -> None:
    record = Record("咸宁市星河妨食品有限公司", code_of(77), Located("", "咸宁", "", "咸安区长安路12号"))
    found = next(match(register(FOOD), [record], ending=ENDING, model=shipped()))
    assert not found.grade.links


def test_what_one_register_has_taught_costs_little_elsewhere() -> None:
    taught = World(21, careless=1.6).roster(3000, 1500)
    among = Register(taught.entries)
    column = among.know_all(taught.records, ENDING)
    said = {at: Decided(entry, none=entry is None) for at, entry in enumerate(taught.truth)}
    model = train(examples_of(among, column, said), near_from=0.95, prior=shipped(), steps=200)
    roster = invented(33)
    f1 = []
    for each in (shipped(), model):
        found = list(match(Register(roster.entries), roster.records, ending=ENDING, model=each))
        right = sum(
            one.entry is not None and one.entry == truth for one, truth in zip(found, roster.truth, strict=True)
        )
        named = sum(one.entry is not None for one in found) + sum(truth is not None for truth in roster.truth)
        f1.append(2 * right / named)
    assert f1[1] >= f1[0] - 0.02
