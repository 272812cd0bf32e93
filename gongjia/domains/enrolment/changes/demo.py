"""Changes' part of the invented city: a matter at every step at the chair's union, and a batch that waits."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Retention, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS
from gongjia.backbone.organisations.words import State as Standing
from gongjia.backbone.people.models import Employment
from gongjia.domains.enrolment.changes import acts, bulk, correcting, leaving, services
from gongjia.domains.enrolment.changes.words import Fact, Why
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.db import within
from gongjia.kernel.references import new_reference

_MOST = 12
_BATCH = 8


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime
    personas: Any

    def draw(self, part: str) -> Any: ...


def build(city: City) -> None:
    """At the chair's union: transfers out and in, one who leaves, corrections, who is kept; the worker's own wish; and
    a batch of another union on its way here."""
    home = Organisation.objects.get(pk=city.personas["hejianping"].serves.id)
    known = [each.person_id for each in city.personas.values()]
    unions = Organisation.objects.filter(kind__in=COUNTED_AS_UNIONS, state=Standing.STANDING).exclude(pk=home.pk)
    near, far = list(unions.order_by("pk")[:2])
    ours, theirs = (_members(union, known, _MOST) for union in (home, near))
    at = city.at - timedelta(days=3)
    if len(ours) < 8 or len(theirs) < 4:
        return
    lasts = {
        model: model.objects.order_by("-pk").values_list("pk", flat=True).first() for model in (Membership, Message)
    }
    _transfers(ours, theirs, home, near, far, at)
    _others(ours, at)
    worker = Membership.objects.get(person_id=city.personas["wangfang"].person_id, state=State.ACTIVE)
    why = "合同上的岗位去年就换了"
    correcting.ask(membership=worker, fact=Fact.JOB, value="质量检验员", why=why, by=_own(worker), at=at)
    batch = Membership.objects.filter(pk__in=[each.pk for each in _members(far, known, _BATCH)])
    if batch.exists():
        facts: dict[str, Any] = {"why": Why.CLOSED, "words": "厂区搬迁，整个车间并入", "by": COMMAND, "at": at}
        made = bulk.draw_up(organisation=far, to=home, members=batch, **facts)
        bulk.send(bulk=made, by=COMMAND, at=at)
    draw = city.draw("enrolment.changes")
    for model, last in lasts.items():  # the same city has the same references
        for number in list(model.objects.filter(pk__gt=last or 0).order_by("pk").values_list("pk", flat=True)):
            reference = new_reference(lambda most: draw.one(range(most)))
            model.objects.filter(pk=number).update(reference=reference)


def _members(union: Organisation, known: list[int], most: int) -> list[Membership]:
    rows = Membership.objects.filter(within("organisation__path", (union.path,)), state=State.ACTIVE).exclude(
        person_id__in=known
    )
    return list(rows.select_related("person", "organisation").order_by("pk")[:most])


def _own(membership: Membership) -> Actor:
    """The member, as the service portal knows them."""
    return Actor(account_id=0, person_id=membership.person_id)


def _transfers(
    ours: list[Membership], theirs: list[Membership], home: Organisation, near: Organisation, far: Organisation,
    at: datetime,
) -> None:  # fmt: skip
    """Out: one that waits for us, one objected to, one gone. In: one that waits for us, one that has come."""
    _waits, objected, gone = (
        services.begin(membership=each, to=near, why=Why.NEW_EMPLOYER, by=_own(each), at=at + timedelta(hours=n))
        for n, each in enumerate(ours[:3])
    )
    services.object_to(
        transfer=objected, words="上个月的工作服和门禁卡还没有交还", by=COMMAND, at=at + timedelta(hours=5)
    )
    services.confirm(transfer=gone, by=COMMAND, at=at + timedelta(hours=6))
    services.accept(transfer=gone, by=COMMAND, at=at + timedelta(hours=9))
    for number, each in enumerate(theirs[:2]):
        made = services.begin_for(membership=each, to=home, why=Why.NEW_EMPLOYER, by=COMMAND, at=at)
        if number:
            services.accept(transfer=made, by=COMMAND, at=at + timedelta(hours=4))
    services.begin_for(membership=ours[3], to=far, why=Why.NO_UNION, by=COMMAND, at=at)


def _others(ours: list[Membership], at: datetime) -> None:
    """One who leaves, two who want something corrected, one who is kept."""
    leaving.ask(membership=ours[4], why="平时在外地跑车，参加不了活动", by=_own(ours[4]), at=at)
    name = ours[5].person.name[:-1] + ("欣" if ours[5].person.name.endswith("昕") else "昕")
    correcting.ask(membership=ours[5], fact=Fact.NAME, value=name, why="登记成了同音字", by=_own(ours[5]), at=at)
    other = "苗族" if ours[6].person.ethnicity == "土家族" else "土家族"
    facts: dict[str, Any] = {"fact": Fact.ETHNICITY, "value": other, "why": "登记时写成了汉族，身份证上不是"}
    correcting.ask(membership=ours[6], by=_own(ours[6]), at=at, **facts)
    Employment._base_manager.filter(person_id=ours[7].person_id, until_on=None).update(until_on=at.date())
    acts.retain(membership=ours[7], reason=Retention.RETIRED, on=at.date(), words="到龄退休", by=COMMAND, at=at)
