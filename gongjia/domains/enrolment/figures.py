"""The indicator of members, and what keeps it in step with memberships: the events told by the verbs of the backbone.

A past figure by sex, group, form or level shows these as they are known today: rows keep no history of them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from gongjia.backbone.memberships.bulk import Alike
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import State
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.words import EmploymentForm, Group, Sex, SkillLevel
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf


def _recount() -> Sequence[QuerySet[Membership, Any]]:
    keys = ("organisation_id", "person__sex", "group", "form", "person__skill_level", "at", "amount")
    rows = Membership.objects.annotate(left_on=Coalesce("retained_on", "until_on"))
    return (
        rows.annotate(at=MonthOf(F("from_on")), amount=Value(1)).values_list(*keys),
        rows.filter(left_on__isnull=False).annotate(at=MonthOf(F("left_on")), amount=Value(-1)).values_list(*keys),
    )


MEMBERS = Indicator(
    code="members",
    zh="会员",
    unit="人",
    definition="当日会籍有效的正式会员，一人只计一次；保留会籍的自保留之日起不计。性别、群体、用工形式和技能等级按现在登记的计。",
    rows="work:members",
    recount=_recount,
    dimensions=(
        Dimension("sex", "性别", dict(Sex.choices)),
        Dimension("group", "新就业形态群体", dict(Group.choices)),
        Dimension("form", "用工形式", dict(EmploymentForm.choices)),
        Dimension("level", "技能等级", dict(SkillLevel.choices)),
    ),
    rows_filter={"state": State.ACTIVE},
)


def shares_of(memberships: Iterable[Membership], person: Person | None = None) -> list[Share]:
    """What memberships give to the figure; with `person` its values are taken instead of the loaded ones."""
    shares = []
    for each in memberships:
        values = _values(each, person or each.person)
        shares.append(Share(each.organisation_id, each.from_on, values))
        if (left_on := each.retained_on or each.until_on) is not None:
            shares.append(Share(each.organisation_id, left_on, values, -1))
    return shares


def follow_start(*, memberships: Sequence[Membership], **_: Any) -> None:
    """Listens to memberships.started."""
    changed("members", after=shares_of(memberships))


def follow_end(*, memberships: Sequence[Membership], on: date, was: State, **_: Any) -> None:
    """Listens to memberships.ended: one that was retained before has been taken off already."""
    if was == State.ACTIVE:
        changed(
            "members", after=[Share(each.organisation_id, on, _values(each, each.person), -1) for each in memberships]
        )


def follow_many(*, alike: Sequence[Alike], **_: Any) -> None:
    """Listens to memberships.counted."""
    changed(
        "members",
        after=[
            Share(each.organisation_id, each.month, (each.sex, each.group, each.form, each.skill_level), each.number)
            for each in alike
        ],
    )


def follow_person(*, before: Person, person: Person, **_: Any) -> None:
    """Listens to people.amended: all spells of the person are counted under what is known now."""
    if (before.sex, before.skill_level) != (person.sex, person.skill_level):
        spells = list(Membership._base_manager.filter(person=person))
        changed("members", before=shares_of(spells, before), after=shares_of(spells, person))


def _values(membership: Membership, person: Person) -> tuple[str, str, str, str]:
    return person.sex, membership.group, membership.form, person.skill_level
