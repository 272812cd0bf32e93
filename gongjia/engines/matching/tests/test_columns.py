"""What is done to a whole list at once is what is done to each row by itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjia.engines.matching.core import EXACT, Located, Record, Register
from gongjia.engines.matching.core.apart import divisions_of, names_apart
from gongjia.engines.matching.core.facts import branches, far_places, lengths_of_brands
from gongjia.engines.matching.core.names import fold, is_branch, name_of
from gongjia.engines.matching.core.regions import Regions, chain
from gongjia.engines.matching.core.texts import Texts, folded, hash_of
from gongjia.engines.matching.core.verdicts import ask, decide, exact
from gongjia.engines.matching.core.words import lengths_of_brands as lengths_one_by_one
from gongjia.engines.matching.core.words import stranger
from gongjia.engines.matching.invented import World
from gongjia.engines.matching.tests.registers import ENDING, firm, register

REGIONS = Regions(
    {
        "湖北": ("", ""),
        "湖北省": ("", ""),
        "咸宁": ("咸宁", ""),
        "咸宁市": ("咸宁", ""),
        "咸安区": ("咸宁", "咸安"),
        "咸宁经济开发区": ("咸宁", ""),
    }
)
PIECES = ["湖北", "湖北省", "咸宁", "咸宁市", "咸安区", "星河坊", "食品", "有限", "公司", "有限公司", "有限责任公司"]
PIECES += ["股份", "股份有限公司", "总公司", "厂", "分公司", "店", "支行", "柳州", "机械", "1", "A", "省", "区", "州"]
NAMES = st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=12)


@given(st.lists(st.text(max_size=12), max_size=8))
@settings(max_examples=200)
def test_folding_a_list_is_folding_each(texts: list[str]) -> None:
    assert folded(texts).strings() == [fold(text) for text in texts]


@given(st.lists(st.text(st.sampled_from("星河ａＢ（）é\u0301가\u11a8ﾞ①㈱・ "), max_size=6), max_size=6))
def test_signs_that_join_their_neighbours_are_folded_as_a_text(texts: list[str]) -> None:
    assert folded(texts).strings() == [fold(text) for text in texts]


@given(NAMES)
@settings(max_examples=300)
def test_taking_many_names_apart_is_taking_each(names: list[str]) -> None:
    apart = names_apart(Texts.of(names), REGIONS)
    known = [name_of(name, REGIONS) for name in names]
    assert [apart.heads.words[at] for at in apart.heads.numbers] == [name.regions for name in known]
    for depth, texts in enumerate((apart.full, apart.body, apart.formless, apart.core)):
        assert texts.strings() == [name.at(depth) for name in known]
        assert texts.hashes().tolist() == [hash_of(name.at(depth)) for name in known]


@given(st.lists(st.text(st.sampled_from("中国湖北省咸宁市安区自治州县旗盟地林特路1号A"), max_size=45), max_size=8))
@settings(max_examples=300)
def test_the_divisions_of_many_addresses_are_those_of_each(addresses: list[str]) -> None:
    found = divisions_of(Texts.of(addresses))
    assert [found.words[at] for at in found.numbers] == [chain(address) for address in addresses]
    assert found.lengths.tolist() == [sum(map(len, chain(address))) for address in addresses]


@given(NAMES)
def test_brands_branches_and_far_places_of_many_are_those_of_each(names: list[str]) -> None:
    texts = Texts.of(names)
    assert lengths_of_brands(texts).tolist() == lengths_one_by_one(names)
    assert branches(texts).tolist() == [is_branch(name) for name in names]
    assert set(far_places().words) >= {stranger(name, REGIONS) for name in names} - {""}


@given(NAMES)
def test_every_view_of_texts_is_the_same_slice(names: list[str]) -> None:
    texts = Texts.of(names)
    assert [texts.text(at) for at in range(len(names))] == names
    assert texts.first(3).packed().strings() == [name[:3] for name in names]
    window, ends = texts.window(1, 4), texts.from_end(2)
    for at, name in enumerate(names):
        assert [chr(sign) for sign in window[at] if sign] == list(name[1:5])
        assert [chr(sign) for sign in ends[at] if sign] == list(name[-2:])


@pytest.mark.parametrize("seed", [5, 12])
def test_what_is_settled_at_once_is_what_the_stages_say_of_each(seed: int) -> None:
    roster = World(seed, careless=1.2).roster(2500, 900)
    among = Register(roster.entries)
    records = [
        one._replace(other_name=roster.entries[at].name) if at % 9 == 0 else one
        for at, one in enumerate(roster.records)
    ]
    column = among.know_all([*records, Record(""), Record("", roster.entries[3].code)], ENDING)
    at_once = exact(among, column)
    assert at_once == [decide(known, among, ask(known, among, EXACT[:1])) for known in column]
    assert {one.grade.value for one in at_once} == {"code", "name", "review", "none"}


def test_lists_of_nothing_are_compared_too() -> None:
    assert exact(Register([]), Register([]).know_all([], None)) == []
    nobody = exact(Register([]), Register([]).know_all([Record("咸宁星河坊食品厂", "1", Located(city="咸宁"))], ENDING))
    assert [one.entry for one in nobody] == [None]
    assert register(firm(2, "咸宁鹤鸣机械厂")).know_all([], ENDING).said().total() == 0
