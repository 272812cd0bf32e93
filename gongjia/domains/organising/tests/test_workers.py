"""Two live workers, and a comparison beside officers, on a database that locks rows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django_tasks_db.models import DBTaskResult

from gongjia.domains.organising import services, tasks
from gongjia.domains.organising.models import Lead, Run
from gongjia.domains.organising.tests.lists import EDGE, LARGE, ask, compared, lists, states
from gongjia.domains.organising.words import LeadState, RunState
from gongjia.engines.figures import repair
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


class Aside:
    """Something done in a thread and connection of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act, self.failed = act, list[BaseException]()
        self.thread = Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        try:
            with everywhere(reason="test"):
                self.act()
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.failed.append(error)
        finally:
            connections.close_all()

    def is_done_or_waits(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return not self.thread.is_alive() or bool(cursor.fetchone()[0])

    def joined(self) -> None:
        self.thread.join(60)
        assert self.failed == []
        assert not self.thread.is_alive()


def wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(400):
        if is_so():
            return
        Event().wait(0.05)
    raise AssertionError("neither done nor waiting")


def agree() -> bool:
    with everywhere(reason="test"):
        return repair.check("leads") == []


def test_a_worker_that_writes_is_not_given_up(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wakes up late, and its write has begun when the tick comes: the tick waits, and leaves the run to it."""
    run, later = ask(tree.officer, tree.county, at), at + timedelta(minutes=11)
    real, known, is_writing, may_go, clock = tasks.write_leads, tasks.known_leads, Event(), Event(), [at]

    def slept(one: Run) -> Any:
        clock[0] = later
        return known(one)

    def slowly(*args: Any) -> None:
        is_writing.set()
        may_go.wait(60)
        real(*args)

    monkeypatch.setattr(tasks, "known_leads", slept)
    monkeypatch.setattr(tasks, "write_leads", slowly)
    worker = Aside(lambda: tasks.run_now(run.pk, now=lambda: clock[0]))
    assert is_writing.wait(60)
    handed_over: list[int] = []
    tick = Aside(lambda: handed_over.append(tasks.put_back(at=later)))
    wait_until(tick.is_done_or_waits)
    may_go.set()
    worker.joined()
    tick.joined()
    run.refresh_from_db()
    assert (handed_over, run.state, run.attempts) == ([0], RunState.DONE, 1)


def test_a_worker_that_was_given_up_writes_nothing_beside_its_live_successor(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, later = ask(tree.officer, tree.county, at), at + timedelta(minutes=11)
    real, sleeps, may_go = tasks.known_leads, Event(), Event()

    def asleep(one: Run) -> Any:
        if one.attempts == 1:
            sleeps.set()
            may_go.wait(60)
        return real(one)

    monkeypatch.setattr(tasks, "known_leads", asleep)
    first = Aside(lambda: tasks.run_now(run.pk, now=lambda: at))
    assert sleeps.wait(60)
    assert tasks.put_back(at=later) == 1
    holds, ends = Event(), Event()
    close = tasks.close_what_is_gone

    def slowly(one: Run) -> None:
        assert one.attempts == 2
        holds.set()
        ends.wait(60)
        close(one)

    monkeypatch.setattr(tasks, "close_what_is_gone", slowly)
    second = Aside(lambda: tasks.run_now(run.pk, now=lambda: later))
    assert holds.wait(60)
    may_go.set()  # the first one wakes up while the second is in its last transaction
    wait_until(first.is_done_or_waits)
    ends.set()
    first.joined()
    second.joined()
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}
    assert DBTaskResult.objects.filter(task_path="gongjia.domains.organising.tasks.run").count() == 1
    assert agree()


def test_leads_are_handed_over_beside_the_end_of_a_comparison(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared(tree.officer, tree.county, at, lists(employers=((*EDGE[:5], "500"), LARGE)))  # the next has them turned
    union = factories.organisation("浮山街道总工会", tree.county, kind="township_union")
    leads = list(Lead._base_manager.select_related("organisation").order_by("pk"))
    run = ask(tree.officer, tree.county, at)

    with everywhere(reason="test"), transaction.atomic():
        services.assign(leads=leads[:1], to=union, due_on=None, by=COMMAND, at=at)
        worker = Aside(lambda: tasks.run_now(run.pk, now=lambda: at))
        wait_until(worker.is_done_or_waits)
        services.assign(leads=leads[1:], to=union, due_on=None, by=COMMAND, at=at)
    worker.joined()
    assert set(states().values()) == {LeadState.ASSIGNED}
    assert agree()
