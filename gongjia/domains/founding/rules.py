"""How a union is founded and its first committee elected. Pure: figures, facts and a day give findings.

Shares are compared in whole numbers. Each rule says of whom: of those who should attend, not of those present.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Self

from gongjia.domains.founding.words import FROM_COMMITTEE, Body, Meeting, Tie, Way
from gongjia.kernel.days import Calendar, add_years, working_days_between
from gongjia.kernel.findings import Comparison, Finding, Reason, all_of, compare
from gongjia.kernel.quantities import extra_candidates, fraction_at_least, majority_of, votes_needed_for_majority

LAW_10, LAW_11, LAW_12 = "工会法第十条", "工会法第十一条", "工会法第十二条"
LAW_16 = "工会法第十六条"
ELECTIONS = "工会基层组织选举工作条例"
LEADS = f"{ELECTIONS}第三条"
VOTERS, PREPARES, QUORUM = f"{ELECTIONS}第四条", f"{ELECTIONS}第七条", f"{ELECTIONS}第十七条"
AUDIT = "中国工会审计条例"
WOMEN = "工会女职工委员会工作条例第十一条"
UNVERIFIED = "各地选举办法，待核实"

#: So many names stand in a sentence.
_MOST_NAMED = 5

_NUMBER = re.compile(r"[\u4e00-\u9fa5A-Za-z]{1,20}[〔\[（(【](\d{4})[〕\]）)】]第?(\d{1,5})号")


# ── what may stand ────────────────────────────────────────────────────────────────────────────────────────────
def ways(members: int, *, must_found: int) -> tuple[Finding, tuple[Way, ...]]:
    """Whether a committee must be set up, and by which ways a unit with so many members may go."""
    found = compare("must_found", "会员", members, Comparison.AT_LEAST, must_found, basis=LAW_11, unit="人")
    return found, (Way.SINGLE,) if found.ok else (Way.SINGLE, Way.JOINT, Way.ORGANISER)


def units_enough(way: Way, units: int) -> Finding:
    """One unit founds alone, two or more together."""
    zh = "联合的单位" if way == Way.JOINT else "工会" if way in {Way.REGIONAL, Way.INDUSTRY} else "单位"
    unit = "个"
    if way in {Way.SINGLE, Way.ORGANISER}:
        return compare("units", zh, units, Comparison.EQUAL, 1, basis=LAW_11, unit=unit)
    return compare("units", zh, units, Comparison.AT_LEAST, 2, basis=LAW_11, unit=unit)


def within_staff(part: int, whole: int | None, *, zh: str) -> Finding:
    """Nobody has more members than staff, or more women than people."""
    return compare("within", zh, part, Comparison.AT_MOST, whole, unit="人")


def document_number(text: str, *, on: date) -> str:
    """A number such as 咸工发〔2026〕12号 in its usual signs. Raises ValueError with a sentence in Chinese."""
    plain = "".join(text.split())
    found = _NUMBER.fullmatch(plain)
    if not found:
        raise ValueError("文号由机关代字、年份和序号组成，例如：咸工发〔2026〕12号")
    if not 1949 <= int(found.group(1)) <= on.year:
        raise ValueError(f"文号里的年份是 {found.group(1)}，请核对")
    head = plain[: found.start(1) - 1]
    return f"{head}〔{found.group(1)}〕{int(found.group(2))}号"


def term(years: int, allowed: Sequence[int]) -> Finding:
    """Three years or five; nothing between them."""
    shown = "或者".join(f" {each} 年" for each in allowed).strip()
    reason = Reason("term", f"任期 {years} 年，只能是 {shown}", years, None, basis=LAW_16)
    return Finding.yes(reason) if years in allowed else Finding.no(reason)


def term_end(starts_on: date, years: int) -> date:
    return add_years(starts_on, years)


# ── before the election ───────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Band:
    """From so many members on, a committee has so many at least and at most."""

    members: int
    least: int
    most: int

    @classmethod
    def read(cls, text: str) -> Self:
        """`25:3-7`."""
        members, sizes = text.split(":")
        least, most = sizes.split("-")
        return cls(int(members), int(least), int(most))


def band_of(members: int, bands: Sequence[Band]) -> Band:
    return max((each for each in bands if each.members <= members), key=lambda each: each.members)


def _said_of(asked: Iterable[Finding]) -> Finding:
    """Yes if all are; otherwise what is wrong, and nothing of what is right."""
    asked = list(asked)
    return all_of([each for each in asked if not each.ok] or asked)


def committee_size(seats: int, members: int, bands: Sequence[Band]) -> Finding:
    """Within the band of the members, and odd, so that no vote of the committee ties: that is local practice."""
    band = band_of(members, bands)
    odd = Reason("odd", f"委员 {seats} 人，应当是单数", seats, None, basis=UNVERIFIED)
    return _said_of(
        [
            compare("least", "委员名额", seats, Comparison.AT_LEAST, band.least, basis=ELECTIONS, unit="人"),
            compare("most", "委员名额", seats, Comparison.AT_MOST, band.most, basis=ELECTIONS, unit="人"),
            Finding.yes(odd) if seats % 2 else Finding.no(odd),
        ]
    )


def fund_audit_size(seats: int, members: int, *, sizes: tuple[int, int], one_below: int) -> Finding:
    """A committee, or in a small union one member."""
    if seats == 1:
        return compare(
            "one", "只选一名经费审查委员的，会员", members, Comparison.LESS_THAN, one_below, basis=AUDIT, unit="人"
        )
    least, most = sizes
    zh = "经费审查委员名额"
    return _said_of(
        [
            compare("least", zh, seats, Comparison.AT_LEAST, least, basis=AUDIT, unit="人"),
            compare("most", zh, seats, Comparison.AT_MOST, most, basis=AUDIT, unit="人"),
        ]
    )


def womens_size(seats: int, women: int, *, committee_from: int) -> Finding:
    """A committee where women members are many, otherwise one member."""
    many = women >= committee_from
    why = f"女会员 {women} 人，{committee_from} 人以上建立女职工委员会（三人以上），不足的设女职工委员一人"
    reason = Reason("womens", why, women, None, basis=WOMEN)
    return Finding.yes(reason) if (seats >= 3 if many else seats == 1) else Finding.no(reason)


def candidates_needed(body: Body, seats: int, *, percent: int, audit_percent: int) -> int:
    """How many must stand for so many seats."""
    if body is Body.COMMITTEE:
        return seats + extra_candidates(seats, percent)
    if body is Body.FUND_AUDIT and seats > 1:
        return seats + extra_candidates(seats, audit_percent)
    return seats


def candidates_enough(body: Body, candidates: int, seats: int, *, percent: int, audit_percent: int) -> Finding:
    """More candidates than seats, the difference rounded up and at least one; who leads may be elected without."""
    needed = candidates_needed(body, seats, percent=percent, audit_percent=audit_percent)
    basis = ELECTIONS if body is not Body.FUND_AUDIT else UNVERIFIED
    zh = f"{body.zh}应选 {seats} 人，候选人"
    return compare("candidates", zh, candidates, Comparison.AT_LEAST, needed, basis=basis, unit="人")


def meeting_form(form: Meeting, members: int, *, delegates_from: int) -> Finding:
    """Delegates instead of all members only where these are many."""
    if form is Meeting.MEMBERS:
        return Finding.yes(Reason("form", "召开会员大会", form.value, basis=ELECTIONS))
    return compare(
        "form", "召开会员代表大会的，会员", members, Comparison.AT_LEAST, delegates_from, basis=UNVERIFIED, unit="人"
    )


def named_late(shown_on: date | None, named: Mapping[str, date]) -> Finding:
    """The list that was shown is the whole list: whom it did not name is shown with all others, anew and in full.
    `named`: on which day each candidate was named; nothing is late before a list is shown."""
    late = [] if shown_on is None else [name for name, on in named.items() if on > shown_on]
    if not late:
        return Finding.yes()
    who = "、".join(late[:_MOST_NAMED]) + ("等" if len(late) > _MOST_NAMED else "")
    words = f"{who}在候选人名单公示以后才提名：名单要重新公示，公示期重新算"
    return Finding.no(Reason("named_late", words, len(late), basis=UNVERIFIED))


def notice_enough(shown_on: date | None, held_on: date, days: int, calendar: Calendar) -> Finding:
    """The list of candidates was shown long enough before the meeting: working days after the first, the meeting's own
    not counted."""
    shown = (
        None
        if shown_on is None
        else max(0, working_days_between(shown_on, held_on, calendar) - calendar.is_working_day(held_on))
    )
    return compare("notice", "候选人名单公示", shown, Comparison.AT_LEAST, days, basis=UNVERIFIED, unit="个工作日")


_MAY_NOT = {
    Tie.CHIEF: ("单位行政主要负责人不能作为候选人", ELECTIONS),
    Tie.LEGAL: ("单位法定代表人不能作为候选人", ELECTIONS),
    Tie.PARTNER: ("单位合伙人不能作为候选人", ELECTIONS),
    Tie.RELATIVE: ("单位主要负责人的近亲属不能作为本单位工会委员会成员的人选", LAW_10),
}


def may_stand(
    body: Body, tie: Tie, *, is_retained: bool = False, is_woman: bool = True, also: Iterable[Body] = ()
) -> Finding:
    """Whether somebody may be a candidate; `also`: for what else he or she is one."""
    if is_retained:
        return Finding.no(Reason("retained", "保留会籍期间没有选举权、被选举权和表决权", basis=VOTERS))
    if tie in _MAY_NOT:
        words, basis = _MAY_NOT[tie]
        return Finding.no(Reason("tie", words, tie.value, basis=basis))
    others = set(also)
    if body is Body.FUND_AUDIT:
        if tie is Tie.FINANCE:
            return Finding.no(Reason("finance", "管钱管物的人不能当经费审查委员", tie.value, basis=AUDIT))
        if others & FROM_COMMITTEE:
            return Finding.no(Reason("audit_leads", "主席、副主席不能兼经费审查委员", basis=AUDIT))
    if body in FROM_COMMITTEE:
        if Body.FUND_AUDIT in others:
            return Finding.no(Reason("audit_leads", "经费审查委员不能兼主席、副主席", basis=AUDIT))
        if Body.COMMITTEE not in others:
            return Finding.no(Reason("from_committee", f"{body.zh}候选人要先是委员候选人", basis=ELECTIONS))
    if body is Body.WOMENS and not is_woman:
        return Finding.no(Reason("woman", "女职工委员由女会员担任", basis=WOMEN))
    return Finding.yes(Reason("tie", "没有不能作为候选人的情形", tie.value, basis=ELECTIONS))


# ── the meeting ───────────────────────────────────────────────────────────────────────────────────────────────
def quorum(present: int, expected: int, share: Fraction) -> Finding:
    """So large a part of those who should attend is there."""
    needed = -(-expected * share.numerator // share.denominator)
    reason = Reason(
        "quorum", f"应到会 {expected:,} 人，实到会", present, needed, Comparison.AT_LEAST, basis=QUORUM, unit="人"
    )
    if expected < 1 or not 0 <= present <= expected:
        return Finding.no(Reason("quorum", f"实到会 {present:,} 人，应到会 {expected:,} 人，数字不对", basis=QUORUM))
    holds = fraction_at_least(present, expected, share.numerator, share.denominator)
    return Finding.yes(reason) if holds else Finding.no(reason)


@dataclass(frozen=True)
class Votes:
    """What one name got."""

    yes: int
    no: int
    abstain: int

    @property
    def all(self) -> int:
        return self.yes + self.no + self.abstain


@dataclass(frozen=True)
class Sheet:
    """A tally sheet (计票单). `votes` by candidate; write-ins are counted apart."""

    expected: int
    present: int
    issued: int
    collected: int
    valid: int
    void: int
    votes: Mapping[int, Votes]
    write_ins: Mapping[str, int]
    seats: int


def wrong_sums(sheet: Sheet, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What does not add up, as (field, sentence); the field of a candidate is its number."""
    found: list[tuple[str, str]] = []
    if sheet.issued > sheet.present:
        found.append(("issued", f"发出 {sheet.issued} 张，多于实到会 {sheet.present} 人"))
    if sheet.collected > sheet.issued:
        found.append(
            (
                "collected",
                f"收回 {sheet.collected} 张，多于发出 {sheet.issued} 张：这次选举无效，要重新选举（{UNVERIFIED}）",
            )
        )
    if sheet.valid + sheet.void != sheet.collected:
        found.append(("valid", f"有效 {sheet.valid} 张加无效 {sheet.void} 张，不等于收回 {sheet.collected} 张"))
    for number, each in sheet.votes.items():
        if each.all != sheet.valid:
            found.append(
                (
                    str(number),
                    (
                        f"{names[number]}：赞成 {each.yes}、反对 {each.no}、弃权 {each.abstain}，合计 {each.all}，"
                        f"应等于有效票 {sheet.valid}"
                    ),
                )
            )
    chosen = sum(each.yes for each in sheet.votes.values()) + sum(sheet.write_ins.values())
    if chosen > sheet.valid * sheet.seats:
        found.append(
            (
                "valid",
                f"赞成票一共 {chosen} 张，有效票 {sheet.valid} 张、每张最多选 {sheet.seats} 人",
            )
        )
    over = [name for name, count in sheet.write_ins.items() if count > sheet.valid]
    found += [("write_ins", f"另选人{name}的票比有效票还多") for name in over]
    return found


@dataclass(frozen=True)
class Result:
    """Who is elected, in the order of votes; who are level for the last seats; how many seats stay empty."""

    elected: tuple[int, ...]
    tied: tuple[int, ...]
    missing: int
    needed: int


def result(votes: Mapping[int, int], *, expected: int, seats: int) -> Result:
    """More than half of those who should attend; of these the most votes. Who are level on the last seat are voted on
    again, among themselves."""
    needed = votes_needed_for_majority(expected)
    enough = sorted(
        (number for number in votes if majority_of(min(votes[number], expected), expected)),
        key=lambda n: (-votes[n], n),
    )
    if len(enough) <= seats:
        return Result(tuple(enough), (), seats - len(enough), needed)
    last = votes[enough[seats - 1]]
    if votes[enough[seats]] != last:
        return Result(tuple(enough[:seats]), (), 0, needed)
    above = tuple(number for number in enough if votes[number] > last)
    level = tuple(number for number in enough if votes[number] == last)
    return Result(above, level, seats - len(above), needed)


def may_reduce(elected: int, members: int, bands: Sequence[Band], *, agree: int, present: int) -> Finding:
    """Seats that stay empty may be left out: the number stays in its band, and the meeting's majority agrees."""
    band = band_of(members, bands)
    agreed = Reason(
        "agree",
        f"到会 {present} 人，同意减少名额的",
        agree,
        present // 2 + 1,
        Comparison.AT_LEAST,
        basis=UNVERIFIED,
        unit="人",
    )
    holds = present > 0 and 0 <= agree <= present and majority_of(agree, present)
    return _said_of(
        [
            compare("least", "当选委员", elected, Comparison.AT_LEAST, band.least, basis=ELECTIONS, unit="人"),
            Finding.yes(agreed) if holds else Finding.no(agreed),
        ]
    )


def in_order(later: date, earlier: date, *, zh: str) -> Finding:
    """What comes later is not dated before what comes first."""
    return compare("order", zh, later, Comparison.AT_LEAST, earlier)


def outcome_of(found: Result, *, expected: int) -> Finding:
    """What a count came to, as a finding that is kept: elected, level, and how many votes were needed."""
    said = [
        Reason(
            "needed", f"应到会 {expected:,} 人，得赞成票 {found.needed:,} 票以上的当选", found.needed, basis=ELECTIONS
        )
    ]
    if found.tied:
        said.append(Reason("tied", f"最后的名额有 {len(found.tied)} 人票数相等，在他们之中再投一次", basis=UNVERIFIED))
    elif found.missing:
        said.append(Reason("missing", f"还缺 {found.missing} 人：另行选举，或者经大会同意减少名额", basis=UNVERIFIED))
    return Finding.no(*said) if found.missing else Finding.yes(*said)
