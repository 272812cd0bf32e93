"""`gongjia retry`: what was given up is put into the line again."""

from datetime import datetime

import pytest

from gongjia.command import retry
from gongjia.kernel.models import Event


@pytest.fixture
def given_up(db: None, at: datetime) -> Event:
    return Event.objects.create(
        name="messages.to_send",
        handler="gongjia.engines.messages.handlers.send",
        key="k",
        created_at=at,
        due_at=at,
        state=Event.State.FAILED,
        attempts=8,
    )


def test_what_was_given_up_waits_again(given_up: Event, capsys: pytest.CaptureFixture[str]) -> None:
    assert retry.run(["--event", "messages.to_send"]) == 0
    assert "1 件重新排队" in capsys.readouterr().out
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts) == (Event.State.WAITING, 0)
    assert retry.run([]) == 0
    assert "没有试了多次没有做成的事项" in capsys.readouterr().out


def test_an_event_that_does_not_exist_is_said(given_up: Event, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        retry.run(["--event", "messages.to_sent"])
    assert "没有叫“messages.to_sent”的事件" in capsys.readouterr().err
