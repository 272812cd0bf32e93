"""Killed at each step of a founding: it goes on from where it was; nothing is doubled, no number skipped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.organisations.models import Organisation, Term
from gongjia.backbone.posts.models import Post
from gongjia.domains.founding.models import Count, Founding
from gongjia.domains.founding.tests import walk
from gongjia.domains.founding.tests.walk import Town
from gongjia.domains.founding.words import Body
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.papers.models import DocumentNumber, Paper
from gongjia.kernel.errors import Refused
from gongjia.kernel.models import AuditRow
from tests import factories

pytestmark = [pytest.mark.system("O5"), pytest.mark.django_db]


class Killed(BaseException):
    """A process that ends without a word."""


@contextmanager
def killed_at(statement: int) -> Iterator[list[str]]:
    """The process ends before its n-th statement, or does not where there are fewer; gives the statements run."""
    run: list[str] = []

    def execute(act: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):  # the test's transaction around all stands on them
            if len(run) == statement:
                raise Killed
            run.append(sql)
        return act(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield run


def _chair_counted(town: Town, one: Founding) -> None:
    walk.counted(town, one, Body.CHAIR, [3], ballots=3, present=3)


#: Every step of a founding: in which state it begins, what is done before it, and the step.
STEPS: dict[str, tuple[str, Callable[[Town, Founding], Any], Callable[[Town, Founding], Any]]] = {
    "submit": ("drafting", walk.written, lambda town, one: town.does(walk.STREET, walk.services.submit, founding=one)),
    "approve": ("requested", lambda *_: None, walk.approved),
    "plan": ("enrolling", lambda *_: None, walk.planned),
    "convene": ("planned", lambda *_: None, walk.convened),
    "count": ("counting", lambda *_: None, lambda town, one: walk.counted(town, one, Body.COMMITTEE, [24, 22, 20, 9])),
    "report": ("counting", walk.elected, walk.reported),
    "confirm": ("reported", lambda *_: None, walk.confirmed),
    "abandon": (
        "enrolling",
        lambda *_: None,
        lambda town, one: town.does(walk.COUNTY, walk.services.abandon, founding=one, reason="停业"),
    ),
}


def standing() -> dict[str, Any]:
    """What a founding leaves behind, row by row; references are drawn anew, and stand in none of it."""
    return {
        "foundings": list(Founding._base_manager.values_list("state", "version", "group_number", "result_number")),
        "index": list(MatterIndex._base_manager.values_list("state", "organisation__name", "closed_at")),
        "steps": list(Step._base_manager.order_by("pk").values_list("move", "state")),
        "organisations": sorted(Organisation._base_manager.values_list("name", "kind", "state")),
        "coverages": list(Coverage._base_manager.order_by("pk").values_list("organisation__name", "until_on")),
        "terms": list(Term._base_manager.values_list("number", "starts_on", "ends_on")),
        "posts": sorted(Post._base_manager.values_list("person__name", "role", "organisation__name")),
        "counts": list(Count._base_manager.values_list("body", "round", "lines")),
        "numbers": list(DocumentNumber._base_manager.order_by("pk").values_list("organisation__name", "text")),
        "papers": list(Paper._base_manager.order_by("pk").values_list("kind", "number__serial")),
        "audit": list(AuditRow.objects.order_by("pk").values_list("verb", flat=True)),
    }


def prepared(town: Town, name: str) -> tuple[Founding, Callable[[Town, Founding], Any]]:
    state, before, step = STEPS[name]
    one = walk.in_state(town, state)
    before(town, one)
    town.people = {who: factories.Person._base_manager.get(pk=person.pk) for who, person in town.people.items()}
    for person in town.people.values():
        factories.actor(person)  # accounts are made now, not by the step
    return one, step


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_is_killed_at_any_statement_leaves_nothing_and_is_made_again(town: Town, name: str) -> None:
    one, step = prepared(town, name)
    before = standing()
    statement = 0
    while True:
        try:
            with killed_at(statement):
                step(town, one)
        except Killed:
            assert standing() == before, f"killed before statement {statement}"
            statement += 1 + statement // 12  # every one of the first, some of the others
        else:
            break
    after = standing()
    assert statement > 8
    assert after["steps"][len(before["steps"]) :] or name == "count"
    for where in {place for place, _ in after["numbers"]}:
        mine = [text for place, text in after["numbers"] if place == where]
        assert len(set(mine)) == len(mine)
    serials = [serial for kind, serial in after["papers"] if kind in {"founding.reply", "founding.result_reply"}]
    assert serials == list(range(1, len(serials) + 1)), "no number is skipped"


@pytest.mark.parametrize("name", ["submit", "approve", "convene", "report", "confirm"])
def test_a_form_that_is_sent_again_after_a_lost_answer_changes_nothing(town: Town, name: str) -> None:
    """The step was done, the answer lost: the second sending is refused, and all stands as it did."""
    one, step = prepared(town, name)
    step(town, one)
    done = standing()
    with pytest.raises(Refused):
        step(town, one)
    assert standing() == done


_CHILD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connection, connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from datetime import datetime
from gongjia.domains.founding.tests import test_killed, walk
from gongjia.domains.founding.models import Founding
from gongjia.backbone.posts.models import Post
from tests import factories
at, statement, name = datetime.fromisoformat(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
people = {who: factories.Person._base_manager.get(pk=int(pk)) for who, pk in (each.split("=") for each in sys.argv[5:])}
town = walk.Town(tree=None, street=None, firm=None, people=people, at=at)
run = [0]
def execute(act, sql, params, many, context):
    if run[0] == statement:
        os.kill(os.getpid(), 9)
    run[0] += 1
    return act(sql, params, many, context)
with connection.execute_wrapper(execute):
    test_killed.STEPS[name][2](town, Founding._base_manager.get())
"""


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["approve", "report", "confirm"])
def test_a_process_that_is_killed_outright_leaves_nothing(town: Town, name: str) -> None:
    """The same with a process of its own and SIGKILL; the database alone knows what stands."""
    one, _ = prepared(town, name)
    before = standing()
    database = str(connection.settings_dict["NAME"])
    if "memory" in database:
        pytest.skip("a database in memory is not seen by another process")
    people = [f"{who}={person.pk}" for who, person in town.people.items()]
    statement, codes = 3, []
    while codes[-1:] != [0]:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, database, town.at.isoformat(), str(statement), name, *people],
            env={**os.environ, "GONGJIA_MODE": "test"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        codes.append(done.returncode)
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr[-2000:]
        if done.returncode:
            assert standing() == before
        statement += 11
    assert len(codes) > 3
    assert walk.again(one).state != before["foundings"][0][0]
