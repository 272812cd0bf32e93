"""The verbs of founding, up to the preparatory group, and the end of a founding that comes to nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongjia.backbone.employers import services as employers
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.founding import paper_kinds, papers, queries, rules
from gongjia.domains.founding.holding import (
    TO_REQUEST,
    close_units,
    group_name,
    held,
    keep,
    replied,
    require,
    require_other,
    tree_first,
)
from gongjia.domains.founding.models import Founding, Unit
from gongjia.domains.founding.words import OF_UNIONS, NumberFrom, Way
from gongjia.engines.casework import services as casework
from gongjia.kernel import events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

#: What the request says, besides its units.
REQUEST = ("name", "why", "head_name", "party_names", "staff_names", "sent_names")
_TITLE = 80


@verb("founding.begin", zh="开始建会", may="founding.prepare", on="organisation")
def begin(
    *,
    organisation: Organisation,
    way: Way,
    name: str,
    by: Actor,
    at: datetime,
    firms: Sequence[Employer] = (),
    unions: Sequence[Organisation] = (),
    key: str = "",
) -> Founding:
    """Open a founding in the name of `organisation`, for employers or, for a federation, for unions.

    Refused for a unit that a union covers or that is being organised already, and for too few or too many units.
    """
    counterpart_id = queries.approver_id(organisation.path)
    if counterpart_id is None:
        raise Refused("上面没有可以批复建会的总工会。", fields=["organisation"])
    require(rules.units_enough(way, len(unions) if way in OF_UNIONS else len(firms)), field="pick")
    founding = Founding(organisation=organisation, counterpart_id=counterpart_id, way=way, name=name)
    casework.open_matter(matter=founding, title=name[:_TITLE], by=by, at=at)
    for firm in firms:
        _add(founding, employer=firm)
    for union in unions:
        _add(founding, union=union)
    events.tell("founding.begun", employers=list(firms), by=by, at=at)
    note(founding, way=str(way))
    return founding


def _add(founding: Founding, *, employer: Employer | None = None, union: Organisation | None = None) -> Unit:
    if employer is not None and employers.is_covered(employer.pk):
        raise Refused(f"“{employer.name}”已由其他工会覆盖：一个单位同一时间只属于一个工会。", fields=["pick"])
    newest = max(employer.headcounts.all(), key=lambda each: each.on, default=None) if employer else None
    unit = Unit(founding=founding, employer=employer, union=union, headcount=newest.count if newest else None)
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as clash:
        raise Refused(f"“{unit.name}”已经在另一份建会里办理，不能再报一次。", fields=["pick"]) from clash
    return unit


@verb("founding.add_unit", zh="增加涵盖单位", may="founding.prepare", on="founding")
def add_unit(
    *,
    founding: Founding,
    by: Actor,
    at: datetime,
    employer: Employer | None = None,
    union: Organisation | None = None,
    key: str = "",
) -> Founding:
    """One unit more, while the request is still written. Refused for a founding of one unit."""
    founding = held(founding, "drafting", "returned")
    if founding.way in {Way.SINGLE, Way.ORGANISER}:
        raise Refused("单独建会只有一个单位。要和别的单位一起建，请先把建会方式改为联合建会。", fields=["pick"])
    _add(founding, employer=employer, union=union)
    events.tell("founding.begun", employers=[employer] if employer else [], by=by, at=at)
    note(founding)
    return founding


@verb("founding.leave_out", zh="去掉涵盖单位", may="founding.prepare", on="founding")
def leave_out(*, founding: Founding, number: int, by: Actor, at: datetime, key: str = "") -> Founding:
    """One unit less, while the request is still written; the last one stays."""
    founding = held(founding, "drafting", "returned")
    units = Unit._base_manager.filter(founding=founding)
    if units.count() < 2:
        raise Refused("至少要有一个单位。不建了，请撤回。")
    units.filter(pk=number).delete()
    note(founding)
    return founding


@verb("founding.write", zh="填写筹建请示", may="founding.prepare", on="founding")
def write(
    *,
    founding: Founding,
    way: Way,
    facts: Mapping[str, str],
    heads: Mapping[int, tuple[int, int | None]],
    by: Actor,
    at: datetime,
    send: bool = False,
    word: str = "",
    key: str = "",
    version: int | None = None,
) -> Founding:
    """Write the request: `facts` by REQUEST, and of each unit its staff and women among them. With `send` it goes to
    the superior at once: what cannot be sent is not written either, so that its form can be sent again."""
    founding = held(founding, "drafting", "returned", version=version)
    if (way in OF_UNIONS) != (founding.way in OF_UNIONS):
        raise Refused("联合会的成员是工会，其他方式的成员是职工：要改，请撤回后重新开始。", fields=["way"])
    for unit in queries.units_of(founding):
        if unit.pk in heads:
            staff, women = heads[unit.pk]
            if women is not None:
                require(rules.within_staff(women, staff, zh=f"{unit.name}的女职工"), field=f"women_{unit.pk}")
            Unit._base_manager.filter(pk=unit.pk).update(headcount=staff, women=women)
    keep(founding, way=way, **{name: facts[name] for name in REQUEST})
    if send:
        founding = submit(founding=founding, word=word, by=by, at=at)
    note(founding, sent=send)
    return founding


@verb("founding.submit", zh="报送筹建请示", may="founding.prepare", on="founding")
def submit(*, founding: Founding, by: Actor, at: datetime, word: str = "", key: str = "") -> Founding:
    """Send the request to the superior: numbered, and from now on not to be changed. Refused where something of it is
    missing, or where the way does not fit the units. `word`: with which the sender's first number begins."""
    founding = held(founding, "drafting", "returned")
    units = queries.units_of(founding)
    require(rules.units_enough(Way(founding.way), len(units)), field="way")
    missing = [
        zh for zh, value in (("筹备组负责人", founding.head_name), ("职工代表", founding.staff_names)) if not value
    ]
    missing += [f"{unit.name}的职工人数" for unit in units if not unit.headcount and unit.employer_id]
    if missing:
        raise Refused(f"请示还缺{'、'.join(missing)}：筹备组由党组织代表和职工代表组成（{rules.PREPARES}）。")
    keep(founding, requested_by_id=by.person_id, requested_on=today_of(at))
    casework.move(matter=founding, move_code="submit", by=by, at=at)
    papers.issue(paper_kinds.REQUEST, founding, word=word, by=by, at=at)
    note(founding)
    return founding


@verb("founding.approve", zh="批复筹建", may="founding.approve", on="founding")
def approve(
    *,
    founding: Founding,
    number_from: NumberFrom,
    number: str,
    on: date | None,
    by: Actor,
    at: datetime,
    word: str = "",
    key: str = "",
) -> Founding:
    """The superior agrees: the preparatory group stands in the tree, covers its employers, and workers can join it
    (工会法 2021 第十二条). It goes on in the name of the group. Refused without number and day, and to who asked."""
    given: dict[str, Any] = {"number_from": number_from, "number": number, "on": on, "word": word}
    reply = replied(founding, TO_REQUEST, **given, by=by, at=at)
    founding, superior = reply.founding, reply.founding.organisation
    group = organisations.found(
        superior=superior,
        kind=Kind.PREPARATORY_GROUP,
        name=group_name(founding.name),
        region=superior.region,
        founded_on=reply.on,
        approval_number=reply.number,
        by=by,
        at=at,
    )
    firms = [unit.employer for unit in reply.units if unit.employer is not None]
    for firm in firms:
        employers.cover(organisation=group, employer=firm, from_on=reply.on, reason="批复筹建", by=by, at=at)
    keep(founding, group=group, group_number=reply.number, group_on=reply.on)
    casework.hand_over(matter=founding, to=group, by=by, at=at)
    events.tell("founding.group_stood", employers=firms, group=group, number=reply.number, by=by, at=at)
    note(founding, group_id=group.pk)
    return founding


@verb("founding.answer", zh="退回或不同意", may="founding.approve", on="founding")
def answer(*, founding: Founding, move_code: str, reason: str, by: Actor, at: datetime, key: str = "") -> Founding:
    """The superior returns a request or a report for correction, or refuses the request; each with its reason."""
    if move_code not in {"return", "refuse", "send_back"}:
        raise Refused("没有认出要办哪一步。请刷新后，用页面上的按钮办理。")
    founding = held(founding)
    require_other(founding, by)
    casework.move(matter=founding, move_code=move_code, by=by, at=at, words=reason)
    if founding.closed_at is not None:
        close_units(founding, by=by, at=at)
    note(founding, move=move_code)
    return founding


@verb("founding.withdraw", zh="撤回建会请示", may="founding.prepare", on="founding")
def withdraw(*, founding: Founding, reason: str, by: Actor, at: datetime, key: str = "") -> Founding:
    """Take the request back before it is answered."""
    founding = held(founding)
    casework.move(matter=founding, move_code="withdraw", by=by, at=at, words=reason)
    close_units(founding, by=by, at=at)
    note(founding)
    return founding


@verb("founding.abandon", zh="终止筹建", may="founding.approve", on="founding")
def abandon(*, founding: Founding, reason: str, by: Actor, at: datetime, key: str = "") -> Founding:
    """The superior ends a founding: the group is dissolved, its members are kept (工会法 2021 第十三条)."""
    tree_first()
    founding = held(founding)
    casework.move(matter=founding, move_code="abandon", by=by, at=at, words=reason)
    group = Organisation.objects.get(pk=founding.group_id or 0)
    organisations.dissolve(organisation=group, on=today_of(at), approval_number="", reason=reason, by=by, at=at)
    close_units(founding, by=by, at=at)
    note(founding, group_id=group.pk)
    return founding


@verb("founding.make_paper", zh="制作选举用表", may="founding.prepare", on="founding")
def make_paper(*, founding: Founding, code: str, by: Actor, at: datetime, key: str = "") -> Founding:
    """Make one of the papers of the meeting, as the founding stands now. Refused at the wrong step."""
    founding = held(founding)
    if not papers.can_make(code, founding.state):
        raise Refused("现在这一步还不能做这份材料。请刷新后再看。")
    papers.issue(code, founding, by=by, at=at)
    note(founding, paper=code)
    return founding
