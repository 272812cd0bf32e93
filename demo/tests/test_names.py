"""The coined names are believable, valid, never twice the same number, and the same on every machine."""

import hashlib
from collections import Counter
from datetime import date

import pytest

from demo.names import CreditCodes, Employer, Employers, NumbersExhausted, People, Person, Phones, Places
from demo.names import employers as employers_module
from demo.names import people as people_module
from demo.names.draw import Permutation
from demo.names.numbers import IdentityNumbers
from demo.names.places import divisions, province_counties
from gongjia.kernel import numbers

TODAY = date(2026, 11, 21)
SEED = 4212


@pytest.fixture(scope="module")
def persons() -> list[Person]:
    return list(People(SEED).many(20_000))


@pytest.fixture(scope="module")
def firms() -> list[Employer]:
    employers = Employers(SEED)
    heads = [employers.coin() for _ in range(5_000)]
    return heads + [employers.branch(head) for head in heads[:200]]


def digest(rows: list) -> str:
    return hashlib.sha256("\n".join("|".join(map(str, row)) for row in rows).encode()).hexdigest()[:16]


def test_the_same_seed_coins_the_same_city_on_every_machine(persons, firms):
    assert digest(persons[:2_000]) == "9ecad690a987ceaf"
    assert digest(firms[:1_000]) == "501a9535a9f8d1bf"


def test_another_seed_coins_another_city(persons):
    assert digest(list(People(SEED + 1).many(100))) != digest(persons[:100])


def test_no_two_persons_share_a_number_or_a_phone(persons):
    assert len({person.identity_number for person in persons}) == len(persons)
    assert len({person.phone for person in persons}) == len(persons)


def test_identity_numbers_are_valid_and_say_what_the_person_is(persons):
    for person in persons[:3_000]:
        read = numbers.identity_number(person.identity_number, on=TODAY)
        assert (read.birth_on, read.sex[0]) == (person.born, person.sex)
        assert read.region_known
        assert person.identity_number[14:17] in {"996", "997", "998", "999"}


def test_phones_are_of_the_invented_range_and_valid(persons):
    assert all(person.phone.startswith("1990") and numbers.is_mobile(person.phone) for person in persons[:3_000])


def test_everyone_is_of_working_age(persons):
    years = Counter(person.born.year for person in persons)
    assert min(years) == 1961
    assert max(years) == 2008
    assert years[1988] > years[1978] > years[1963]


def test_most_people_carry_a_number_of_the_city(persons):
    local = sum(person.identity_number.startswith("4212") for person in persons)
    assert 0.8 < local / len(persons) < 0.9


def test_a_person_can_be_asked_for_with_name_sex_year_and_county():
    person = People(SEED).coin(name="王芳", sex="f", year=1990, county="421281")
    assert (person.name, person.sex, person.born.year) == ("王芳", "f", 1990)
    assert {People(SEED).coin(year=1985).born.year, People(SEED).coin(sex="m").sex} == {1985, "m"}


def test_a_county_without_numbers_hands_on_and_a_province_without_numbers_says_so():
    identity_numbers = IdentityNumbers(SEED, ("421202", "421221"))
    taken = [identity_numbers.take("421202", "f", 1999) for _ in range(4 * 365)]
    assert len({number for number, _ in taken}) == len(taken)
    assert Counter(number[:6] for number, _ in taken) == {"421202": 730, "421221": 730}
    with pytest.raises(NumbersExhausted, match="1999 年出生的女职工"):
        identity_numbers.take("421221", "f", 1999)


def test_there_are_numbers_enough_for_a_million_members():
    heaviest = max(Counter(people_module.births(("m", "f"))).values()) / len(people_module.births(("m", "f")))
    assert len(province_counties()) * 365 * 2 > 1_000_000 * heaviest * 1.5


@pytest.mark.parametrize("size", [1, 2, 730, 732, 4096, 30_031])
def test_a_permutation_gives_each_number_once_and_then_ends(size):
    order = Permutation(size, 0.37)
    assert sorted(order.take() for _ in range(size)) == list(range(size))
    assert order.take() == -1


def test_phones_do_not_come_in_order():
    phones = Phones(SEED)
    first = [phones.take() for _ in range(10)]
    assert first != sorted(first)


def test_names_hold_what_registers_stumble_over(persons):
    names = [person.name for person in persons]
    assert any("·" in name for name in names)
    assert any(name[:2] in {"欧阳", "上官", "司徒", "诸葛"} for name in names)
    assert any(ord(sign) > 0xFFFF for name in names for sign in name)
    assert sum(len(name) == 2 for name in names) > 3_000
    assert {"土家族", "苗族", "维吾尔族"} <= {person.ethnicity for person in persons}


def test_common_surnames_are_common(persons):
    first = Counter(person.name[0] for person in persons)
    assert {surname for surname, _ in first.most_common(4)} == {"王", "李", "张", "刘"}


def test_nobody_has_the_name_of_somebody_known(persons):
    assert not people_module.denied() & {person.name for person in persons}


def test_a_known_name_is_drawn_again(monkeypatch, persons):
    taken = frozenset(person.name for person in persons[:50])
    monkeypatch.setattr(people_module, "denied", lambda: taken)
    assert not taken & {person.name for person in People(SEED).many(50)}


def test_employers_have_names_and_codes_of_their_own(firms):
    assert len({firm.name for firm in firms}) == len(firms)
    assert len({firm.uscc for firm in firms}) == len(firms)


def test_employers_codes_are_valid_and_say_what_the_employer_is(firms):
    starts = {"500": "11", "400": "12", "600": "92"}
    for firm in firms:
        assert numbers.uscc(firm.uscc) == firm.uscc
        assert numbers.organisation_code_holds(numbers.organisation_code_of(firm.uscc))
        assert firm.uscc[2:8] == firm.county
        assert firm.uscc[:2] == starts.get(firm.kind, firm.uscc[:2])


def test_employers_are_of_every_section_but_international_bodies(firms):
    assert {firm.industry[0] for firm in firms} == set("ABCDEFGHIJKLMNOPQRS")


def test_few_employers_are_large_and_most_are_small(firms):
    staff = sorted(firm.staff for firm in firms)
    assert staff[0] >= 1
    assert 4 <= staff[len(staff) // 2] <= 15
    assert 0.1 < sum(count >= 25 for count in staff) / len(staff) < 0.3


def test_a_branch_names_its_head_and_sits_where_it_is_asked_to():
    employers = Employers(SEED)
    head = employers.coin(form="company")
    first, second = (employers.branch(head, county="421281") for _ in range(2))
    assert first.name == f"{head.name}赤壁市分公司"
    assert second.name == f"{head.name}赤壁市第二分公司"
    assert {first.head, second.head} == {head.uscc}


@pytest.mark.parametrize(("number", "numeral"), [(2, "二"), (10, "十"), (11, "十一"), (20, "二十"), (47, "四十七")])
def test_branches_are_numbered_in_chinese(number, numeral):
    assert employers_module.chinese(number) == numeral


def test_no_employer_carries_a_known_brand(firms):
    assert not [firm.name for firm in firms if any(brand in firm.name for brand in employers_module.denied())]


def test_coined_brands_do_not_contain_known_ones():
    lists = employers_module.words("brands")
    coined = {first + second for first in lists["first"] for second in lists["second"]}
    assert not [brand for brand in employers_module.denied() if brand in coined]


def test_what_cannot_be_coined_any_more_is_said():
    employers = Employers(SEED)
    with pytest.raises(ValueError, match="取不出新的单位名称"):
        [employers.coin(county="421281", section="S92") for _ in range(100)]


def test_union_codes_begin_with_81_and_never_meet_an_employers_code(firms):
    codes = CreditCodes(SEED)
    unions = [codes.union("421202") for _ in range(2_000)]
    assert all(numbers.uscc(code)[:2] == "81" for code in unions)
    assert not {code[8:] for code in unions} & {firm.uscc[8:] for firm in firms}


def test_addresses_stand_in_real_villages_of_their_county():
    places = Places(SEED)
    known = divisions()
    for county in ("421202", "421221", "421222", "421223", "421224", "421281"):
        for _ in range(50):
            place = places.address(county, in_town=0.5)
            level, name = known[place.region]
            assert level == "village"
            assert place.region.startswith(county)
            assert place.address.startswith(f"咸宁市{known[county][1]}{known[place.region[:9]][1]}{name}")
