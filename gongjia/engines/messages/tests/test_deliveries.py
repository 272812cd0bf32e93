"""A delivery on its way outside ends in a final state, whatever the provider does, and goes on when it is asked to."""

from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections

from gongjia.engines.messages import sms
from gongjia.engines.messages.handlers import GAVE_UP
from gongjia.engines.messages.models import Delivery, DeliveryState
from gongjia.engines.messages.services import tell
from gongjia.kernel import events
from gongjia.kernel.actors import TICK
from gongjia.kernel.models import Event
from gongjia.kernel.reach import everywhere
from tests import factories


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:9/sms"


def message(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="a test's rows"):
        tell(person=tree.member, organisation=tree.union, title="请看通知", by=TICK, at=at, also_sms=True)


def test_a_provider_that_stays_away_fails_the_delivery_in_the_end(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(*_args: Any, **_more: Any) -> None:
        raise sms.Unavailable("down")

    monkeypatch.setattr(sms, "send", is_away)
    message(tree, at)
    began = at
    while Event.objects.filter(state=Event.State.WAITING).exists():
        at = Event.objects.get().due_at
        events.run_due(at=at)
    assert at - began > timedelta(hours=10)
    assert (Delivery.objects.get().state, Delivery.objects.get().error) == (DeliveryState.FAILED, GAVE_UP)

    taken: list[str] = []
    monkeypatch.setattr(sms, "send", lambda *_args, key, **_more: taken.append(key))
    assert events.try_again(at=at) == 1
    assert events.run_due(at=Event.objects.get().due_at) == 1
    assert (Delivery.objects.get().state, len(taken)) == (DeliveryState.SENT, 1)


def test_a_refusal_is_final_and_not_tried_again(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_args: Any, **_more: Any) -> None:
        raise sms.Undeliverable("refused")

    monkeypatch.setattr(sms, "send", refuses)
    message(tree, at)
    assert events.run_due(at=at) == 1
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert events.try_again(at=at) == 0


@pytest.mark.django_db(transaction=True)
def test_while_a_slow_provider_is_waited_for_others_write(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_answer = Signal(), Signal()

    def is_slow(*_args: Any, **_more: Any) -> None:
        asked.set()
        may_answer.wait(30)

    monkeypatch.setattr(sms, "send", is_slow)
    message(tree, at)

    def work() -> None:
        events.run_due(at=at)
        connections.close_all()

    worker = Thread(target=work)
    worker.start()
    assert asked.wait(30)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 0")
        cursor.execute("UPDATE people_person SET version = version + 1")
        written = cursor.rowcount
    may_answer.set()
    worker.join(30)
    assert written > 0
    assert Delivery.objects.get().state == DeliveryState.SENT
