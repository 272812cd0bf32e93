"""Which unions are proposed to a worker, in what order and with what reason: tables of cases; and the dated figures."""

from datetime import date, timedelta

import pytest

from gongjia.backbone.people.words import Group
from gongjia.domains.enrolment import params
from gongjia.domains.enrolment.nearest import MOST, Candidate, Sought, nearness, proposals, trade_of
from gongjia.domains.enrolment.words import INDUSTRY_OF_GROUP

pytestmark = [pytest.mark.system("O7"), pytest.mark.system("O9")]
HOME = "421202001001"

COURIERS = Candidate(
    "COURIERS", "快递行业联合工会", "joint_grassroots_union", "421202002", trade="courier", is_bound=True
)
PARK = Candidate("PARK", "园区联合工会", "joint_grassroots_union", "421202001", industry="C")
STREET = Candidate("STREET", "商圈联合工会", "joint_grassroots_union", "421202003")
VILLAGE = Candidate("VILLAGE", "一村工会", "village_union", HOME)
BESIDE = Candidate("BESIDE", "二村工会", "village_union", "421202001002")
REMOTE = Candidate("REMOTE", "远村工会", "village_union", "421202003001")
FOREIGN = Candidate("FOREIGN", "邻县联合工会", "joint_grassroots_union", "421221001", trade="courier")
ALL = (COURIERS, PARK, STREET, VILLAGE, BESIDE, REMOTE, FOREIGN)


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        (Sought(HOME), ["VILLAGE", "BESIDE", "PARK", "STREET", "REMOTE"]),
        (Sought(HOME, "courier", "G", "快递员"), ["COURIERS", "VILLAGE", "BESIDE", "PARK", "STREET"]),
        (Sought(HOME, "", "C", "制造业"), ["PARK", "VILLAGE", "BESIDE", "STREET", "REMOTE"]),
        (Sought("421202001"), ["VILLAGE", "BESIDE", "PARK", "STREET", "REMOTE"]),
        (Sought("421202"), ["PARK", "STREET", "VILLAGE", "BESIDE", "REMOTE"]),
        (Sought("421221001001", "courier", "G", "快递员"), ["FOREIGN"]),
        (Sought("421222"), []),
    ],
)
def test_the_industry_comes_first_then_the_village_then_what_joins_many(sought: Sought, expected: list[str]) -> None:
    assert [each.candidate.reference for each in proposals(sought, ALL)] == expected


def test_a_union_of_a_trade_takes_nobody_of_another() -> None:
    assert not proposals(Sought(HOME, "truck_driver", "G", "货车司机"), [COURIERS])
    assert not proposals(Sought(HOME), [COURIERS])


@pytest.mark.parametrize(
    ("sought", "union", "why"),
    [
        (
            Sought(HOME, "courier", "G", "快递员", has_no_union=True),
            COURIERS,
            "您单位还没有工会；本县（市、区）的快递员联合工会可以接收",
        ),
        (Sought("421202002", "courier", "G", "快递员"), COURIERS, "您所在乡镇（街道）的快递员联合工会可以接收"),
        (Sought(HOME), VILLAGE, "您所在村（社区）工会可以接收"),
        (Sought(HOME), BESIDE, "您所在乡镇（街道）的村（社区）工会可以接收"),
        (Sought(HOME), STREET, "本县（市、区）的联合工会可以接收"),
    ],
)
def test_every_proposal_says_why(sought: Sought, union: Candidate, why: str) -> None:
    assert [each.why for each in proposals(sought, [union])] == [why]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (HOME, HOME, 0),
        (HOME, "421202001002", 1),
        (HOME, "421202001", 1),
        (HOME, "421202002001", 2),
        ("421202", HOME, 2),
        ("4212", HOME, 2),
        ("421221", HOME, 3),
        ("", HOME, 3),
    ],
)
def test_how_near_two_places_are(one: str, other: str, expected: int) -> None:
    assert (nearness(one, other), nearness(other, one)) == (expected, expected)


@pytest.mark.parametrize("count", [MOST - 1, MOST, MOST + 1])
def test_no_more_than_a_handful_is_proposed(count: int) -> None:
    unions = [Candidate(f"U{n}", f"{n}村工会", "village_union", HOME) for n in range(count)]
    assert len(proposals(Sought(HOME), unions)) == min(count, MOST)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["温泉快递行业联合工会"], "courier"),
        (["第一联合工会", "咸安区外卖配送行业工会联合会"], "food_deliverer"),
        (["货运物流行业联合工会", "咸安区快递行业工会联合会"], "truck_driver"),
        (["温泉街道第一联合工会"], ""),
        ([], ""),
    ],
)
def test_the_trade_is_read_off_the_names(names: list[str], expected: str) -> None:
    assert trade_of(names, params.trades(on=date(2026, 11, 21))) == expected


def test_every_word_of_a_trade_names_a_group() -> None:
    assert set(params.trades(on=date(2026, 11, 21)).values()) == set(params.groups(on=date(2026, 11, 21)))


# ── dated figures ───────────────────────────────────────────────────────────────────────────────────────────────

EIGHT = (
    "truck_driver", "courier", "nursing_carer", "domestic_worker", "shop_assistant", "food_deliverer",
    "property_agent", "security_guard",
)  # fmt: skip


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2018, 1, 1), EIGHT),
        (date(2018, 12, 31), EIGHT),
        (date(2019, 1, 1), (*EIGHT, "ride_hailing_driver", "livestream_host")),
    ],
)
def test_the_groups_of_a_day(on: date, expected: tuple[str, ...]) -> None:
    assert params.groups(on=on) == expected


def test_every_group_that_is_asked_about_has_a_word_and_an_industry() -> None:
    asked = set(params.groups(on=date(2026, 11, 21)))
    assert asked <= set(Group.values)
    assert asked == set(INDUSTRY_OF_GROUP)


def test_the_spans_of_joining() -> None:
    on = date(2026, 11, 21)
    assert params.spot_lasts(on=on) == timedelta(seconds=90)
    assert params.spot_finish(on=on) == timedelta(minutes=10)
    assert params.spot_most(on=on) == 30
    assert params.spot_stays(on=on) == timedelta(hours=4)
    assert params.pool_answers(on=on) == timedelta(hours=48)
