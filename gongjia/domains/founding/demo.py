"""Founding's part of the invented city: unions that officers have asked for, each a step further than another."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from heapq import heapify, heappop, heapreplace
from random import Random
from typing import Any, Protocol
from uuid import UUID

from gongjia.backbone.employers.models import Coverage, Employer
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Origin
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Person
from gongjia.domains.founding import election, params, queries, services, standing
from gongjia.domains.founding.models import Candidate, Founding, Unit
from gongjia.domains.founding.words import Body, ChairBy, Meeting, NumberFrom, Tie, Way
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.days import add_working_days, national_calendar
from gongjia.kernel.db import within
from gongjia.kernel.moments import start_of, today_of
from gongjia.kernel.references import new_reference

_MEMBERS = 28
_ABSENT = 3
_REPLY: dict[str, Any] = {"number_from": NumberFrom.HERE, "number": ""}
#: How far each goes, one after the other.
_FAR = ("standing", "enrolling", "requested", "counting", "reported", "returned", "planned", "drafting")


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime
    people: Any
    personas: Mapping[str, Any]


def build(city: City) -> None:
    """Begin some more than the drive has, and lead all of them on, each as far as its turn says."""
    _begun(city)
    waiting = Founding.objects.filter(state="drafting").order_by("opened_at", "organisation__path", "name")
    walks = [_Walk(city, pk, place) for place, pk in enumerate(list(waiting.values_list("pk", flat=True)))]
    # the earliest step of all comes next, so that numbers run with the days
    ahead = [(walk.at, walk.place, walk.steps(_FAR[walk.place % len(_FAR)])) for walk in walks]
    heapify(ahead)
    while ahead:
        _, place, steps = ahead[0]
        at = next(steps, None)
        if at is None:
            heappop(ahead)
        else:
            heapreplace(ahead, (at, place, steps))


def _begun(city: City) -> None:
    """Unions asked for without a lead, in the officer's county: one employer each, and two together."""
    county = Organisation.objects.get(name=city.personas["zhangmin"].serves.name)
    here = within("organisation__path", (county.path,))
    covered = Coverage.objects.filter(until_on=None).values("employer_id")
    asked = Unit.objects.filter(is_open=True, employer__isnull=False).values("employer_id")
    free = Employer.objects.filter(here, state="operating").exclude(pk__in=covered).exclude(pk__in=asked)
    firms = list(free.select_related("organisation__region").order_by("pk")[: len(_FAR) + 1])
    groups = [firms[:2], *([each] for each in firms[2:])]
    for number, some in enumerate(each for each in groups if each):
        union = some[0].organisation
        way = Way.JOINT if len(some) > 1 else Way.SINGLE
        short = union.name.removesuffix("总工会")
        name = f"{short}商圈联合工会委员会" if way is Way.JOINT else f"{some[0].name}工会委员会"
        at = city.at - timedelta(days=16, hours=number)
        services.begin(organisation=union, way=way, name=name, firms=some, by=COMMAND, at=at)


class _Walk:
    """One founding, a step a day."""

    def __init__(self, city: City, pk: int, place: int) -> None:
        self.city, self.pk, self.place = city, pk, place
        self.at = self._one().opened_at

    def _one(self) -> Founding:
        return Founding.objects.select_related("organisation__region", "counterpart", "group").get(pk=self.pk)

    def steps(self, far: str) -> Iterator[datetime]:
        """Makes a step each time it is asked, up to the one that is to be reached; gives the moment of the next."""
        steps: Mapping[str, Callable[[], object]] = {
            "drafting": self._written,
            "requested": self._submitted,
            "returned": self._returned,
            "enrolling": self._approved,
            "planned": self._planned,
            "counting": self._convened,
            "reported": self._reported,
            "standing": self._confirmed,
        }
        for name, step in steps.items():
            if name == "returned" and far != "returned":
                continue
            self.at += timedelta(hours=20)
            if name == "counting" and (planned_on := self._one().planned_on):
                self.at = max(self.at, start_of(planned_on) + timedelta(hours=15))
                if self.at > self.city.at:
                    return  # in a season of holidays the list still hangs
            yield self.at
            step()
            if name == far:
                return

    def _does(self, verb: Callable[..., Any], **facts: Any) -> Any:
        return verb(founding=self._one(), by=COMMAND, at=min(self.at, self.city.at), **facts)

    def _written(self) -> None:
        facts = {"name": self._one().name, "why": "职工要求建立工会，单位同意。", "party_names": "", "sent_names": ""}
        names = [self.city.people.coin().name for _ in range(2)]
        facts |= {"head_name": names[0], "staff_names": "、".join(names)}
        staff = {unit.pk: max(unit.headcount or 0, 2 * _MEMBERS) for unit in queries.units_of(self._one())}
        heads = {number: (count, count // 3) for number, count in staff.items()}
        self._does(services.write, way=Way(self._one().way), facts=facts, heads=heads)

    def _submitted(self) -> None:
        self._does(services.submit)

    def _returned(self) -> None:
        self._does(services.answer, move_code="return", reason="职工代表里请补一名一线职工")

    def _approved(self) -> None:
        self._does(services.approve, **_REPLY, on=today_of(self.at))
        group = self._one().group
        _call(Organisation, group.pk if group else 0)
        for _ in range(_MEMBERS if self.place % 2 == 0 else _MEMBERS // 2):
            self._joined()

    def _joined(self) -> None:
        coined = self.city.people.coin()
        facts: dict[str, Any] = {"by": COMMAND, "at": self.at}
        group = Organisation.objects.get(pk=self._one().group_id or 0)
        person = people.register(name=coined.name, id_number=coined.identity_number, phone=coined.phone, **facts)
        one = memberships.start(
            organisation=group, person=person, origin=Origin.POSTER, joined_on=today_of(self.at), **facts
        )
        person.row_key = UUID(int=_draws(Person, person.pk).getrandbits(128), version=4)  # the seal goes with it
        person.seal_in(id_number=coined.identity_number, phone=coined.phone)
        person.save(update_fields=["row_key", "id_number", "id_number_index", "phone", "phone_index"])
        _call(Person, person.pk)
        _call(Membership, one.pk)

    def _planned(self) -> None:
        figures, members = params.figures(on=today_of(self.at)), queries.members_of(self._one())
        audit = 1 if members.all < figures.one_auditor_below else 3
        womens = 3 if members.women >= figures.womens_committee else 1 if members.women else 0
        seats = {Body.COMMITTEE: 3, Body.FUND_AUDIT: audit, Body.WOMENS: womens}
        how = {"has_committee": True, "term_years": 3, "meeting": Meeting.MEMBERS, "chair_by": ChairBy.COMMITTEE}
        planned_on = add_working_days(today_of(self.at), figures.notice_days + 1, national_calendar()).day
        days = {"shown_on": today_of(self.at), "planned_on": planned_on, "place": "单位会议室"}
        self._does(election.plan, **how, seats=seats, **days)
        roster = list(queries.members_offered(self._one()))
        women = [each for each in roster if each.person.sex == "female"]
        for body, rows in (
            (Body.COMMITTEE, roster[:4]),
            (Body.FUND_AUDIT, roster[4:5] if audit == 1 else roster[4:8]),
            (Body.WOMENS, women[:womens]),
        ):
            for each in rows:
                self._does(election.nominate, body=body, membership=each, tie=Tie.NONE)

    def _convened(self) -> None:
        members = queries.members_of(self._one()).all
        day = today_of(min(self.at, self.city.at))
        scrutineer, teller = (self.city.people.coin().name for _ in range(2))
        present = members - (_ABSENT if members > 3 * _ABSENT else 0)
        self._does(election.convene, meeting=election.Held(day, members, present, scrutineer, teller))
        if self.place % 2:  # of some the committee is counted already
            self._counted(Body.COMMITTEE)

    def _counted(self, body: Body) -> None:
        one = self._one()
        ahead = next(
            each
            for each in queries.ahead_of(one, queries.candidates_of(one), queries.counts_of(one))
            if each.body is body
        )
        if ahead.is_done:
            return
        ballots = ahead.expected if ahead.present is None else ahead.present
        ballots = ballots or 0
        yes = [max(0, ballots - number if number < ahead.seats else 2) for number in range(len(ahead.runners))]
        votes = {each.pk: (count, ballots - count, 0) for each, count in zip(ahead.runners, yes, strict=True)}
        facts = {"round": ahead.round, "present": ballots, "issued": ballots, "collected": ballots, "valid": ballots}
        self._does(election.count, body=body, **facts, void=0, votes=votes, write_ins={})

    def _reported(self) -> None:
        self._counted(Body.COMMITTEE)
        first = Candidate.objects.filter(founding_id=self.pk, body=Body.COMMITTEE, elected_in=1).order_by(
            "-votes", "pk"
        )
        chair = first.select_related("membership__person")[0].membership
        self._does(election.nominate, body=Body.CHAIR, membership=chair, tie=Tie.NONE)
        for body in (Body.CHAIR, Body.FUND_AUDIT, Body.WOMENS):
            if self._one().seats_of(body):
                self._counted(body)
        self._does(standing.report)

    def _confirmed(self) -> None:
        self._does(standing.confirm, **_REPLY, on=today_of(min(self.at, self.city.at)))
        told = Message.objects.filter(organisation_id=self._one().group_id or 0).values_list("pk", flat=True)
        for number in told:
            _call(Message, number)


def _call(model: Any, pk: int) -> None:
    """Give a row a reference that is the same in every city built alike."""
    model.objects.filter(pk=pk).update(reference=new_reference(_draws(model, pk).randrange))


def _draws(model: Any, pk: int) -> Random:
    return Random(f"founding {model.__name__} {pk}")  # noqa: S311 - names, no secrets
