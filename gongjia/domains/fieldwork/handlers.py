"""What work in the field does because something happened in another room, and what the clock brings about."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.contacts import keeping
from gongjia.domains.fieldwork.contacts.models import Contact
from gongjia.domains.fieldwork.surveys import services as surveys
from gongjia.domains.fieldwork.surveys.models import Questionnaire
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation
from gongjia.domains.fieldwork.words import ContactEnding, Result
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import TICK
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

_AT_ONCE = 200


def follow_post_end(*, post: Post, at: datetime, **_: Any) -> None:
    """Listens to posts.ended: who has left looks after nothing. An end that is still to come is followed on its day."""
    if post.until_on is not None and post.until_on <= today_of(at):
        keeping.end_all(on=post.until_on, ending=ContactEnding.POST_ENDED, post=post)


def follow_union_end(*, organisation: Organisation, on: date, **_: Any) -> None:
    """Listens to organisations.merged and .dissolved: a union that is gone is looked after and visited no more."""
    keeping.end_all(on=on, ending=ContactEnding.PLACE_ENDED, union=organisation, employer=None)
    keeping.end_all(on=on, ending=ContactEnding.PLACE_ENDED, organisation=organisation)
    FieldVisit._base_manager.filter(union=organisation, employer=None, arrived_at=None).delete()


@every(timedelta(hours=1), name="fieldwork.follow_days")
def follow_days(*, at: datetime) -> int:
    """Contacts of posts that ended by now end, what is late is marked and its person told once, questionnaires whose
    last day is over end; returns how many of all. One bad row stops none of the others."""
    today = today_of(at)
    with everywhere(reason="follow the days of work in the field"):
        over = Contact.objects.filter(until_on=None, post__until_on__lte=today)
        posts = set(over.values_list("post_id", "post__until_on")[:_AT_ONCE])
        ended = 0
        for post_id, until_on in sorted((each, day) for each, day in posts if day is not None):
            with transaction.atomic():
                ended += keeping.end_all(on=until_on, ending=ContactEnding.POST_ENDED, post_id=post_id)
        return ended + _mark_late(today, at) + _close_over(today, at)


def _mark_late(today: date, at: datetime) -> int:
    """Mark what was not reported as solved by its day: claimed by a conditional update, so two runners do it once."""
    rows = Observation.objects.filter(result=Result.OPEN, overdue_at=None, reported_on=None, due_on__lt=today)
    marked = 0
    for matter in rows.select_related("organisation", "owner").order_by("pk")[:_AT_ONCE]:
        with transaction.atomic():
            claimed = Observation.objects.filter(pk=matter.pk, overdue_at=None, due_on__lt=today)
            if not claimed.update(overdue_at=at):
                continue
            marked += 1
            if matter.owner is not None:
                messages.tell(
                    person=matter.owner,
                    organisation=matter.organisation,
                    title=f"逾期没有解决：{matter.get_kind_display()}",
                    body=f"{matter.words}\n期限是 {matter.due_on:%Y-%m-%d}。",
                    path=reverse("fieldwork:observation", args=[matter.reference]),
                    by=TICK,
                    at=at,
                )
    return marked


def _close_over(today: date, at: datetime) -> int:
    rows = Questionnaire.objects.filter(opened_on__isnull=False, closed_on=None, closes_on__lt=today)
    found = list(rows.select_related("organisation").order_by("pk")[:_AT_ONCE])
    for each in found:
        surveys.close(questionnaire=each, by=TICK, at=at)
    return len(found)
