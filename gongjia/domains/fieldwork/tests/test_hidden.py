"""A plan is invisible to the place that it names: on every page, in every search, figure, list, message and event,
until the visit has begun there; and what it says, where else one goes and who spoke stays hidden afterwards."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.accounts.models import Tries
from gongjia.domains.fieldwork.permissions import PLAN
from gongjia.domains.fieldwork.places import Place
from gongjia.domains.fieldwork.tests.conftest import PURPOSE, Field, doing
from gongjia.domains.fieldwork.visits import services
from gongjia.domains.fieldwork.visits.models import FieldVisit, VisitPlan
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.figures.models import Change
from gongjia.engines.messages.models import Message
from gongjia.kernel.models import Event
from gongjia.kernel.permissions import ANYONE
from tests import factories
from tests.doors.test_matrix import ARGUMENTS, ENDS_THE_SITTING, body_of, routes

pytestmark = [pytest.mark.system("T5"), pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]
SignIn = Callable[[Client, Any], Client]
#: What changes from one look to the next without anybody's doing: tokens, keys of forms, nonces, numbers of requests.
_NEW_EACH_TIME = re.compile(
    r'(name="(csrfmiddlewaretoken|key)" value|value|nonce|content|id|for|href|src|X-CSRFToken)[":= ]+'
    r'"?[A-Za-z0-9%_./?=&;-]{16,}"?'
)
#: So few pages differ at each look, whatever happens (they carry codes that are signed anew).
MOST_RESTLESS = 6


def pages(field: Field) -> Iterator[tuple[str, str]]:
    """Every address that needs no object, each search for the marks of a plan, and every object of this room."""
    tree = field.tree
    for name, route in routes():
        if "GET" in route.methods and name not in ENDS_THE_SITTING and route.subject is None:
            yield name, reverse(name, args=[ARGUMENTS[name]] if name in ARGUMENTS else [])
    for words in (PURPOSE[:2], PURPOSE, "走访", tree.union.name[:4], tree.officer.name):
        for name in ("work:search", "open:unions", "work:unions", "fieldwork:observations", "fieldwork:contacts"):
            yield f"{name} {words}", f"{reverse(name)}?{urlencode({'q': words, 'find': words})}"
    for code in ("field_visits", "observations"):
        yield f"figure {code}", reverse("work:figure", args=[code])
    for name in ("work:union", "open:union", "homes:union"):
        yield name, reverse(name, args=[tree.union.reference])
    for tab in ("given", "late", "all"):
        yield f"found {tab}", f"{reverse('fieldwork:observations')}?tab={tab}"


def seen(client: Client, field: Field) -> dict[str, str]:
    bodies = {}
    for name, address in pages(field):
        Tries.objects.all().delete()  # limits are another test's matter
        bodies[f"{name} {address}"] = body_of(client.get(address))
    return bodies


def still(body: str) -> str:
    return _NEW_EACH_TIME.sub("", re.sub(r"'X-Request[^)]*\)|Set-Cookie.*|[a-f0-9]{8,}", "", body))


def made_of(field: Field) -> VisitPlan:
    """A plan with the union and an employer elsewhere."""
    lone = factories.employer("密语第二站样例厂", field.tree.county)
    return field.plan(Place(field.tree.union), Place(None, lone))


@pytest.mark.parametrize("who", ["chair", "member", "signed out", "foreign_officer"])
def test_no_page_tells_of_a_plan_before_the_visit_has_begun(
    field: Field, client: Client, sign_in: SignIn, who: str
) -> None:
    client.raise_request_exception = False
    if who != "signed out":
        sign_in(client, getattr(field.tree, who))
    factories.employer("密语第二站样例厂", field.tree.county)
    seen(client, field)  # the first look marks messages as read and the like
    looks = [{name: still(body) for name, body in seen(client, field).items()} for _ in range(2)]
    before = {name: body for name, body in looks[0].items() if looks[1][name] == body}
    assert len(before) >= len(looks[0]) - MOST_RESTLESS
    assert len(before) > 60
    plan = field.plan()
    visit = field.visit(plan)
    after = seen(client, field)
    marks = (PURPOSE, plan.reference, visit.reference)
    told = [(name, mark) for name, body in after.items() for mark in marks if mark in body and mark != PURPOSE]
    told += [(name, PURPOSE) for name, body in after.items() if PURPOSE in body and PURPOSE not in name]
    assert told == []
    assert [name for name, body in before.items() if still(after[name]) != body] == []


@pytest.mark.parametrize("who", ["chair", "foreign_officer", "member"])
def test_no_address_of_it_opens(field: Field, client: Client, sign_in: SignIn, who: str) -> None:
    plan = field.plan()
    visit = field.visit(plan)
    sign_in(client, getattr(field.tree, who))
    client.raise_request_exception = False
    missing = client.get(reverse("fieldwork:plan", args=[visit.reference])).content
    for name, route in routes():
        if not name.startswith("fieldwork:") or route.subject is None or route.may == ANYONE:
            continue
        for each in (plan, visit):
            for method in set(route.methods) & {"GET", "POST"}:
                answer = client.generic(method, reverse(name, args=[each.reference]))
                assert answer.status_code == 404, (name, method)
                assert answer.content == missing, "a page that is hidden and one that is not there are the same"


def test_planning_leaves_no_message_event_matter_or_figure(field: Field) -> None:
    counts = [model._base_manager.count() for model in (Message, Event, MatterIndex, Change)]
    plan = made_of(field)
    doing(field.officer, services.drop_plan, PLAN, plan=field.plan(), at=field.at)
    assert VisitPlan._base_manager.filter(pk=plan.pk).exists()
    assert [model._base_manager.count() for model in (Message, Event, MatterIndex, Change)] == counts


def test_who_serves_above_and_at_the_place_does_not_see_through_the_one_post_what_is_hidden_from_the_other(
    field: Field, client: Client, sign_in: SignIn
) -> None:
    plan = field.plan()
    visit = field.visit(plan)
    factories.post(field.colleague, field.tree.union, "chair")
    sign_in(client, field.colleague)
    assert PURPOSE not in body_of(client.get(reverse("fieldwork:plans")))
    for name in ("plan", "plan_places", "plan_drop"):
        assert client.get(reverse(f"fieldwork:{name}", args=[plan.reference])).status_code == 404
    for name in ("visit", "record", "observe", "suggest_on_visit"):
        assert client.get(reverse(f"fieldwork:{name}", args=[visit.reference])).status_code == 404


def test_those_above_see_it(field: Field, client: Client, sign_in: SignIn) -> None:
    plan = field.plan()
    for who in (field.tree.officer, field.tree.leader, field.tree.auditor):
        sign_in(client, who)
        assert PURPOSE in body_of(client.get(reverse("fieldwork:plans")))
        assert field.tree.union.name in body_of(client.get(reverse("fieldwork:plan", args=[plan.reference])))


def test_once_begun_the_place_sees_the_visit_and_its_findings_and_nothing_else(
    field: Field, client: Client, sign_in: SignIn, at: datetime
) -> None:
    plan = made_of(field)
    visit = FieldVisit._base_manager.select_related("organisation", "union").get(plan=plan, union=field.tree.union)
    doing(
        field.officer, services.record_visit, PLAN, visit=visit, arrived_at=at, answers={"0": "no"},
        spoken={"workers": 2}, spoken_names="密语李工", words="密语食堂的事", observations=[field.seen()], at=at,
    )  # fmt: skip
    sign_in(client, field.tree.chair)
    address = reverse("fieldwork:visit", args=[visit.reference])
    shown = body_of(client.get(address))
    assert "驿站中午不开门" in shown
    assert "密语" not in shown
    assert plan.reference not in shown
    assert client.get(reverse("fieldwork:plan", args=[plan.reference])).status_code == 404
    other = FieldVisit._base_manager.get(plan=plan, employer__isnull=False)
    assert client.get(reverse("fieldwork:visit", args=[other.reference])).status_code == 404
    everywhere = "".join(body for name, body in seen(client, field).items() if "密语" not in name)
    assert PURPOSE not in everywhere
    assert "密语第二站" not in everywhere
    sign_in(client, field.tree.officer)
    assert "密语李工" in body_of(client.get(address))
