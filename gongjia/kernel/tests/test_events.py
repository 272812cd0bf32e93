"""Events: written with what caused them, run once, tried again, found again, and no handler stops another."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from gongjia.kernel import events, reach
from gongjia.kernel.models import Event
from tests.factories import Region
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1"), pytest.mark.usefixtures("registries")]

HERE = __name__
ran: list[tuple[str, Any]] = []


@pytest.fixture(autouse=True)
def _declared(registries: None) -> None:
    ran.clear()
    events.declare("tests.happened", "发生了")


def keeps(*, at: datetime, code: str) -> None:
    ran.append(("keeps", code))
    Region.objects.create(code=code, name="留下", level="village")


def fails(*, at: datetime, code: str) -> None:
    Region.objects.create(code=f"{code}x", name="不留", level="village")
    ran.append(("fails", code))
    raise ValueError("bad luck")


def sees_everything(*, at: datetime, code: str) -> None:
    ran.append(("reach", reach.current().everything))


def dies(*, at: datetime, code: str) -> None:
    """As a worker that is killed: nothing after it is reached."""
    raise KeyboardInterrupt


def is_overtaken(*, at: datetime, code: str) -> None:
    """While it runs, its claim ends and another worker has begun the row anew."""
    Region.objects.create(code=code, name="不留", level="village")
    Event.objects.update(attempts=2)


def asks_outside(*, at: datetime, code: str) -> None:
    """Somebody outside takes their time; meanwhile others write."""
    ran.append(("in a transaction", connection.in_atomic_block))


def is_told(*, at: datetime, code: str) -> None:
    ran.append(("given up", code))


def emit(at: datetime, *, key: str = "one", **more: Any) -> None:
    with transaction.atomic():
        events.emit("tests.happened", key=key, at=at, code=more.pop("code", "901"), **more)


def state(handler: str) -> str:
    return Event.objects.get(handler=f"{HERE}.{handler}").state


# ── written ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_must_be_declared(at: datetime) -> None:
    with pytest.raises(RuntimeError, match="not declared"):
        events.emit("tests.unheard_of", key="one", at=at)
    with pytest.raises(RuntimeError, match="not declared"):
        events.tell("tests.unheard_of")


@pytest.mark.django_db(transaction=True)
def test_an_event_belongs_to_a_transaction(at: datetime) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        events.emit("tests.happened", key="one", at=at)


def test_each_handler_has_a_row_of_its_own(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    events.on("tests.happened", f"{HERE}.keeps")
    events.on("tests.happened", f"{HERE}.fails")
    emit(at)
    assert sorted(Event.objects.values_list("handler", flat=True)) == [f"{HERE}.fails", f"{HERE}.keeps"]


def test_a_transaction_that_fails_takes_its_event_and_task_along(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.keeps")

    @transaction.atomic
    def act() -> None:
        emit(at)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not Event.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_an_event_that_somebody_waits_for_wakes_a_worker(at: datetime) -> None:
    emit(at)
    assert not DBTaskResult.objects.exists()
    events.on("tests.happened", f"{HERE}.keeps")
    emit(at)
    assert DBTaskResult.objects.count() == 1


def test_the_same_key_happens_once(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    for _ in range(3):
        emit(at)
    emit(at, key="other", code="902")
    assert events.run_due(at=at) == 2
    assert sorted(ran) == [("keeps", "901"), ("keeps", "902")]


# ── told at once ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_listener_is_told_at_once_and_its_failure_undoes_the_change() -> None:
    events.listen("tests.happened", f"{HERE}.fails")
    assert events.listeners_of("tests.happened") == [f"{HERE}.fails"]

    @transaction.atomic
    def act() -> None:
        Region.objects.create(code="903", name="随之撤销", level="village")
        events.tell("tests.happened", at=None, code="901")

    with pytest.raises(ValueError, match="bad luck"):
        act()
    assert not Region.objects.filter(code__startswith="90").exists()


# ── run ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_handler_runs_once_with_every_row_in_reach(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.sees_everything")
    emit(at)
    assert [events.run_due(at=at) for _ in range(3)] == [1, 0, 0]
    assert ran == [("reach", True)]
    assert state("sees_everything") == Event.State.DONE


def test_an_event_waits_until_it_is_due(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    emit(at, due_at=at + timedelta(days=1))
    assert events.run_due(at=at + timedelta(hours=23)) == 0
    assert events.run_due(at=at + timedelta(days=1)) == 1


def test_a_failing_handler_leaves_nothing_and_stops_no_other(at: datetime) -> None:
    for handler in (f"{HERE}.fails", "tests.no_such_module.handler", f"{HERE}.keeps"):
        events.on("tests.happened", handler)
    emit(at)
    assert events.run_due(at=at) == 1
    assert state("keeps") == Event.State.DONE
    assert set(Event.objects.filter(state="waiting").values_list("error", flat=True)) == {
        "ValueError",
        "ModuleNotFoundError",
    }
    assert [each.code for each in Region.objects.filter(code__startswith="90")] == ["901"]


def test_a_failure_is_tried_again_later_and_later_and_given_up_after_eight(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.fails")
    emit(at)
    waits = []
    for _ in range(events.MOST_ATTEMPTS):
        assert events.run_due(at=at) == 0
        waits.append((Event.objects.get().due_at - at).total_seconds())
        at = Event.objects.get().due_at
    assert waits[:-1] == [20, 40, 80, 160, 320, 640, 1280]
    assert state("fails") == Event.State.FAILED
    assert len(ran) == 8
    assert events.run_due(at=at + timedelta(days=9)) == 0
    assert len(ran) == 8


def test_the_row_of_a_dead_worker_is_found_again(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    emit(at)
    with monkeypatch.context() as killed:
        killed.setattr(f"{HERE}.keeps", dies)
        with pytest.raises(KeyboardInterrupt):
            events.run_due(at=at)
    assert state("keeps") == Event.State.WAITING
    assert events.run_due(at=at + timedelta(seconds=1)) == 0
    assert events.run_due(at=at + events.CLAIM) == 1
    assert ran == [("keeps", "901")]


def test_a_row_that_kills_every_worker_is_given_up(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.dies")
    emit(at)
    for _ in range(events.MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            events.run_due(at=at)
        at += events.CLAIM
    assert events.run_due(at=at) == 0
    assert (state("dies"), Event.objects.get().error) == (Event.State.FAILED, "WorkerDied")


def test_what_an_overtaken_run_did_is_undone(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.is_overtaken")
    emit(at)
    assert events.run_due(at=at) == 0
    assert not Region.objects.filter(code="901").exists()
    assert state("is_overtaken") == Event.State.WAITING


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_run_each_event_once(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    for number in range(20):
        emit(at, key=str(number), code=f"90{number}")
    assert sum(together(4, lambda _: events.run_due(at=at))) == 20
    assert len(ran) == 20
    assert Event.objects.filter(state="done").count() == Region.objects.filter(code__startswith="90").count() == 20


@pytest.mark.django_db(transaction=True)
def test_emitters_at_once_with_one_key_make_one_event(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    together(8, lambda _: emit(at))
    assert Event.objects.count() == 1


# ── outside, in time, in order ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_asks_outside_holds_no_transaction_open(at: datetime) -> None:
    """On SQLite nobody else could write until the answer has come."""
    events.on("tests.happened", f"{HERE}.asks_outside", outside=True)
    emit(at)
    assert events.run_due(at=at) == 1
    assert ran == [("in a transaction", False)]
    assert state("asks_outside") == Event.State.DONE


@pytest.mark.django_db(transaction=True)
def test_an_overtaken_run_outside_does_not_end_the_row_of_the_other(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.is_overtaken", outside=True)
    emit(at)
    assert events.run_due(at=at) == 0
    assert state("is_overtaken") == Event.State.WAITING


def test_a_claim_lasts_five_minutes_however_late_its_turn_comes(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    events.on("tests.happened", f"{HERE}.keeps")
    for number in range(3):
        emit(at, key=str(number), code=f"90{number}")
    clock, left = [at], []

    def slow(*, at: datetime, code: str) -> None:
        left.append((Event.objects.get(payload__code=code).due_at - clock[0]).total_seconds())
        clock[0] += timedelta(minutes=4)

    monkeypatch.setattr(f"{HERE}.keeps", slow)
    assert events.run_due(at=at, now=lambda: clock[0]) == 3
    assert left == [300, 300, 300]


def test_what_is_urgent_goes_before_what_has_waited_longer(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it comes while the others are already being run."""
    events.declare("tests.urgent", "急事")
    events.on("tests.happened", f"{HERE}.keeps")
    events.on("tests.urgent", f"{HERE}.sees_everything", urgent=True)
    for number in range(3):
        emit(at, key=str(number), code=f"90{number}")

    def comes_meanwhile(*, at: datetime, code: str) -> None:
        ran.append(("keeps", code))
        if code == "900":
            events.emit("tests.urgent", key="u", at=at, code="1")

    monkeypatch.setattr(f"{HERE}.keeps", comes_meanwhile)
    assert events.run_due(at=at) == 4
    assert [what for what, _ in ran] == ["keeps", "reach", "keeps", "keeps"]


def test_a_slow_ladder_is_the_handlers_own(at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.fails", first_wait=timedelta(minutes=5))
    emit(at)
    waits = []
    for _ in range(3):
        events.run_due(at=at)
        waits.append(Event.objects.get().due_at - at)
        at = Event.objects.get().due_at
    assert waits == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]


@pytest.mark.parametrize("handler", ["fails", "dies"])
def test_its_room_is_told_once_when_it_is_given_up_and_it_may_be_tried_again(handler: str, at: datetime) -> None:
    events.on("tests.happened", f"{HERE}.{handler}", given_up=f"{HERE}.is_told")
    emit(at)
    for _ in range(events.MOST_ATTEMPTS + 1):
        with suppress(KeyboardInterrupt):
            events.run_due(at=at)
        at += timedelta(days=1)
    assert [each for each in ran if each[0] == "given up"] == [("given up", "901")]
    assert state(handler) == Event.State.FAILED
    assert events.try_again(at=at, name="tests.other") == 0
    assert events.try_again(at=at, name="tests.happened") == 1
    assert (state(handler), Event.objects.get().attempts, Event.objects.get().due_at) == ("waiting", 0, at)
