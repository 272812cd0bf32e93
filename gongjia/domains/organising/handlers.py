"""What runs in the background: many leads handed over, a step at a time."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from gongjia.backbone.accounts.queries import posts_held
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.domains.organising import queries, services
from gongjia.domains.organising.models import Lead
from gongjia.engines.messages import services as messages
from gongjia.kernel import events
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import entering, everywhere


def hand_over(*, at: datetime, **step: Any) -> None:
    """One step of `services.assign_all`, and the event of the next: each happens once, with the event's own row.

    The asker's rights are those of this moment. Who lost them in between is told how far it came.
    """
    by = _asker(step["account_id"], step["person_id"], at)
    try:
        by.require("organising.assign")  # without a post nothing would be in reach, and nothing to be told
        with entering(by.reach("organising.assign")):
            taken, gone = _step(step, by=by, at=at)
    except Forbidden:
        _tell(step, at, why="要派给的工会已经撤销，或者您现在没有派发线索的权限，后面的没有派。")
        return
    step["done"] += gone
    step["left"] += len(taken) - gone
    if len(taken) < services.MOST_AT_ONCE:
        _tell(step, at)
        return
    step["after"] = taken[-1].pk
    events.emit("organising.assign_asked", key=f"assign-{step['sending']}-{step['after']}", at=at, **step)


def _asker(account_id: int | None, person_id: int | None, at: datetime) -> Actor:
    posts = posts_held(person_id, on=today_of(at)) if person_id is not None else ()
    return Actor(account_id=account_id, person_id=person_id, posts=posts, channel="task")


def _step(step: Mapping[str, Any], *, by: Actor, at: datetime) -> tuple[list[Lead], int]:
    """The leads of this step, and how many of them went over."""
    to = Organisation.objects.filter(pk=step["to_id"]).first() if step["to_id"] else None
    if step["to_id"] and to is None:
        raise Forbidden("")
    due_on = date.fromisoformat(step["due_on"]) if step["due_on"] else None
    asked = dict(step["asked"])
    if "on" in asked:
        asked["on"] = date.fromisoformat(asked["on"])
    rows = queries.to_hand_over(asked, to=to).filter(pk__gt=step["after"], pk__lte=step["last"])
    taken = list(rows[: services.MOST_AT_ONCE])
    gone = 0
    for union, leads in queries.by_union(taken, to=to).items():
        try:
            gone += services.assign(leads=leads, to=union, due_on=due_on, by=by, at=at)
        except Refused:  # somebody took these up in this very moment
            continue
    return taken, gone


def _tell(step: Mapping[str, Any], at: datetime, *, why: str = "") -> None:
    person = Person.objects.filter(pk=step["person_id"]).first()
    if person is None:
        return
    left = f"{step['left']:,} 家没有改动：看不出该归谁，或者已经由建议的工会、别人办理。" if step["left"] else ""
    messages.tell(
        person=person,
        organisation=Organisation.objects.get(pk=step["organisation_id"]),
        title=f"线索派发{'没有做完' if why else '做完了'}：派出 {step['done']:,} 家",
        body=why or left,
        path=reverse("organising:leads"),
        by=TICK,
        at=at,
    )


def tell_superior(*, at: datetime, lead_id: int, **_: Any) -> None:
    """Tell who assigns leads at the superior union that an employer refused, and was reminded in writing."""
    with everywhere(reason="report of a refusal"):
        lead = Lead.objects.select_related("organisation").get(pk=lead_id)
        superior, officers = queries.superior_officers(lead, on=today_of(at))
        for person in officers:
            messages.tell(
                person=person,
                organisation=superior or lead.organisation,
                title=f"拒绝建会，报请处理：{lead.name[:40]}",
                body=f"{lead.organisation.name}已经书面提醒，单位仍不建会。",
                path=reverse("organising:lead", args=[lead.reference]),
                by=TICK,
                at=at,
            )
