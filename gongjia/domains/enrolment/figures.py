"""The indicators of members, of migrant workers among them and of those who joined this year, and what keeps them in
step with memberships: the events told by the verbs of the backbone.

A past figure by sex, group, form or level shows these as they are known today: rows keep no history of them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, ExtractYear

from gongjia.backbone.memberships.bulk import Alike
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import JOINED, State
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.words import EmploymentForm, Group, Sex, SkillLevel
from gongjia.engines.figures.counting import Share, changed
from gongjia.engines.figures.indicators import Dimension, Indicator
from gongjia.engines.figures.months import MonthOf


def _begun_and_left() -> Sequence[QuerySet[Any]]:
    """Memberships from the month in which they begin, and against them those that are retained or over since."""
    rows = Membership.objects.annotate(left_on=Coalesce("retained_on", "until_on"))
    return (
        rows.annotate(at=MonthOf(F("from_on")), amount=Value(1)),
        rows.filter(left_on__isnull=False).annotate(at=MonthOf(F("left_on")), amount=Value(-1)),
    )


def _recount() -> Sequence[QuerySet[Membership, Any]]:
    keys = ("organisation_id", "person__sex", "group", "form", "person__skill_level", "at", "amount")
    return [rows.values_list(*keys) for rows in _begun_and_left()]


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


MIGRANTS = Indicator(
    code="migrants",
    zh="农民工会员",
    unit="人",
    definition="当日会籍有效的正式会员中，本人或花名册登记为农民工的；没有登记是不是的不计。各项按现在登记的计。",
    rows="work:members",
    recount=lambda: [
        rows.filter(person__is_migrant=True).values_list(
            "organisation_id", "person__sex", "group", "form", "at", "amount"
        )
        for rows in _begun_and_left()
    ],
    dimensions=(
        Dimension("sex", "性别", dict(Sex.choices)),
        Dimension("group", "新就业形态群体", dict(Group.choices)),
        Dimension("form", "用工形式", dict(EmploymentForm.choices)),
    ),
    rows_filter={"state": State.ACTIVE, "migrant": "yes"},
)


YES, NO = "yes", "no"


def _count_joins() -> Sequence[QuerySet[Membership, Any]]:
    """Who joined counts until the end of that year: +1 in the month, -1 in the January that follows."""
    keys = ("organisation_id", "group", "origin", "migrant", "person__sex", "at", "amount")
    migrant = Case(
        When(person__is_migrant=True, then=Value(YES)),
        When(person__is_migrant=False, then=Value(NO)),
        default=Value(""),
    )
    rows = Membership.objects.filter(continued_from=None, origin__in=JOINED).annotate(migrant=migrant)
    over = Cast(ExtractYear("joined_on") * 100 + 101, IntegerField())
    return (
        rows.annotate(at=MonthOf(F("joined_on")), amount=Value(1)).values_list(*keys),
        rows.annotate(at=over, amount=Value(-1)).values_list(*keys),
    )


JOINS = Indicator(
    code="joins",
    zh="本年新入会",
    unit="人",
    definition="当年一月一日起到当日办理入会的，按入会日期计；花名册登记和转入的不计，后来离开的仍然计。各项按现在登记的计。",
    rows="work:members",
    recount=_count_joins,
    dimensions=(
        Dimension("group", "新就业形态群体", dict(Group.choices)),
        Dimension("origin", "入会方式", {each.value: each.label for each in JOINED}),
        Dimension("migrant", "农民工", {YES: "是", NO: "不是", "": "未填"}),
        Dimension("sex", "性别", dict(Sex.choices)),
    ),
    rows_filter={"joined": "year"},
)


def shares_of_migrants(memberships: Iterable[Membership], person: Person | None = None) -> list[Share]:
    """What memberships give to the figure of migrant workers."""
    return [
        Share(each.organisation_id, each.on, each.values[:3], each.amount)
        for one in memberships
        if (person or one.person).is_migrant
        for each in shares_of([one], person)
    ]


def shares_of_joins(memberships: Iterable[Membership], person: Person | None = None) -> list[Share]:
    """What memberships give to the joins of their year."""
    shares = []
    for each in memberships:
        if each.origin in JOINED and each.continued_from_id is None:
            who = person or each.person
            migrant = "" if who.is_migrant is None else YES if who.is_migrant else NO
            values = (each.group, each.origin, migrant, who.sex)
            shares.append(Share(each.organisation_id, each.joined_on, values))
            shares.append(Share(each.organisation_id, date(each.joined_on.year + 1, 1, 1), values, -1))
    return shares


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
    changed("migrants", after=shares_of_migrants(memberships))
    changed("joins", after=shares_of_joins(memberships))


def follow_end(*, memberships: Sequence[Membership], on: date, was: State, **_: Any) -> None:
    """Listens to memberships.ended: one that was retained before has been taken off already."""
    if was == State.ACTIVE:
        changed(
            "members", after=[Share(each.organisation_id, on, _values(each, each.person), -1) for each in memberships]
        )
        migrants = [each for each in memberships if each.person.is_migrant]
        after = [Share(each.organisation_id, on, _values(each, each.person)[:3], -1) for each in migrants]
        changed("migrants", after=after)


def follow_many(*, alike: Sequence[Alike], **_: Any) -> None:
    """Listens to memberships.counted."""
    changed(
        "members",
        after=[
            Share(each.organisation_id, each.month, (each.sex, each.group, each.form, each.skill_level), each.number)
            for each in alike
        ],
    )
    changed(
        "migrants",
        after=[
            Share(each.organisation_id, each.month, (each.sex, each.group, each.form), each.number)
            for each in alike
            if each.is_migrant
        ],
    )


def follow_person(*, before: Person, person: Person, **_: Any) -> None:
    """Listens to people.amended: all spells of the person are counted under what is known now."""
    facts = ("sex", "skill_level", "is_migrant")
    if any(getattr(before, name) != getattr(person, name) for name in facts):
        spells = list(Membership._base_manager.filter(person=person))
        for code, shares in (("members", shares_of), ("migrants", shares_of_migrants), ("joins", shares_of_joins)):
            changed(code, before=shares(spells, before), after=shares(spells, person))


def _values(membership: Membership, person: Person) -> tuple[str, str, str, str]:
    return person.sex, membership.group, membership.form, person.skill_level
