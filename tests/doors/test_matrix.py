"""Every route × persona × own, foreign and missing object. The expected answers stand in matrix.csv, which a person
reads when it changes: `make doors` with GONGJIA_DOORS=write writes it anew."""

import csv
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from gongjia.backbone.accounts.models import Tries
from gongjia.kernel.permissions import ANYONE, SIGNED_IN, permission
from gongjia.kernel.references import new_reference
from gongjia.kernel.routes import Route
from tests import factories
from tests.doors.city import OWN_NAME, OWN_SECRET, PUBLIC_NAME, SECRET, City, city

MATRIX = Path(__file__).with_name("matrix.csv")
PERSONAS = ("signed out", "member", "chair", "officer", "leader", "auditor", "foreign_officer", "operator")
#: Whose posts reach the whole city: the foreign county is not foreign to them.
CITY_WIDE = {"leader", "auditor", "operator"}
#: What else a route needs in its address.
ARGUMENTS = {
    "work:figure": "members",
    "openid_connect_callback": "none",
    "open:verify_token": "none",
    "casework:guest": "none",
}
#: Routes that act on the session of whoever asks; the walk would end its own sitting.
ENDS_THE_SITTING = {"signin:out", "signin:end-others", "signin:end-device"}
#: Who asks for fragments too: of the personas those whose reach ends somewhere.
ASK_BY_HTMX = ("signed out", "chair", "officer", "foreign_officer")
#: What is drawn beside a list; opened by itself it leads to the file.
BRIEFS = {"work:union_brief", "work:employer_brief", "work:member_brief"}
#: A post that opens no roster of members.
ELSEWHERE = "office_officer"
SignIn = Callable[[Client, factories.Person], Client]
pytestmark = [pytest.mark.doors, pytest.mark.filterwarnings("ignore")]


def routes() -> Iterator[tuple[str, Route]]:
    """Every route that `page` built, with its full name."""

    def walk(patterns: Any, space: str) -> Iterator[tuple[str, Route]]:
        for each in patterns:
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, f"{each.namespace}:" if each.namespace else space)
            elif isinstance(each, URLPattern) and hasattr(each.callback, "route"):
                yield f"{space}{each.name}", each.callback.route

    found = dict(walk(get_resolver().url_patterns, ""))
    return iter(sorted((name, route) for name, route in found.items() if name not in ENDS_THE_SITTING))


ALL = list(routes())


def addresses(name: str, route: Route, built: City) -> dict[str, str]:
    """The address of the own, the foreign and a missing object; "" where a route has none."""
    if route.subject is None:
        return {"": reverse(name, args=[ARGUMENTS[name]] if name in ARGUMENTS else [])}
    own, foreign = built.own[route.subject], built.foreign[route.subject]
    references = {"own": own.reference, "foreign": foreign.reference, "missing": new_reference()}
    return {which: reverse(name, args=[reference]) for which, reference in references.items()}


def test_every_route_that_fetches_an_object_is_walked(db: None, at: datetime) -> None:
    built = city(at)
    wanted = {route.subject for _, route in ALL if route.subject is not None}
    assert wanted <= built.own.keys() | built.foreign.keys()


@pytest.mark.parametrize("persona", PERSONAS)
def test_what_each_persona_gets(db: None, at: datetime, client: Client, sign_in: SignIn, persona: str) -> None:
    built = city(at)
    if persona != "signed out":
        sign_in(client, getattr(built.tree, persona))
    client.raise_request_exception = False
    answers: dict[tuple[str, str, str], str] = {}
    missing: dict[str, bytes] = {}
    leaks: list[str] = []
    for method, name, route in [(method, *each) for method in ("GET", "POST") for each in ALL]:
        if method not in route.methods:
            continue
        for which, address in addresses(name, route, built).items():
            Tries.objects.all().delete()  # limits are another test's matter
            response = client.generic(method, address)
            answers[name, method, which] = str(response.status_code)
            leaks += leaks_in(body_of(response), name, route, which, method, persona)
            if response.status_code == 404:
                missing[f"{method} {name} {which}"] = response.content
    assert leaks == []
    assert {key for key, status in answers.items() if status.startswith("5")} == set()
    assert len(set(missing.values())) <= 1, "a missing page tells nothing: the same to the byte"
    compare_with_file(persona, answers)


@pytest.mark.parametrize("persona", ASK_BY_HTMX)
def test_a_fragment_opens_no_door_that_its_page_keeps_shut(
    db: None, at: datetime, client: Client, sign_in: SignIn, persona: str
) -> None:
    """Every page for reading asked for by HTMX: the same answer as without, but for what is a fragment only then."""
    built = city(at)
    if persona != "signed out":
        sign_in(client, getattr(built.tree, persona))
    client.raise_request_exception = False
    rows, wrong = read_file(), []
    for name, route in ALL:
        if "GET" not in route.methods:
            continue
        for which, address in addresses(name, route, built).items():
            Tries.objects.all().delete()  # limits are another test's matter
            response = client.get(address, HTTP_HX_REQUEST="true")
            wrong += leaks_in(body_of(response), name, route, which, "HTMX", persona)
            page = rows.get((name, "GET", which), {}).get(
                persona, ""
            )  # what the file lacks, the walk without HTMX says
            if page and response.status_code not in by_htmx(page, name):
                wrong.append(f"{name} {which}: {response.status_code} where the page answers {page}")
    assert wrong == []


def by_htmx(page: str, name: str) -> set[int]:
    """What a fragment may answer where the page answers `page`: a redirect is told to HTMX in a heading (204), and what
    stands beside a list is drawn where its address alone only leads to the file."""
    return {200, 204} if page == "302" and name in BRIEFS else {302, 204} if page == "302" else {int(page)}


def test_two_posts_in_two_counties_do_not_lend_each_other_their_rights(
    db: None, at: datetime, client: Client, sign_in: SignIn
) -> None:
    """A chair of the own county who holds, over the foreign one, a post that opens no roster."""
    built = city(at)
    assert ELSEWHERE not in permission("memberships.see").roles
    somebody = built.tree.chair
    factories.post(somebody, built.tree.foreign_county, ELSEWHERE)
    sign_in(client, somebody)
    client.raise_request_exception = False
    member = f"李{SECRET}"
    wrong: list[str] = []
    search = reverse("work:search") + f"?{urlencode({'q': member[:3]})}"
    for name, route, which, address in [*_reading(built), ("work:search", None, "", search)]:
        Tries.objects.all().delete()
        response = client.get(address)
        wrong += [f"{name} {which} names the member"] if member in body_of(response) else []
        if route is None or route.may in {ANYONE, SIGNED_IN} or which in {"", "missing"}:
            continue
        roles = permission(route.may).roles
        holds = ELSEWHERE in roles if which == "foreign" else "chair" in roles
        if not holds and response.status_code not in {403, 404}:
            wrong.append(f"{name} {which}: {response.status_code}")
    assert wrong == []


def _reading(built: City) -> Iterator[tuple[str, Route | None, str, str]]:
    """Every address of a page for reading, with its route and which object it is of."""
    for name, route in ALL:
        if "GET" in route.methods:
            for which, address in addresses(name, route, built).items():
                yield name, route, which, address


def body_of(response: Any) -> str:
    parts = response.streaming_content if response.streaming else [response.content]
    return b"".join(parts).decode(errors="replace") + str(response.headers)


def leaks_in(text: str, name: str, route: Route, which: str, method: str, persona: str) -> list[str]:
    """Marks of the other county in an answer to somebody whose reach ends before it."""
    if persona in CITY_WIDE:
        return []
    is_public = route.may in {ANYONE, SIGNED_IN}
    secret, public_name = (OWN_SECRET, OWN_NAME) if persona == "foreign_officer" else (SECRET, PUBLIC_NAME)
    found = [secret] if secret in text else []
    found += [public_name] if public_name in text and not is_public else []
    return [f"{persona}: {method} {name} {which}: {mark}" for mark in found]


def compare_with_file(persona: str, answers: dict[tuple[str, str, str], str]) -> None:
    rows = read_file()
    if os.environ.get("GONGJIA_DOORS") == "write":
        for key, status in answers.items():
            rows.setdefault(key, {})[persona] = status
        kept = {key: rows[key] for key in sorted(rows) if key[0] in dict(ALL)}
        with MATRIX.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["route", "method", "object", *PERSONAS])
            writer.writerows([*key, *(row.get(each, "") for each in PERSONAS)] for key, row in kept.items())
        return
    expected = {key: row[persona] for key, row in rows.items()}
    assert answers == expected


def read_file() -> dict[tuple[str, str, str], dict[str, str]]:
    if not MATRIX.exists():
        return {}
    with MATRIX.open(encoding="utf-8", newline="") as source:
        return {(row["route"], row["method"], row["object"]): row for row in csv.DictReader(source)}


@pytest.mark.parametrize("persona", [each for each in PERSONAS if each not in CITY_WIDE])
def test_the_file_itself_opens_no_foreign_door(persona: str) -> None:
    """Whatever the file says: a foreign or missing object is 404 (302 signed out) where a permission is needed."""
    needs = {name for name, route in ALL if route.may not in {ANYONE, SIGNED_IN}}
    rows = read_file()
    assert rows
    shut = "302" if persona == "signed out" else "404"
    for (name, method, which), row in rows.items():
        if name in needs and which == "missing":
            assert row[persona] == shut, (name, method)
        if name in needs and which == "foreign" and persona != "foreign_officer":
            assert row[persona] == shut, (name, method)
        if name in needs and which == "own" and persona in {"foreign_officer", "signed out"}:
            assert row[persona] == shut, (name, method)
        if name in needs and persona == "member":
            assert row[persona] in {"404", "403"}, (name, method)


def test_a_route_without_a_permission_does_not_build() -> None:
    from gongjia.kernel.permissions import UnknownPermission
    from gongjia.kernel.routes import page

    with pytest.raises(TypeError):
        page("x/", lambda request: None, name="x")  # type: ignore[call-arg, arg-type, return-value]
    with pytest.raises(UnknownPermission):
        page("x/", lambda request: None, may="no.such", name="x")  # type: ignore[arg-type, return-value]
