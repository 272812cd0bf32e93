"""What a year at a place comes to, when a problem is a repeat, whether it was solved in time, what may be shown of a
questionnaire. Pure: facts, days and figures → what holds, in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gongjia.kernel.days import add_months
from gongjia.kernel.numbers import tells_a_number

# ── contacts ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Spell:
    """Days at a place without leaving it: both ends count."""

    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days + 1


@dataclass(frozen=True)
class Year:
    """What is asked of a year, or what was done in it."""

    visits: int
    days: int
    reports: int


def days_in(spells: Iterable[Spell], year: int) -> int:
    """The days of spells that lie in a year: one over the turn of the year is shared between both."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return sum(max(0, (min(each.to_on, last) - max(each.from_on, first)).days + 1) for each in spells)


def done_in(spells: Sequence[Spell], reports: Collection[int], year: int) -> Year:
    """What a year came to. A spell is one visit, of the year in which it began."""
    visits = sum(each.from_on.year == year for each in spells)
    return Year(visits, days_in(spells, year), sum(each == year for each in reports))


def lacking(asked: Year, done: Year) -> list[str]:
    """What a year still lacks, in words; 不少于 includes the number itself."""
    pairs = (("到点", asked.visits, done.visits, "次"), ("在点", asked.days, done.days, "天"))
    found = [f"{zh}还差 {least - reached} {unit}" for zh, least, reached, unit in pairs if reached < least]
    return [*found, "年度报告还没有写"] if done.reports < asked.reports else found


def is_whole_year(year: int, *, from_on: date, until_on: date | None) -> bool:
    """Whether somebody looked after a place through all of a year: of a part of one nothing is asked."""
    return from_on <= date(year, 1, 1) and (until_on is None or until_on > date(year, 12, 31))


def wrong_with_spell(
    spell: Spell, *, today: date, others: Iterable[Spell], from_on: date, until_on: date | None
) -> dict[str, str]:
    """What cannot be so of days at a place, by field."""
    if spell.to_on < spell.from_on:
        return {"to_on": "离开的日期不能早于到的日期。"}
    if spell.to_on > today:
        return {"to_on": "还没有过的日子不能先记。"}
    if spell.from_on < from_on or (until_on is not None and spell.to_on >= until_on):
        span = f"{from_on:%Y-%m-%d} 起" + (f"，到 {until_on - timedelta(days=1):%Y-%m-%d} 止" if until_on else "")
        return {"from_on": f"联系这里是{span}，日期要在这中间。"}
    if any(each.from_on <= spell.to_on and spell.from_on <= each.to_on for each in others):
        return {"from_on": "这几天里有的日子已经记过了，一天只记一次。"}
    return {}


def stationed_until(from_on: date, months: int) -> date:
    """The first day on which an officer who was stationed for so many months may come back."""
    return add_months(from_on, months)


# ── observations ────────────────────────────────────────────────────────────────────────────────────────────────


def repeats(found_on: date, earlier: Iterable[date], *, months: int) -> int:
    """How many times the same kind was found at the same place within so many months before (the last day counts)."""
    return sum(each <= found_on <= add_months(each, months) for each in earlier)


def is_on_time(reported_on: date, due_on: date) -> bool:
    """Solved by the day it was due: the day of the report that was verified, the due day included. How long the
    verifying took is not the solver's."""
    return reported_on <= due_on


def is_overdue(due_on: date, *, today: date) -> bool:
    """Late is what is not reported as solved when its day is over."""
    return today > due_on


def share_zh(on_time: int, late: int) -> str:
    """The share of problems closed on time, in words; nothing is said of none."""
    whole = on_time + late
    return f"按期 {100 * on_time / whole:.1f}%，共解决 {whole:,} 个" if whole else ""


def wrong_with_observation(
    *, words: str, has_owner: bool, due_on: date | None, found_on: date, names_person: bool, person_fits: bool
) -> dict[str, str]:
    """What an observation must say, by field: without an owner it cannot be saved."""
    found: dict[str, str] = {}
    if len(words.strip()) < 4:
        found["words"] = "请写清楚是什么问题，至少 4 个字。"
    elif tells_a_number([words]):
        found["words"] = "这里不要写手机号、身份证号，请删去后再提交。"
    if not has_owner:
        found["owner"] = "请选由哪个工会负责办理：没有人负责的问题不能保存。"
    elif names_person and not person_fits:
        found["person"] = "选的人不在负责办理的工会任职，请重新选，或者先不写到人。"
    if due_on is None:
        found["due_on"] = "请写最迟哪天解决。"
    elif due_on < found_on:
        found["due_on"] = "解决的期限不能早于发现的日子。"
    return found


# ── questionnaires ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Question:
    """One question. `options` are those of a choice; a scale has 1 to 5, words none."""

    code: str
    zh: str
    asks: str
    options: tuple[str, ...] = ()
    is_needed: bool = False


def shown_of(counts: Mapping[str, int], answered: int, *, least: int) -> dict[str, int] | None:
    """The counts of a question that may be shown; None for one that too few answered."""
    return dict(counts) if answered >= least else None


def mean_of(counts: Mapping[str, int]) -> str:
    """The mean of a scale with one decimal; "" where nobody answered."""
    number = sum(counts.values())
    return f"{sum(int(value) * count for value, count in counts.items()) / number:.1f}" if number else ""


def wrong_with_questions(questions: Sequence[Question]) -> list[str]:
    """What keeps a questionnaire from being sent."""
    found = [] if questions else ["还没有写问题。"]
    if len(questions) > 20:
        found.append("最多 20 个问题：太长了没有人答得完。")
    for number, each in enumerate(questions, 1):
        if each.asks in {"choice", "choices"} and len(set(each.options)) < 2:
            found.append(f"第 {number} 题要给出至少两个不同的选项，一行一个。")
        if len(each.options) > 12:
            found.append(f"第 {number} 题的选项最多 12 个。")
    return found
