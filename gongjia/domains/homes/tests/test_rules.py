"""The rules of displays, telephones and sites, on the line and on either side of it."""

from datetime import date
from typing import Any

import pytest

from gongjia.backbone.people.office_lines import clean_office_line
from gongjia.domains.homes import params, rules
from gongjia.domains.homes.words import OFFICERS
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.parameters import Parameters

pytestmark = pytest.mark.system("O12")
TODAY = date(2026, 11, 20)


def day(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"kind": "plate", "shown_on": day(20)}, set()),
        ({"kind": "plate", "shown_on": day(21)}, {"shown_on"}),
        ({"kind": "plate", "shown_on": day(5), "founded_on": day(5)}, set()),
        ({"kind": "plate", "shown_on": day(4), "founded_on": day(5)}, {"shown_on"}),
        ({"kind": "plate", "shown_on": day(5), "lapsed_on": day(5)}, set()),
        ({"kind": "plate", "shown_on": day(4), "lapsed_on": day(5)}, {"shown_on"}),
        ({"kind": "promise", "shown_on": day(5)}, {"kind"}),
        ({"kind": "promise", "shown_on": day(5), "has_promise": True}, set()),
        ({"kind": "identity", "shown_on": day(5)}, {"kind"}),
        ({"kind": "identity", "shown_on": day(5), "chair_since": day(1)}, {"kind"}),
        ({"kind": "identity", "shown_on": day(5), "chair_since": day(5), "chair_agreed": True}, set()),
        ({"kind": "identity", "shown_on": day(4), "chair_since": day(5), "chair_agreed": True}, {"shown_on"}),
        ({"kind": "plate", "shown_on": day(4), "chair_since": day(5)}, set()),
        ({"kind": "identity", "shown_on": day(21), "chair_since": None}, {"shown_on", "kind"}),
    ],
)
def test_what_cannot_be_shown(facts: dict[str, Any], wrong: set[str]) -> None:
    found = rules.wrong_with(rules.Shown(**facts), today=TODAY)
    assert set(found) == wrong
    assert all(each.endswith("。") for each in found.values())


@pytest.mark.parametrize(
    ("days", "since"),
    [
        ({}, None),
        ({"plate": day(1), "identity": day(9)}, None),
        ({"plate": day(1), "identity": day(9), "promise": day(4)}, day(9)),
        ({"plate": day(1), "identity": day(1), "promise": day(1), "all": day(1)}, day(1)),
    ],
)
def test_three_stand_together_from_the_latest_day(days: dict[str, date], since: date | None) -> None:
    assert rules.complete_since(days, of=["plate", "identity", "promise"]) == since


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""), ("  ", ""),
        ("0715-0880016", "0715-0880016"), ("０７１５－０８８００１６", "0715-0880016"),
        ("(0715) 0880016", "07150880016"),
        ("027\u201400880016", "027-00880016"), ("0715-0880016-801", "0715-0880016-801"),
        ("400-000-0000", "400-000-0000"), ("12351", "12351"),
    ],
)  # fmt: skip
def test_an_office_telephone_is_taken_as_people_type_it(typed: str, kept: str) -> None:
    assert clean_office_line(typed) == kept


@pytest.mark.parametrize("typed", ["19900000001", "199 0000 0001", "199-0000-0001", "１９９００００００００"])
def test_a_mobile_number_is_nobody_s_to_publish(typed: str) -> None:
    with pytest.raises(ValueError, match="不要填个人手机号"):
        clean_office_line(typed)


@pytest.mark.parametrize("typed", ["0880016", "110", "电话", "0715-088001", "+86 0715 0880016", "0715-0880016/7"])
def test_what_is_no_telephone_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="0715-8000000"):
        clean_office_line(typed)


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("有事找我", False), ("工资 25000 元", False), ("0715-0880016", False), ("12351", False),
        ("打 19900000001", True), ("打199 0000 0001", True), ("证号 42120219620101996X", True),
        ("编号 4212021962010199600", False),
    ],
)  # fmt: skip
def test_texts_that_hold_a_number_of_somebody_are_found(text: str, *, tells: bool) -> None:
    assert tells_a_number(["前面", text]) is tells


@pytest.mark.parametrize(
    ("is_what", "hours", "services", "wrong"),
    [
        ((True, False, False), "", [], set()),
        ((False, False, False), "每天", ["政策咨询"], {"is_union"}),
        ((True, True, False), "", ["政策咨询"], {"hours"}),
        ((False, False, True), "  ", [], {"hours", "services"}),
        ((False, True, True), "每天", ["政策咨询"], set()),
    ],
)
def test_who_is_to_come_needs_to_know_when_and_for_what(
    is_what: tuple[bool, bool, bool], hours: str, services: list[str], wrong: set[str]
) -> None:
    named = dict(zip(("is_union", "is_station", "is_home"), is_what, strict=True))
    assert set(rules.wrong_with_site(**named, hours=hours, services=services)) == wrong


@pytest.mark.parametrize(("last", "again"), [(None, None), (day(13), day(20)), (day(14), day(21))])
def test_a_union_is_reminded_again_after_some_days(last: date | None, again: date | None) -> None:
    assert rules.may_remind_from(last, days=params.remind_days(on=TODAY)) == again


def test_every_post_that_is_shown_has_a_text_to_begin_with() -> None:
    for role in OFFICERS:
        duty, promise = params.default_duty(role, on=TODAY)
        assert 10 < len(duty) <= 600
        assert 10 < len(promise) <= 600
        assert not tells_a_number([duty, promise])


def test_a_place_may_call_the_third_otherwise(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "country.yaml").write_text((params.Path(params.__file__).parent / "displays.yaml").read_text("utf-8"))
    (tmp_path / "place.yaml").write_text(
        'region: "4212"\nhomes.display_words:\n  verified: false\n'
        "  source: {document: 某市办法, place: 咸宁市}\n  values:\n    2026-01-01: {value: [亮牌子, 亮身份, 亮职责]}\n"
    )
    table = Parameters.load(tmp_path)
    monkeypatch.setattr(params, "_table", lambda: table)
    assert params.display_words(on=date(2025, 12, 31), region="421202")["promise"] == "亮承诺"
    assert params.display_words(on=date(2026, 1, 1), region="421202")["promise"] == "亮职责"
    assert params.display_words(on=date(2026, 1, 1), region="420100")["promise"] == "亮承诺"
