"""The verbs of the first election: its plan, the candidates, the meeting, the tally sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import State
from gongjia.backbone.people.words import Sex
from gongjia.domains.founding import params, queries, rules
from gongjia.domains.founding.holding import held, keep, require
from gongjia.domains.founding.models import Candidate, Count, Founding
from gongjia.domains.founding.words import FROM_COMMITTEE, OF_UNIONS, Body, ChairBy, Meeting, Tie, Way
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import Actor
from gongjia.kernel.days import national_calendar
from gongjia.kernel.errors import Refused
from gongjia.kernel.findings import Comparison, Finding, compare
from gongjia.kernel.moments import day_zh, today_of
from gongjia.kernel.verbs import note, verb

_SEPARATORS = str.maketrans("，、;；,/|", "       ")


@verb("founding.plan", zh="定下选举方案", may="founding.prepare", on="founding")
def plan(
    *,
    founding: Founding,
    has_committee: bool,
    term_years: int,
    meeting: Meeting,
    chair_by: ChairBy,
    seats: Mapping[Body, int],
    shown_on: date | None,
    planned_on: date | None,
    place: str,
    by: Actor,
    at: datetime,
    key: str = "",
    version: int | None = None,
) -> Founding:
    """Say how the first election is held: seats of each body, form of the meeting, term. `has_committee` False: the
    members elect one organiser, which only fewer than the law's number may do.

    Refused with every threshold that does not hold, each with its article and figures.
    """
    founding = held(founding, "enrolling", "planned", version=version)
    members = queries.members_of(founding)
    bad = {
        name: each
        for name, each in {
            "term_years": rules.term(term_years, params.figures(on=today_of(at)).term_years),
            "shown_on": _shown_right(founding, shown_on),
            "planned_on": _planned_right(shown_on, planned_on),
            "meeting": _form_right(founding, meeting, members, today_of(at)),
            "members": _staff_right(founding, members),
            **(_sizes_right(seats, members, today_of(at)) if has_committee else {}),
        }.items()
        if not each.ok
    }
    if bad:
        raise _refused(bad)
    if not has_committee:
        _require_organiser(founding, members, today_of(at))
    if founding.way in {Way.SINGLE, Way.ORGANISER}:
        keep(founding, way=Way.SINGLE if has_committee else Way.ORGANISER)
    taken = {str(body): number for body, number in seats.items() if number} if has_committee else {Body.ORGANISER: 1}
    if has_committee:
        taken[Body.CHAIR] = 1
    facts = {"meeting": meeting, "chair_by": chair_by, "shown_on": shown_on, "planned_on": planned_on, "place": place}
    keep(founding, term_years=term_years, seats=taken, **facts)
    _drop_candidates_of_no_ballot(founding)
    casework.move(matter=founding, move_code="plan", by=by, at=at)
    note(founding, seats=taken)
    return founding


def _shown_right(founding: Founding, shown_on: date | None) -> Finding:
    """Nobody is shown before there is a group to name him, or before the meeting whose election counts for nothing; not
    yet known is not wrong."""
    if shown_on is None or founding.group_on is None:
        return Finding.yes()
    if founding.held_on is not None:
        return rules.in_order(shown_on, founding.held_on, zh="公示日期不早于上次大会")
    return rules.in_order(shown_on, founding.group_on, zh="公示日期不早于批复筹建日期")


def _planned_right(shown_on: date | None, planned_on: date | None) -> Finding:
    """The meeting is not planned for a day on which it could not elect; a day that is not known yet is not wrong."""
    if shown_on is None or planned_on is None:
        return Finding.yes()
    return rules.notice_enough(shown_on, planned_on, params.figures(on=planned_on).notice_days, national_calendar())


def _form_right(founding: Founding, meeting: Meeting, members: queries.Members, on: date) -> Finding:
    if founding.way in OF_UNIONS:
        return Finding.yes()  # unions send delegates, however few
    return rules.meeting_form(meeting, members.all, delegates_from=params.figures(on=on).delegates_from)


def _staff_right(founding: Founding, members: queries.Members) -> Finding:
    staff = sum(unit.headcount or 0 for unit in queries.units_of(founding) if unit.employer_id)
    return rules.within_staff(members.all, staff, zh="会员") if staff else Finding.yes()


def _sizes_right(seats: Mapping[Body, int], members: queries.Members, on: date) -> dict[str, Finding]:
    """The numbers of seats, each by its rule."""
    figures = params.figures(on=on)
    found = {
        "committee": rules.committee_size(seats.get(Body.COMMITTEE, 0), members.all, figures.bands),
        "fund_audit": rules.fund_audit_size(
            seats.get(Body.FUND_AUDIT, 0),
            members.all,
            sizes=figures.fund_audit_sizes,
            one_below=figures.one_auditor_below,
        ),
    }
    if members.women:
        many = figures.womens_committee
        found["womens"] = rules.womens_size(seats.get(Body.WOMENS, 0), members.women, committee_from=many)
    return found


def _require_organiser(founding: Founding, members: queries.Members, on: date) -> None:
    """Raises Refused where one organiser is not enough."""
    if founding.way not in {Way.SINGLE, Way.ORGANISER}:
        raise Refused("联合建会的要选委员会。", fields=["has_committee"])
    if (must := queries.what_law_says(members.all, on=on).finding).ok:
        raise Refused("应当选举工会委员会：" + "；".join(must.lines), fields=["has_committee"])


def _drop_candidates_of_no_ballot(founding: Founding) -> None:
    """Before the meeting: who stands for a body without seats, or for one that the new committee fills."""
    mine = [body for body in Body if founding.seats_of(body) and not founding.is_from_new_committee(body)]
    Candidate._base_manager.filter(founding=founding).exclude(body__in=mine).delete()


@verb("founding.nominate", zh="提名候选人", may="founding.prepare", on="founding")
def nominate(
    *,
    founding: Founding,
    body: Body,
    membership: Membership,
    tie: Tie,
    by: Actor,
    at: datetime,
    named_on: date | None = None,
    key: str = "",
) -> Candidate:
    """Name a candidate, on a day that has come (today unless said otherwise). Refused, with the article, for who may
    not stand. Who leads is named before the meeting only where the meeting elects him; while the votes are counted he
    may be named from the new committee, and anybody else then is a name that voters wrote in."""
    founding = held(founding, "planned", "counting")
    if not founding.seats_of(body):
        raise Refused(f"选举方案里没有{body.zh}的名额。", fields=["body"])
    if founding.state == "planned" and founding.is_from_new_committee(body):
        raise Refused(
            f"{body.zh}由新的委员会在委员中选举：先开大会选出委员，再提名（{rules.LEADS}）。", fields=["body"]
        )
    named_on = named_on or today_of(at)
    if named_on > today_of(at) or (founding.group_on and named_on < founding.group_on):
        raise Refused("提名日期要在批复筹建以后，不能晚于今天。", fields=["named_on"])
    person = membership.person
    mine = Candidate._base_manager.filter(founding=founding, membership=membership)
    also = [Body(each) for each in mine.values_list("body", flat=True)]
    is_kept = membership.state == State.RETAINED
    require(rules.may_stand(body, tie, is_retained=is_kept, is_woman=person.sex == Sex.FEMALE, also=also), field="tie")
    if person.name in _names(founding.scrutineers):
        raise Refused(f"{person.name}是监票人，监票人不能是候选人。", fields=["member"])
    is_late = founding.state == "counting"
    facts = {"body": body, "tie": tie, "named_on": named_on, "is_write_in": is_late and body not in FROM_COMMITTEE}
    try:
        with transaction.atomic():
            candidate = Candidate._base_manager.create(founding=founding, membership=membership, **facts)
    except IntegrityError as clash:
        raise Refused(f"{person.name}已经是{body.zh}候选人。", fields=["member"]) from clash
    note(candidate, about_person_id=person.pk, body=str(body))
    return candidate


@verb("founding.show", zh="重新公示候选人名单", may="founding.prepare", on="founding")
def show(*, founding: Founding, on: date, by: Actor, at: datetime, key: str = "") -> Founding:
    """The list of candidates as it stands now is shown from a day on; what was shown before does not count. Refused
    for a day before one of them was named."""
    founding = held(founding, "planned")
    require(_shown_right(founding, on), field="on")
    require(rules.named_late(on, _named(queries.candidates_of(founding))), field="on")
    keep(founding, shown_on=on)
    note(founding, shown_on=on.isoformat())
    return founding


def named_late(founding: Founding, candidates: Sequence[Candidate]) -> Finding:
    """Whether the list that is shown names all who stand."""
    return rules.named_late(founding.shown_on, _named(candidates))


def _named(candidates: Sequence[Candidate]) -> dict[str, date]:
    """When each candidate of the list was named; the last day of who stands for several bodies."""
    found: dict[str, date] = {}
    for each in candidates:
        if not each.is_write_in:
            name = each.membership.person.name
            found[name] = max(each.named_on, found.get(name, each.named_on))
    return found


@verb("founding.unname", zh="撤下候选人", may="founding.prepare", on="founding")
def unname(*, founding: Founding, candidate: Candidate, by: Actor, at: datetime, key: str = "") -> Founding:
    """Take a candidate off the list, before the meeting."""
    founding = held(founding, "planned")
    same = Candidate._base_manager.filter(founding=founding, membership_id=candidate.membership_id)
    gone = same if candidate.body == Body.COMMITTEE else same.filter(body=candidate.body)
    gone.exclude(body__in=[Body.FUND_AUDIT, Body.WOMENS] if candidate.body == Body.COMMITTEE else []).delete()
    note(founding)
    return founding


@dataclass(frozen=True)
class Held:
    """What is said of the meeting."""

    held_on: date
    expected: int
    present: int
    scrutineers: str
    tellers: str


@verb("founding.convene", zh="登记选举大会", may="founding.prepare", on="founding")
def convene(*, founding: Founding, meeting: Held, by: Actor, at: datetime, key: str = "") -> Founding:
    """Register the meeting that elects. Refused where the rules do not let it: too few present, candidates not shown
    long enough, too few candidates, a scrutineer who stands."""
    founding = held(founding, "planned")
    if meeting.held_on > today_of(at):
        raise Refused("大会日期还没有到：开完大会再登记。", fields=["held_on"])
    if founding.group_on and meeting.held_on < founding.group_on:
        raise Refused(f"大会日期不能早于批复筹建的{day_zh(founding.group_on)}。", fields=["held_on"])
    figures = params.figures(on=meeting.held_on)
    candidates = queries.candidates_of(founding)
    members = queries.members_of(founding, on=meeting.held_on)
    late = named_late(founding, candidates)
    enough = rules.notice_enough(founding.shown_on, meeting.held_on, figures.notice_days, national_calendar())
    findings = {"held_on": enough if late.ok else late}
    findings["expected"] = _expected_right(founding, meeting, members.all)
    findings["present"] = rules.quorum(meeting.present, meeting.expected, figures.quorum)
    for body, seats in _seats(founding).items():
        if founding.is_from_new_committee(body):
            continue
        number = sum(each.body == body for each in candidates)
        rates = {"percent": figures.percent, "audit_percent": figures.fund_audit_percent}
        findings[str(body)] = rules.candidates_enough(body, number, seats, **rates)
    if bad := {name: each for name, each in findings.items() if not each.ok}:
        raise _refused(bad)
    gone = sorted({each.membership.person.name for each in candidates if each.membership.state != State.ACTIVE})
    if gone:
        raise Refused(f"{'、'.join(gone)}现在不是这里的正式会员，不能当候选人：请先撤下。")
    standing = {each.membership.person.name for each in candidates}
    if both := sorted(_names(meeting.scrutineers) & standing):
        raise Refused(f"{'、'.join(both)}是候选人，不能当监票人。", fields=["scrutineers"])
    Candidate._base_manager.filter(founding=founding).update(elected_in=None, votes=None)
    facts = {name: getattr(meeting, name) for name in ("held_on", "expected", "present", "scrutineers", "tellers")}
    keep(founding, **facts, convening=founding.convening + 1)
    casework.move(matter=founding, move_code="convene", by=by, at=at)
    note(founding, present=meeting.present, expected=meeting.expected)
    return founding


def _expected_right(founding: Founding, meeting: Held, members: int) -> Finding:
    """All full members should attend a members' meeting; delegates are fewer than members."""
    if founding.meeting == Meeting.MEMBERS and founding.way not in OF_UNIONS:
        zh = f"大会那天的正式会员 {members} 人，应到会"
        return compare("expected", zh, meeting.expected, Comparison.EQUAL, members, basis=rules.VOTERS, unit="人")
    return compare(
        "expected", "应到会的代表", meeting.expected, Comparison.AT_MOST, members, basis=rules.VOTERS, unit="人"
    )


@verb("founding.again", zh="选举无效，重新筹备", may="founding.prepare", on="founding")
def again(*, founding: Founding, reason: str, by: Actor, at: datetime, key: str = "") -> Founding:
    """The election counts for nothing: it is prepared anew. What was counted stays among the papers."""
    founding = held(founding)
    casework.move(matter=founding, move_code="again", by=by, at=at, words=reason)
    keep(founding, shown_on=None, planned_on=None)  # the new meeting wants a new notice
    Candidate._base_manager.filter(founding=founding, is_write_in=True).delete()
    _drop_candidates_of_no_ballot(founding)
    note(founding)
    return founding


@verb("founding.count", zh="登记计票单", may="founding.prepare", on="founding")
def count(
    *,
    founding: Founding,
    body: Body,
    round: int,  # noqa: A002 - the word of the sheet
    present: int | None,
    issued: int,
    collected: int,
    valid: int,
    void: int,
    votes: Mapping[int, tuple[int, int, int]],
    write_ins: Mapping[str, int],
    by: Actor,
    at: datetime,
    key: str = "",
) -> Count:
    """Record a tally sheet: for each candidate, by number, for, against and abstaining. What comes of it is computed.

    Refused, with each line, where the sums do not agree. `round` is the one the form showed: a sheet that was recorded
    meanwhile is not recorded again.
    """
    founding = held(founding, "counting")
    candidates, counts = queries.candidates_of(founding), queries.counts_of(founding)
    ahead = next((each for each in queries.ahead_of(founding, candidates, counts) if each.body == body), None)
    if ahead is None or ahead.is_done or ahead.round != round:
        raise Refused(f"{body.zh}的这一轮已经登记过，或者已经选满。请刷新后再看。")
    runners = {each.pk: each for each in ahead.runners}
    if votes.keys() != runners.keys() or not runners:
        raise Refused(f"{body.zh}的候选人有变动，请刷新后重新填写。")
    here = present if ahead.present is None else ahead.present
    expected = ahead.expected or 0
    figures = params.figures(on=founding.held_on or today_of(at))
    require(rules.quorum(here or 0, expected, figures.quorum), field="present")
    of = {number: rules.Votes(*each) for number, each in votes.items()}
    names = {number: each.membership.person.name for number, each in runners.items()}
    on_ballot = {number: each for number, each in of.items() if not runners[number].is_write_in}
    written = dict(write_ins) | {names[number]: of[number].yes for number in of.keys() - on_ballot.keys()}
    sheet = rules.Sheet(expected, here or 0, issued, collected, valid, void, on_ballot, written, ahead.seats)
    wrong = rules.wrong_sums(sheet, names) + _write_in_wrong(write_ins, expected)
    if wrong:
        raise Refused(*[line for _, line in wrong], fields=[name for name, _ in wrong])
    found = rules.result({number: each.yes for number, each in of.items()}, expected=expected, seats=ahead.seats)
    lines = [
        {
            "candidate": number,
            "name": names[number],
            "yes": each.yes,
            "no": each.no,
            "abstain": each.abstain,
            "elected": number in found.elected,
            "tied": number in found.tied,
        }
        for number, each in of.items()
    ]
    made = _kept(founding, ahead, sheet, found, lines, write_ins, at)
    for number in found.elected:
        Candidate._base_manager.filter(pk=number).update(elected_in=ahead.round, votes=of[number].yes)
    keep(founding)
    note(made, body=str(body), elected=list(found.elected))
    return made


def _kept(
    founding: Founding,
    ahead: queries.Ahead,
    sheet: rules.Sheet,
    found: rules.Result,
    lines: list[dict[str, Any]],
    write_ins: Mapping[str, int],
    at: datetime,
) -> Count:
    outcome = rules.outcome_of(found, expected=sheet.expected)
    figures = {name: getattr(sheet, name) for name in ("expected", "present", "issued", "collected", "valid", "void")}
    try:
        with transaction.atomic():
            return Count._base_manager.create(
                founding=founding,
                body=ahead.body,
                convening=founding.convening,
                round=ahead.round,
                seats=ahead.seats,
                **figures,
                lines=lines,
                write_ins=dict(write_ins),
                missing=found.missing,
                finding=outcome.as_json(),
                recorded_at=at,
            )
    except IntegrityError as clash:
        raise Refused("这一轮的计票单已经登记过，请刷新后再看。") from clash


def _write_in_wrong(write_ins: Mapping[str, int], expected: int) -> list[tuple[str, str]]:
    """A name that voters wrote in and that has the majority is elected: it must be a member's, and be checked."""
    needed = expected // 2 + 1
    return [
        ("write_ins", f"另选人{name}得 {number} 票，已过应到会的半数（{needed} 票）：请先把他登记为另选人，再填计票单")
        for name, number in write_ins.items()
        if number >= needed
    ]


@verb("founding.reduce", zh="减少委员名额", may="founding.prepare", on="founding")
def reduce_seats(*, founding: Founding, agree: int, by: Actor, at: datetime, key: str = "") -> Founding:
    """Leave out the committee's seats that stayed empty, as the meeting agreed. Refused out of the band of sizes."""
    founding = held(founding, "counting")
    candidates = queries.candidates_of(founding)
    elected = sum(each.body == Body.COMMITTEE and each.elected_in is not None for each in candidates)
    if elected >= founding.seats_of(Body.COMMITTEE):
        raise Refused("委员已经选满，不用减少名额。")
    figures = params.figures(on=founding.held_on or today_of(at))
    members = queries.members_of(founding, on=founding.held_on).all
    require(
        rules.may_reduce(elected, members, figures.bands, agree=agree, present=founding.present or 0), field="agree"
    )
    keep(founding, seats={**founding.seats, Body.COMMITTEE: elected})
    note(founding, seats=elected)
    return founding


def _refused(bad: Mapping[str, Finding]) -> Refused:
    """Each line with the field it is about."""
    said = [(line, name) for name, each in bad.items() for line in each.lines]
    return Refused(*[line for line, _ in said], fields=[name for _, name in said])


def _seats(founding: Founding) -> dict[Body, int]:
    return {body: number for body in Body if (number := founding.seats_of(body))}


def _names(text: str) -> set[str]:
    return set(text.translate(_SEPARATORS).split())
