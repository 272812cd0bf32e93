from typing import Any

import pytest
from django.template import RequestContext, Template

from gongjia.kernel import permissions
from gongjia.kernel.actors import Actor, PostHeld
from gongjia.kernel.permissions import ANYONE, Permission, UnknownPermission
from gongjia.theme import context, menus
from gongjia.theme.apps import menu_entries_lead_somewhere, the_tree_has_a_page
from gongjia.theme.menus import MenuEntry, MenuItem

OFFICER = Actor(account_id=1, name="张敏", posts=(PostHeld(1, 1, "0001", "officer", "组织部干部"),))
MEMBER = Actor(account_id=2, person_id=2, name="王芳")


@pytest.fixture(autouse=True)
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test's own, on the two pages that the theme has."""
    monkeypatch.setattr(menus, "_entries", {face: [] for face in menus.FACES})
    monkeypatch.setattr(menus, "_unread", [])
    monkeypatch.setattr(menus, "_tree", [])
    seen = Permission("theme.see", "看样张", frozenset({"officer"}))
    monkeypatch.setattr(permissions, "_registered", {"theme.see": seen})
    menus.register(
        "work",
        MenuEntry("大字", "print-large", "text-size", order=30, group="字号"),
        MenuEntry("名册", "print-normal", "users", may="theme.see", order=10),
        MenuEntry("尚未安装", "no-such-page", "home", order=20),
        MenuEntry("公开", "print-normal", "world", may=ANYONE, order=40),
    )


def shown(request: Any, face: str = "work") -> list[str]:
    return [item.zh for item in menus.items_for(request, face)]


pytestmark = pytest.mark.urls("gongjia.theme.tests.urls")


def test_everybody_sees_what_they_may_open(asked: Any) -> None:
    assert shown(asked(actor=OFFICER)) == ["名册", "公开", "大字"]
    assert shown(asked(actor=MEMBER)) == ["公开", "大字"]
    assert shown(asked()) == ["公开"]


def test_the_page_that_is_open_is_current_and_no_other(asked: Any) -> None:
    items = menus.items_for(asked("/print/large", actor=MEMBER), "work")
    assert [item.zh for item in items if item.is_current] == ["大字"]


def test_an_unknown_permission_or_face_is_refused_when_the_room_registers() -> None:
    with pytest.raises(UnknownPermission):
        menus.register("work", MenuEntry("甲", "print-large", "home", may="no.such"))
    with pytest.raises(KeyError):
        menus.register("wrok", MenuEntry("甲", "print-large", "home"))


def test_check_names_an_entry_that_leads_nowhere_or_has_no_icon() -> None:
    menus.register("open", MenuEntry("坏图标", "print-large", "no-such-icon"))
    assert [error.id for error in menu_entries_lead_somewhere()] == ["theme.E001", "theme.E002"]


def test_a_group_stands_where_its_first_entry_stands(asked: Any) -> None:
    menus.register(
        "service",
        MenuEntry("丙", "print-large", "home", order=3, group="后"),
        MenuEntry("甲", "print-large", "home", order=1, group="前"),
        MenuEntry("乙", "print-large", "home", order=9, group="前"),
    )
    assert shown(asked(actor=MEMBER), "service") == ["甲", "乙", "丙"]


def count_unread(request: Any) -> int:
    return 7 if request.actor == MEMBER else 0


def test_unread_messages_are_counted_for_the_signed_in_only(asked: Any) -> None:
    menus.unread_comes_from(f"{__name__}.count_unread")
    assert context.face(asked(actor=MEMBER))["unread"] == 7
    assert context.face(asked())["unread"] == 0


def test_every_page_knows_its_actor_and_print_size(asked: Any) -> None:
    request = asked(actor=OFFICER)
    request.COOKIES["print_size"] = "large"
    known = context.face(request)
    assert known["large_print"] is True
    assert known["posts_zh"] == "组织部干部"
    assert known["menus"]["work"][0] == MenuItem("名册", "/print/normal", "users", "", is_current=False, unread=False)


def test_the_tree_stands_at_the_side_of_those_who_may_see_it(asked: Any) -> None:
    assert not context.face(asked(actor=OFFICER))["tree_url"]
    menus.tree_comes_from("print-normal", may="theme.see")
    assert context.face(asked(actor=OFFICER))["tree_url"] == "/print/normal"
    assert not context.face(asked(actor=MEMBER))["tree_url"]
    assert not context.face(asked())["tree_url"]
    with pytest.raises(UnknownPermission):
        menus.tree_comes_from("print-normal", may="no.such")


def test_every_page_of_officers_holds_the_tree_without_asking_for_it(asked: Any) -> None:
    menus.tree_comes_from("print-normal", may="theme.see")
    page = Template('{% extends "theme/work.html" %}')
    for actor, holds in ((OFFICER, True), (MEMBER, False)):
        drawn = page.render(RequestContext(asked(actor=actor), {"tree_at": "K7M2P9QX4D"}))
        assert ('hx-get="/print/normal?at=K7M2P9QX4D"' in drawn) is holds


def test_check_names_a_tree_that_no_page_draws() -> None:
    menus.tree_comes_from("no-such-page", may="theme.see")
    assert [error.id for error in the_tree_has_a_page()] == ["theme.E003"]


def test_who_has_several_faces_changes_between_them_in_words_and_a_member_sees_no_switch(asked: Any) -> None:
    assert menus.faces_for(asked()) == []
    menus._entries["work"].clear()
    menus.register("work", MenuEntry("名册", "print-normal", "users", may="theme.see"))
    menus.register("service", MenuEntry("首页", "print-large", "home"))
    assert menus.faces_for(asked(actor=MEMBER)) == []
    faces = menus.faces_for(asked(actor=OFFICER))
    assert [(each.zh, each.name_zh, each.url) for each in faces] == [
        ("我的", "", "/print/large"),
        ("办公", "工作网", "/print/normal"),
    ]
    page = RequestContext(asked(actor=OFFICER), context.face(asked(actor=OFFICER)))
    html = Template('{% include "theme/parts/faces.html" with here="work" %}').render(page)
    assert '<a href="/print/normal" aria-current="true">办公<span class="faces-name">（工作网）</span></a>' in html
