"""Where a firm lies, by what its list and its address say: a table that an officer could sign."""

import pytest

from gongjia.domains.organising.places import Division, Located, Place, codes_to_ask, place_of, words_in

pytestmark = pytest.mark.system("O3")
NAMES = {
    "4212": "咸宁市",
    "421202": "咸安区",
    "421202002": "浮山街道",
    "421202002001": "香城社区",
    "421202002002": "和平社区",
    "421202003": "马桥镇",
    "421202003001": "四门楼村",
    "421281": "赤壁市",
    "421281003": "新店镇",
    "421281003001": "和平社区",
    "421224": "通山县",
    "421224013": "开发区",
    "4213": "随州市",
    "421321": "随县",
    "421321001": "新店镇",
}
DIVISIONS = [Division(code, name) for code, name in NAMES.items()]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Located(county="咸安区", address="长安路9号"), "421202"),
        (Located(county="咸安", address="浮山街道5号"), "421202002"),
        (Located(city="咸宁", address="浮山街道5号"), "421202002"),
        (Located(city="咸宁市", address="香城社区荞塘路96号"), "421202002"),
        (Located(address="湖北省咸宁市咸安区马桥镇四门楼村3组"), "421202003"),
        (Located(address="咸宁市咸安区长安大道1号"), "421202"),
        (Located(county="赤壁", address="和平社区2号"), "421281003"),
        (Located(address="浮山街道和平社区2号"), "421202002"),
        (Located(city="咸宁", address="湖北省咸宁市赤壁市浮山街道2号"), "421281"),
        (Located(address="赤壁市和平社区2号"), "421281003"),
        (Located(city="咸宁", address="新店镇1号"), "421281003"),
        (Located(city="随州", address="新店镇1号"), "421321001"),
        (Located(address="随县城北路2号"), "421321"),
        (Located(address="长安路9号", name="咸宁市咸安区样例机械有限公司"), "421202"),
        (Located(county="咸安区", address="赤壁市新店镇1号"), "421202"),
        (Located(county="咸安", address="浮山街道与马桥镇之间"), "421202"),
    ],
)
def test_a_place_is_read_off_the_county_the_address_and_the_name(said: Located, code: str) -> None:
    assert place_of(said, DIVISIONS) == Place(code)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Located(city="咸宁"), "也没有地址"),
        (Located(city="咸宁", address="长安路9号"), "认不出"),
        (Located(city="咸宁", address="和平社区2号"), "不止一个县有“和平社区”"),
        (Located(address="开发区创业路3号"), "认不出"),
        (Located(county="外县", address="浮山街道5号"), "区划里没有“外县”"),
        (Located(city="随州", county="咸安", address="浮山街道"), "区划里没有“咸安”"),
    ],
)
def test_what_cannot_be_told_is_not_guessed(said: Located, why: str) -> None:
    found = place_of(said, DIVISIONS)
    assert not found.code
    assert why in found.why


def test_of_counties_with_the_same_name_the_one_that_is_answered_for_counts() -> None:
    said = Located(city="咸宁", address="和平社区2号")
    assert place_of(said, DIVISIONS, answered={"421281"}) == Place("421281003")
    doubtful = place_of(said, DIVISIONS)
    assert codes_to_ask([doubtful]) == {"421202", "421202002", "421281", "421281003"}


def test_words_are_what_may_be_a_name() -> None:
    assert {"浮山街道", "香城社区", "随县"} <= words_in("随县浮山街道香城社区96号")
    assert "开发区" not in words_in("开发区创业路3号")
