"""Fifty at once move, hand on and close the same voices; and a process that dies at any statement of a hand-over."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from gongjia.domains.voices import handling, services
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.tests.conftest import Desk
from gongjia.domains.voices.tests.test_handing import town_of
from gongjia.engines.casework.handing import climbing
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.models import Assignment, Forwarding
from gongjia.engines.casework.handing.words import Way
from gongjia.engines.casework.models import Deadline, MatterIndex, Step
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Stopped
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.threads import together

pytestmark = pytest.mark.system("R2")
THREADS, VOICES, ACTS = 50, 6, 4


class Killed(Exception):
    pass


def fresh(model: Any, **facts: Any) -> Any:
    return model._base_manager.select_related("organisation", "counterpart").filter(**facts).order_by("pk").last()


def one_act(draw: random.Random, voice: Voice, who: dict[str, Actor], town: Any, at: datetime) -> None:
    """Something that somebody may or may not do now."""
    sent = fresh(Forwarding, of__matter_id=voice.pk, of__flow_code=voice.flow_code, closed_at=None)
    given = fresh(Assignment, of__matter_id=voice.pk, of__flow_code=voice.flow_code, closed_at=None, is_by_clock=False)
    by: dict[str, Any] = {"at": at}
    county, street, worker = who["county"], who["street"], who["worker"]
    act = draw.randrange(9)
    if act == 0:
        handing.forward(matter=voice, to=town, words="请办", by=county, **by)
    elif act == 1 and sent:
        handing.accept(forwarding=sent, by=street, **by)
    elif act == 2 and sent:
        handing.refuse(forwarding=sent, reason="不归我们", by=street, **by)
    elif act == 3 and sent:
        handing.recall(handoff=sent, reason="发错了", by=county, **by)
    elif act == 4:
        due_on = (at + timedelta(days=9)).date()
        facts = {"issuer": voice.organisation, "to": town, "kind": Way.ASSIGN, "words": "请查", "due_on": due_on}
        handing.assign(matter=voice, by=county, **facts, **by)
    elif act == 5 and given:
        handing.answer(assignment=given, words="查了", by=street, **by)
    elif act == 6:
        handling.accept(voice=voice, by=county, **by)
    elif act == 7:
        handling.answer(voice=voice, words="已经和单位核实，工资补发到卡上。", by=county, **by)
    else:
        services.withdraw(voice=voice, by=worker, **by)


def invariants() -> None:
    """One owner, the index as the row, one forwarding at most, no clock on what is closed, no step lost."""
    for voice in Voice._base_manager.all():
        index = MatterIndex._base_manager.get(flow_code=voice.flow_code, matter_id=voice.pk)
        assert (index.state, index.organisation_id, index.closed_at) == (
            voice.state,
            voice.organisation_id,
            voice.closed_at,
        )
        open_ = Forwarding._base_manager.filter(of=index, closed_at=None).count()
        assert open_ <= (voice.closed_at is None)
        running = Deadline._base_manager.filter(matter=index, stopped_at=None)
        assert running.exists() is (voice.closed_at is None)
        moves = Counter(Step._base_manager.filter(matter=index).values_list("move", flat=True))
        assert moves["open"] == 1
        assert moves["forward_accepted"] == Forwarding._base_manager.filter(of=index, state="accepted").count()
        assert moves["forward_refused"] == Forwarding._base_manager.filter(of=index, state="refused").count()
        assert moves["forwarding"] == Forwarding._base_manager.filter(of=index).count()


def people(desk: Desk) -> tuple[dict[str, Actor], Any]:
    town, officer = town_of(desk)
    return {"county": desk.handler, "street": factories.actor(officer), "worker": desk.worker}, town


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_leave_every_voice_whole(transactional_db: None, at: datetime) -> None:
    desk = Desk.made(factories.tree(), at)
    who, town = people(desk)
    made = [desk.speak().pk for _ in range(VOICES)]

    def act(number: int) -> Counter[str]:
        draw, told = random.Random(number), Counter[str]()
        for turn in range(ACTS):
            with everywhere(reason="the locks are on trial, not the reach"):
                try:
                    if number % 10 == 0:
                        climbing.climb(at=at + timedelta(days=40))
                    voice = desk.fresh(Voice(pk=made[draw.randrange(VOICES)]))
                    one_act(draw, voice, who, town, at + timedelta(minutes=turn))
                    told["done"] += 1
                except Stopped as stopped:
                    told[type(stopped).__name__] += 1
        return told

    told = sum(together(THREADS, act), Counter[str]())
    assert told["done"] > VOICES, told
    invariants()


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["forward", "accept", "refuse"])
def test_killed_at_any_statement_nothing_is_half_handed(which: str, desk: Desk) -> None:
    """The transaction that dies leaves nothing; done again it is done once."""
    who, town = people(desk)
    made = desk.speak()
    with everywhere(reason="test"):
        sent = None
        if which != "forward":
            sent = handing.forward(matter=desk.fresh(made), to=town, words="请办", by=who["county"], at=desk.at)

        def act() -> None:
            given = fresh(Forwarding, pk=sent.pk) if sent else None
            if which == "forward":
                handing.forward(matter=desk.fresh(made), to=town, words="请办", by=who["county"], at=desk.at)
            elif which == "accept":
                handing.accept(forwarding=given, by=who["street"], at=desk.at)
            else:
                handing.refuse(forwarding=given, reason="不归我们", by=who["street"], at=desk.at)

        killed_at = 0
        while True:
            count = iter(range(10**6))

            def dying(execute: Any, sql: str, *rest: Any, at: int = killed_at, count: Any = count) -> Any:
                if next(count) == at:
                    raise Killed
                return execute(sql, *rest)

            try:
                with transaction.atomic(), connection.execute_wrapper(dying):
                    act()
            except Killed:
                invariants()
                killed_at += 1
                continue
            break
        assert killed_at > 8
        invariants()
