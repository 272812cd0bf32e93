"""An address is built with its permission: the signed out, the far, the unauthorised, the purposeless."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches

from config import urls as whole_house
from gongjia.kernel import clock, logs, middleware, reach, routes
from gongjia.kernel.errors import Gone, Refused, TooFast
from gongjia.kernel.permissions import ANYONE, SIGNED_IN, Permission, UnknownPermission, register
from gongjia.kernel.requests import Request
from gongjia.kernel.routes import page
from tests.factories import Membership, Organisation, Post, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1"), pytest.mark.usefixtures("registries")]


def organisation(reference: str) -> Organisation:
    return Organisation.objects.get(reference=reference)


def shows(request: Request, subject: Any = None) -> HttpResponse:
    """What the view sees: its subject, its reach, the purpose."""
    subtrees = ",".join(reach.current().subtrees)
    return HttpResponse(f"{subject}|{subtrees}|{reach.current().person_id}|{request.actor.purpose}|{request.number}")


def raises(request: Request) -> HttpResponse:
    what: dict[str, Exception] = {
        "refused": Refused("单位已有工会"),
        "gone": Gone("活动已结束"),
        "fast": TooFast("太快了", wait_seconds=9),
        "broken": ZeroDivisionError(),
    }
    raise what[request.GET["what"]]


def meets_a_move(request: Request) -> HttpResponse:
    """The first time, the actor's union goes to another county before the page has read it."""
    if not moved:
        with reach.beyond():
            union, county = (Organisation.objects.get(name=name) for name in (request.GET["union"], request.GET["to"]))
            union.move(county, "last-child")
        moved.append(union.pk)
    return HttpResponse(Organisation.objects.get(path=request.actor.posts[0].path).name)


moved: list[int] = []


@pytest.fixture(autouse=True)
def _pages(registries: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    register(Permission("tests.see", "查看测试单位", frozenset({"chair", "organisation_officer"})))
    urls: Any = ModuleType("urls_of_these_tests")
    urls.urlpatterns = [
        page("o/<ref:reference>/", shows, may="tests.see", name="tests-one", subject=organisation),
        page("p/<ref:reference>/", shows, may="tests.see", name="tests-why", subject=organisation, purpose=True),
        page("public/<ref:reference>/", shows, may=ANYONE, name="tests-public", subject=organisation),
        page("all/", shows, may="tests.see", name="tests-all"),
        page("me/", shows, may=SIGNED_IN, name="tests-me"),
        page("open/", shows, may=ANYONE, name="tests-open", methods=("GET", "HEAD")),
        page("moves/", meets_a_move, may=SIGNED_IN, name="tests-moves"),
        page("raises/", raises, may=ANYONE, name="tests-raises"),
    ]
    for name in ("handler400", "handler403", "handler404", "handler500"):
        setattr(urls, name, getattr(whole_house, name))
    settings.ROOT_URLCONF = urls
    clear_url_caches()
    moved.clear()
    yield
    clear_url_caches()


@pytest.fixture
def chair(tree: Tree, sign_in: Callable[..., Client]) -> Client:
    return sign_in(Client(raise_request_exception=False), tree.chair)


# ── built ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_without_a_permission_cannot_be_built() -> None:
    with pytest.raises(TypeError):
        page("x/", shows, name="tests-x")  # type: ignore[call-arg]
    with pytest.raises(UnknownPermission):
        page("x/", shows, may="tests.unheard_of", name="tests-x")


def test_what_was_built_is_listed_for_the_doors() -> None:
    listed = {each.name: each for each in routes.registered()}
    assert listed["tests-why"].purpose
    assert listed["tests-one"].subject is organisation
    assert (listed["tests-open"].may, listed["tests-open"].methods) == (ANYONE, ("GET", "HEAD"))


# ── opened ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/all/", "/me/", "/o/{reference}/"])
def test_the_signed_out_are_sent_to_sign_in_and_back(tree: Tree, path: str) -> None:
    path = path.format(reference=tree.union.reference)
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/signin/?next={path.replace('/', '%2F')}"
    fragment = Client().get(path, headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/signin/")


def test_whoever_is_signed_out_learns_nothing_of_what_exists(tree: Tree) -> None:
    there, missing = (Client().get(f"/o/{each}/") for each in (tree.union.reference, "0000000000"))
    assert (there.status_code, missing.status_code) == (302, 302)


def test_in_reach_and_with_the_role_it_opens(tree: Tree, chair: Client) -> None:
    answer = chair.get(f"/o/{tree.union.reference}/")
    assert answer.status_code == 200
    assert answer.content.decode().startswith(f"{tree.union.name}|{tree.union.path}|None||")


def test_outside_the_reach_and_missing_are_the_same_to_the_byte(tree: Tree, chair: Client) -> None:
    answers = [
        chair.get(f"/o/{each}/")
        for each in (tree.foreign_union.reference, tree.county.reference, "ABCDEFGHJ7", "0000000000")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_reference_with_a_wrong_check_sign_is_no_address(tree: Tree, chair: Client) -> None:
    wrong = tree.union.reference[:-1] + ("1" if tree.union.reference[-1] != "1" else "2")
    assert chair.get(f"/o/{wrong}/").status_code == 404
    assert chair.get(f"/o/{tree.union.reference.lower()}/").status_code == 200


def test_in_reach_without_the_role_is_403_and_says_what_is_needed(tree: Tree, sign_in: Callable[..., Client]) -> None:
    leader = sign_in(Client(), tree.leader)
    answer = leader.get(f"/o/{tree.union.reference}/")
    assert answer.status_code == 403
    assert "查看测试单位" in answer.content.decode()
    assert leader.get("/all/").status_code == 403


def test_the_view_runs_in_the_reach_of_the_permission_and_no_wider(tree: Tree, chair: Client) -> None:
    assert chair.get("/all/").content.decode().split("|")[1:3] == [tree.union.path, "None"]
    assert chair.get("/me/").content.decode().split("|")[1:3] == ["", str(tree.chair.pk)]
    assert chair.get("/open/").content.decode().split("|")[1:3] == ["", "None"]


def test_after_the_view_there_is_no_reach(tree: Tree, chair: Client) -> None:
    chair.get("/all/")
    with pytest.raises(reach.OutOfReach):
        Membership.objects.all()


def test_a_post_that_has_ended_opens_nothing(tree: Tree, chair: Client) -> None:
    assert chair.get("/all/").status_code == 200
    Post._base_manager.filter(person=tree.chair).update(until_on="2020-02-01")
    assert chair.get("/all/").status_code == 403
    assert chair.get(f"/o/{tree.union.reference}/").status_code == 404


def test_a_page_that_the_tree_moved_under_is_made_again_in_the_new_place(tree: Tree, chair: Client) -> None:
    names = {"union": tree.union.name, "to": tree.foreign_county.name}
    answer = chair.get("/moves/", names)
    assert (answer.status_code, answer.content.decode(), len(moved)) == (200, tree.union.name, 1)
    moved.clear()
    assert chair.post("/moves/?" + urlencode({**names, "to": tree.county.name})).status_code == 500


def test_the_public_door_opens_without_sign_in_for_what_is_public(tree: Tree) -> None:
    assert Client().get(f"/public/{tree.union.reference}/").status_code == 200
    Organisation._base_manager.filter(pk=tree.union.pk).update(state="dissolved")
    assert Client().get(f"/public/{tree.union.reference}/").status_code == 404


def test_another_method_is_405(chair: Client) -> None:
    assert chair.delete("/all/").status_code == 405
    assert Client().post("/open/")["Allow"] == "GET, HEAD"


# ── the purpose ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sensitive_page_asks_why_and_remembers_for_half_an_hour(
    tree: Tree, chair: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/p/{tree.union.reference}/"
    asked = chair.get(address)
    assert asked.status_code == 403
    assert "用途" in asked.content.decode()
    assert chair.post(address, {"purpose": "curiosity"}).status_code == 403
    stated = chair.post(address, {"purpose": "verify"})
    assert (stated.status_code, stated["Location"]) == (303, address)
    assert chair.get(address).content.decode().split("|")[3] == "verify"
    assert chair.get(address).content.decode().split("|")[3] == "verify"

    now = clock.now()
    monkeypatch.setattr(middleware.clock, "now", lambda: now + timedelta(minutes=29))
    assert chair.get(address).status_code == 200
    monkeypatch.setattr(middleware.clock, "now", lambda: now + timedelta(minutes=31))
    assert chair.get(address).status_code == 403


def test_a_purpose_is_asked_after_reach_and_role(tree: Tree, chair: Client, sign_in: Callable[..., Client]) -> None:
    assert chair.get(f"/p/{tree.foreign_union.reference}/").status_code == 404
    leader = sign_in(Client(), tree.leader)
    assert "查看测试单位" in leader.get(f"/p/{tree.union.reference}/").content.decode()


# ── stopped ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("what", "status", "word"),
    [
        ("refused", 409, "单位已有工会"),
        ("gone", 410, "活动已结束"),
        ("fast", 429, "太快了"),
        ("broken", 500, "没有保存"),
    ],
)
def test_what_stops_a_request_has_a_page(what: str, status: int, word: str) -> None:
    answer = Client(raise_request_exception=False).get("/raises/", {"what": what})
    assert answer.status_code == status
    assert word in answer.content.decode()


def test_the_page_of_a_failure_shows_the_number_that_the_log_carries(caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(raise_request_exception=False).get("/raises/", {"what": "broken"})
    assert logs.number() in answer.content.decode()
