"""`gongjia tick`: what must be prompt does not stand in line behind what takes long."""

from datetime import datetime, timedelta
from threading import Event, Thread

import pytest

from gongjia.command import tick
from gongjia.kernel import ticks


@pytest.mark.django_db(transaction=True)
def test_what_is_prompt_does_not_wait_for_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece of work that does not end until it is told to."""
    monkeypatch.setattr(ticks, "_registered", {})
    began, may_end, seen = Event(), Event(), Event()

    @ticks.every(timedelta(hours=1), name="tests.a_long_one", aside=True)
    def long(*, at: datetime) -> None:
        began.set()
        may_end.wait(60)

    @ticks.every(timedelta(0), name="tests.prompt")
    def prompt(*, at: datetime) -> None:
        if began.is_set():
            seen.set()

    stop = Event()
    monkeypatch.setattr(tick, "SECONDS", 0.02)
    lines = [Thread(target=tick._turns, args=(stop,), kwargs={"aside": aside}) for aside in (True, False)]
    for line in lines:
        line.start()
    was_prompt = seen.wait(30)
    may_end.set()
    stop.set()
    for line in lines:
        line.join(30)
    assert was_prompt


def test_the_seal_waits_behind_nothing_that_takes_long() -> None:
    aside = {each.name for each in ticks.registered() if each.aside}
    assert {"events.sweep", "figures.check"} <= aside
    assert "audit.seal" not in aside
