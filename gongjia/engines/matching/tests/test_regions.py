"""Region words, learnt from lists."""

import pytest

from gongjia.engines.matching.core.regions import Agreement, Located, Places, Regions, agreement, chain, stem


def places(*cities: str, counties: tuple[str, ...] = ()) -> Places:
    return Places(frozenset(cities), frozenset(counties))


@pytest.mark.parametrize(
    ("word", "short"),
    [
        ("咸宁市", "咸宁"),
        ("咸安区", "咸安"),
        ("随县", "随县"),
        ("恩施土家族苗族自治州", "恩施"),
        ("神农架林区", "神农架"),
        ("湖北省", "湖北"),
        ("崇阳", "崇阳"),
        ("内蒙古自治区", "内蒙古"),
        ("五峰土家族自治县", "五峰"),
    ],
)
def test_a_division_without_its_kind(word: str, short: str) -> None:
    assert stem(word) == short


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("湖北省咸宁市咸安区长安路5号", ("湖北省", "咸宁市", "咸安区")),
        ("咸宁市崇阳县天城镇", ("咸宁市", "崇阳县")),
        ("崇阳县天城镇", ("崇阳县",)),
        ("浙江省杭州市余杭区", ("浙江省", "杭州市", "余杭区")),
        ("长安路5号", ()),
        ("", ()),
    ],
)
def test_the_divisions_at_the_head_of_an_address(address: str, words: tuple[str, ...]) -> None:
    assert chain(address) == words


def test_words_are_learnt_from_columns_and_addresses_of_any_province() -> None:
    lists = [Located("浙江", "杭州", "", "浙江省杭州市余杭区某路1号")] * 3 + [
        Located("浙江", "杭州", "", "余杭区某路")
    ] * 3
    regions = Regions.learn(lists)
    for head in ("浙江", "浙江省", "杭州", "杭州市", "余杭区", "余杭"):
        assert regions.split(f"{head}星河坊食品厂") == ((head,), "星河坊食品厂")
    assert regions.split("宁波星河坊食品厂") == ((), "宁波星河坊食品厂")


def test_without_columns_the_addresses_alone_tell_the_parent() -> None:
    lists = [Located(address="湖北省咸宁市赤壁市某路")] * 3 + [Located(address="赤壁市某路")] * 9
    regions = Regions.learn(lists)
    assert regions.places((), Located(address="赤壁市另一路")) == places("咸宁", counties=("赤壁",))


def test_a_city_that_stands_alone_everywhere_is_a_city() -> None:
    regions = Regions.learn([Located(address="仙桃市某路")] * 4)
    assert regions.places((), Located(address="仙桃市")) == places("仙桃")


def test_a_word_that_is_found_in_several_cities_stands_for_none() -> None:
    lists = [Located("湖北", "咸宁", "", "青龙区某路")] * 5 + [Located("湖北", "黄石", "", "青龙区某路")] * 5
    assert Regions.learn(lists).split("青龙区星河坊")[0] == ()


def test_a_word_that_occurs_once_is_not_believed() -> None:
    lists = [Located("湖北", "咸宁", "", "某某区某路"), *[Located("湖北", "咸宁", "", "咸安区某路")] * 2]
    regions = Regions.learn(lists)
    assert regions.split("某某区星河坊")[0] == ()
    assert regions.split("咸安区星河坊")[0] == ("咸安区",)


@pytest.mark.parametrize("zone", ["经济开发区", "工业园区", "城南新区"])
def test_a_zone_is_no_division(zone: str) -> None:
    assert Regions.learn([Located("湖北", "咸宁", "", f"{zone}某路")] * 9).split(f"{zone}星河坊")[0] == ()


def test_two_words_run_together_are_two_words() -> None:
    lists = [Located("湖北", "武汉", "", "武汉武昌区某路")] * 3 + [Located("湖北", "武汉", "", "武昌区某路")] * 9
    assert Regions.learn(lists).split("武汉武昌区星河坊")[0] == ("武汉", "武昌区")


def test_a_city_of_elsewhere_is_kept_as_it_is_written() -> None:
    regions = Regions.learn([Located("湖北", "咸宁", "", "咸安区某路")] * 3)
    assert regions.places((), Located(city="柳州市")) == places("柳州")
    assert regions.places((), Located(city="NA")) == places()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (places(), places("咸宁"), Agreement.UNKNOWN),
        (places("咸宁"), places(), Agreement.UNKNOWN),
        (places("咸宁"), places("黄石"), Agreement.ELSEWHERE),
        (places("咸宁"), places("咸宁"), Agreement.CITY),
        (places("咸宁", "黄石"), places("咸宁"), Agreement.CITY),
        (places("咸宁", counties=("咸安",)), places("咸宁"), Agreement.CITY),
        (places("咸宁", counties=("咸安",)), places("咸宁", counties=("咸安",)), Agreement.COUNTY),
        (places("咸宁", counties=("咸安",)), places("咸宁", counties=("崇阳",)), Agreement.OTHER_COUNTY),
    ],
)
def test_silence_is_no_contradiction(one: Places, other: Places, expected: Agreement) -> None:
    assert agreement(one, other) is expected
    assert agreement(other, one) is expected
