"""The rules as tables: a row on each threshold, one either side."""

import struct
import zlib
from datetime import date

import pytest

from gongjia.domains.fieldwork import params, pictures, rules
from gongjia.domains.fieldwork.rules import Question, Spell, Year
from gongjia.domains.fieldwork.words import Grade

pytestmark = [pytest.mark.system("T4"), pytest.mark.system("T5")]
DAY = date(2026, 11, 21)
ASKED = Year(2, 7, 1)


def spell(first: str, last: str = "") -> Spell:
    return Spell(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("done", "lacks"),
    [
        (Year(2, 7, 1), 0),
        (Year(1, 7, 1), 1),
        (Year(2, 6, 1), 1),
        (Year(2, 7, 0), 1),
        (Year(0, 0, 0), 3),
        (Year(9, 40, 2), 0),
    ],
)
def test_what_a_year_lacks(done: Year, lacks: int) -> None:
    assert len(rules.lacking(ASKED, done)) == lacks


@pytest.mark.parametrize(
    ("spells", "year", "visits", "days"),
    [
        ([], 2026, 0, 0),
        ([spell("2026-03-01")], 2026, 1, 1),
        ([spell("2026-03-01", "2026-03-07")], 2026, 1, 7),
        ([spell("2025-12-30", "2026-01-02")], 2026, 0, 2),
        ([spell("2025-12-30", "2026-01-02")], 2025, 1, 2),
        ([spell("2026-03-01"), spell("2026-03-03")], 2026, 2, 2),
        ([spell("2024-12-31", "2026-01-01")], 2025, 0, 365),
    ],
)
def test_days_and_visits_of_a_year(spells: list[Spell], year: int, visits: int, days: int) -> None:
    found = rules.done_in(spells, [2026], year)
    assert (found.visits, found.days, found.reports) == (visits, days, int(year == 2026))


@pytest.mark.parametrize(
    ("from_on", "until_on", "whole"),
    [
        ("2026-01-01", None, True),
        ("2026-01-02", None, False),
        ("2025-05-01", "2026-12-31", False),
        ("2025-05-01", "2027-01-01", True),
    ],
)
def test_of_a_part_of_a_year_nothing_is_asked(from_on: str, until_on: str | None, *, whole: bool) -> None:
    end = date.fromisoformat(until_on) if until_on else None
    assert rules.is_whole_year(2026, from_on=date.fromisoformat(from_on), until_on=end) is whole


@pytest.mark.parametrize(
    ("tried", "field"),
    [
        (spell("2026-11-21"), ""),
        (spell("2026-11-20", "2026-11-22"), "to_on"),
        (spell("2026-11-20", "2026-11-19"), "to_on"),
        (spell("2026-10-31", "2026-11-02"), "from_on"),
        (spell("2026-11-01"), ""),
        (spell("2026-11-10"), "from_on"),  # lies in days that are kept
        (spell("2026-11-08", "2026-11-09"), ""),
        (spell("2026-11-08", "2026-11-10"), "from_on"),
        (spell("2026-11-12", "2026-11-13"), "from_on"),
        (spell("2026-11-13"), ""),
    ],
)
def test_days_that_cannot_be(tried: Spell, field: str) -> None:
    kept = [spell("2026-11-10", "2026-11-12")]
    found = rules.wrong_with_spell(tried, today=DAY, others=kept, from_on=date(2026, 11, 1), until_on=None)
    assert set(found) == ({field} if field else set())


def test_after_the_end_no_day_is_kept() -> None:
    span = {"today": DAY, "others": [], "from_on": date(2026, 1, 1), "until_on": date(2026, 11, 20)}
    assert rules.wrong_with_spell(spell("2026-11-20"), **span)
    assert not rules.wrong_with_spell(spell("2026-11-19"), **span)


@pytest.mark.parametrize(
    ("earlier", "times"),
    [
        ([], 0),
        ([date(2025, 11, 20)], 0),  # a year and a day before
        ([date(2025, 11, 21)], 1),  # 届满 counts
        ([date(2025, 11, 22), date(2026, 11, 21)], 2),
        ([date(2026, 11, 22)], 0),
    ],
)
def test_what_counts_as_a_repeat(earlier: list[date], times: int) -> None:
    assert rules.repeats(DAY, earlier, months=12) == times


@pytest.mark.parametrize(("reported", "on_time"), [(20, True), (21, True), (22, False)])
def test_the_due_day_itself_is_in_time(reported: int, *, on_time: bool) -> None:
    assert rules.is_on_time(date(2026, 11, reported), DAY) is on_time
    assert rules.is_overdue(DAY, today=date(2026, 11, reported)) is not on_time


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, ""),
        ({"has_owner": False}, "owner"),
        ({"words": "太短了"}, "words"),
        ({"words": "四个字整"}, ""),
        ({"words": "找13800000000问"}, "words"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 11, 20)}, "due_on"),
        ({"names_person": True, "person_fits": False}, "person"),
        ({"names_person": True, "person_fits": True}, ""),
    ],
)
def test_what_an_observation_must_say(said: dict[str, object], field: str) -> None:
    facts = {
        "words": "中午不开门", "has_owner": True, "due_on": DAY, "found_on": DAY, "names_person": False,
        "person_fits": True,
    }  # fmt: skip
    found = rules.wrong_with_observation(**{**facts, **said})  # type: ignore[arg-type]
    assert set(found) == ({field} if field else set())


@pytest.mark.parametrize(("number", "is_shown"), [(0, False), (4, False), (5, True), (6, True)])
def test_below_five_nothing_is_shown(number: int, *, is_shown: bool) -> None:
    least = params.least_answers(on=DAY)
    assert (rules.shown_of({"a": number}, number, least=least) is not None) is is_shown


def test_shares_and_means_in_words() -> None:
    assert rules.share_zh(0, 0) == ""
    assert rules.share_zh(3, 1).startswith("按期 75.0%")
    assert rules.mean_of({"1": 1, "4": 2}) == "3.0"
    assert rules.mean_of({}) == ""


def test_a_questionnaire_asks_something_and_not_too_much() -> None:
    choice = Question("q0", "要什么", "choice", ("甲", "乙"))
    assert rules.wrong_with_questions([choice]) == []
    assert rules.wrong_with_questions([])
    assert rules.wrong_with_questions([Question("q0", "要什么", "choice", ("甲",))])
    assert rules.wrong_with_questions([choice] * 20) == []
    assert rules.wrong_with_questions([choice] * 21)


def test_figures_of_the_rules_and_the_places_that_may_set_their_own() -> None:
    asked = (params.contact_visits(on=DAY), params.contact_days(on=DAY), params.contact_reports(on=DAY))
    assert asked == (2, 7, 1)
    assert (params.stationed_months(on=DAY), params.follow_months(on=DAY)) == (6, 12)
    assert rules.stationed_until(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert [params.due_days(each, on=DAY) for each in Grade] == [7, 30, 60]


# ── pictures ────────────────────────────────────────────────────────────────────────────────────────────────────

_TRACES = b"GPS 29.88N 114.32E HUAWEI 2026:11:21"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _exif(turn: int) -> bytes:
    tiff = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, turn, 0, 0) + _TRACES
    return _segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(turn: int = 6) -> bytes:
    """The skeleton of a picture: nobody could see anything on it, but its parts are those of a JPEG."""
    scan = _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    parts = [
        _segment(0xE0, b"JFIF\0\x01\x01"), _exif(turn), _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _TRACES),
        _segment(0xED, b"Photoshop 3.0\0" + _TRACES), _segment(0xFE, _TRACES), _segment(0xE2, b"MPF\0" + _TRACES),
        _segment(0xE2, b"ICC_PROFILE\0\x01"), _segment(0xDB, b"\0" * 65), _segment(0xC0, b"\0" * 9), scan,
    ]  # fmt: skip
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9" + b"\xff\xd8" + _exif(turn) + b"\xff\xd9"


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    parts = [chunk(b"IHDR", b"\0" * 13), chunk(b"eXIf", _TRACES), chunk(b"tEXt", _TRACES), chunk(b"tIME", b"\0" * 7)]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IDAT", b"\0"), chunk(b"IEND", b"")]) + _TRACES


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_a_picture_keeps_its_turn_and_nothing_that_the_camera_wrote(turn: int) -> None:
    kind, clean = pictures.without_traces(jpeg(turn))
    assert kind == "jpg"
    assert b"GPS" not in clean
    assert b"HUAWEI" not in clean
    assert b"MPF" not in clean
    assert b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9" in clean
    assert clean.endswith(b"\xff\xd9")
    assert clean.count(b"Exif") == (turn > 1)
    assert (struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0) in clean) is (turn > 1)
    assert pictures.without_traces(clean)[1] == clean


def test_a_png_keeps_its_drawing_only() -> None:
    kind, clean = pictures.without_traces(png())
    assert kind == "png"
    assert b"GPS" not in clean
    assert b"IDAT" in clean
    assert b"tIME" not in clean


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7", jpeg()[:60], png()[:40], b"\xff\xd8\xff"])
def test_what_is_no_whole_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValueError, match="照片"):
        pictures.without_traces(content)


def test_every_cut_of_a_picture_is_refused_or_clean() -> None:
    whole = jpeg()
    for length in range(len(whole)):
        try:
            _, clean = pictures.without_traces(whole[:length])
        except ValueError as wrong:
            assert "照片" in str(wrong)  # noqa: PT017 - a sentence for people, whatever is cut off
        else:
            assert b"GPS" not in clean
