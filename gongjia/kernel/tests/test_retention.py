"""What is kept only for a while is gone after it, and nothing else is."""

from datetime import datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from gongjia.kernel import events, retention, ticks
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.audit import record
from gongjia.kernel.models import AuditRow, Event, Sending

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


def test_old_sendings_events_and_tasks_are_forgotten_and_the_record_is_not(at: datetime) -> None:
    old, new = at - timedelta(days=91), at - timedelta(days=1)
    for moment in (old, new):
        record("tests.act", by=COMMAND, at=moment)
        Sending.objects.create(verb="tests.act", key=str(moment), at=moment)
        for state in Event.State:
            Event.objects.create(
                name="x", handler="y", key=f"{moment}{state}", created_at=moment, due_at=moment, state=state
            )
        events.run_waiting.enqueue()
    first, second = DBTaskResult.objects.order_by("enqueued_at")
    for task, moment in ((first, old), (second, new)):
        DBTaskResult.objects.filter(pk=task.pk).update(status="SUCCESSFUL", finished_at=moment)
    assert retention.forget(at=at) == {"sendings": 1, "events": 1, "tasks": 1}
    assert retention.forget(at=at) == {"sendings": 0, "events": 0, "tasks": 0}
    assert list(Event.objects.filter(due_at=old).values_list("state", flat=True).order_by("state")) == [
        "failed",
        "waiting",
    ]
    assert AuditRow.objects.count() == 2


def test_a_task_that_waits_is_not_forgotten(at: datetime) -> None:
    events.run_waiting.enqueue()
    retention.forget(at=at + timedelta(days=3650))
    assert DBTaskResult.objects.count() == 1


def test_it_is_done_by_the_tick() -> None:
    assert "kernel.forget" in {each.name for each in ticks.registered()}
