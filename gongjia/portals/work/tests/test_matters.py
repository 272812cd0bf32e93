"""The work list across all matters, and a union's week."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.domains.enrolment.models import Application
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.messages.models import Direction, Message
from tests import factories

pytestmark = [pytest.mark.system("G3"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]
MOST_QUERIES = 8


def body(response: Any) -> str:
    return str(response.content.decode())


def waits(organisation: factories.Organisation, at: datetime, *, title: str, **facts: Any) -> MatterIndex:
    """An application that waits for a union, by its index row."""
    number = MatterIndex._base_manager.count() + 1
    facts = {"flow_code": Application.flow_code, "state": "submitted", "opened_at": at, "moved_at": at, **facts}
    facts = {"matter_id": number, "reference": f"M{number:09}", "holder": organisation, **facts}
    return MatterIndex._base_manager.create(organisation=organisation, title=title, **facts)


@pytest.fixture
def three(tree: factories.Tree, at: datetime) -> None:
    waits(tree.union, at, title="没有期限的一件")
    waits(tree.union, at, title="后天到期的一件", due_at=at + timedelta(days=2))
    waits(tree.union, at, title="已经超期的一件", due_at=at - timedelta(days=1))
    waits(tree.union, at, title="等本人的一件", state="returned", holder=None)
    waits(tree.union, at, title="办完的一件", state="approved", closed_at=at)
    waits(tree.foreign_union, at, title="外县的一件")


def titles(client: Client, **asked: str) -> list[str]:
    return [each.title for each in client.get(reverse("work:matters"), asked).context["page"].rows]


def test_what_waits_for_a_union_stands_the_most_urgent_first(
    tree: factories.Tree, three: None, sign_in: SignIn
) -> None:
    chair = sign_in(Client(), tree.chair)
    assert titles(chair) == ["已经超期的一件", "后天到期的一件", "没有期限的一件"]


def test_nothing_waits_for_who_may_make_no_move(tree: factories.Tree, three: None, sign_in: SignIn) -> None:
    assert titles(sign_in(Client(), tree.leader)) == []
    assert titles(sign_in(Client(), tree.foreign_officer)) == []
    assert titles(sign_in(Client(), tree.foreign_officer), scope="all") == ["外县的一件"]
    assert sign_in(Client(), tree.member).get(reverse("work:matters")).status_code == 403


def test_the_list_is_narrowed_by_term_and_kind(
    tree: factories.Tree, three: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at)
    chair = sign_in(Client(), tree.chair)
    assert titles(chair, only="late") == ["已经超期的一件"]
    assert titles(chair, only="soon") == ["后天到期的一件"]
    assert len(titles(chair, kind=Application.flow_code)) == 3


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_at_one_row_and_at_thirty(
    count: int, tree: factories.Tree, at: datetime, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(count):
        waits(tree.union, at, title=f"第{number}件", due_at=at + timedelta(days=number))
    chair = sign_in(Client(), tree.chair)
    with django_assert_max_num_queries(MOST_QUERIES):
        chair.get(reverse("work:matters"))


def test_a_week_shows_each_day_what_is_late_and_what_came_about(
    tree: factories.Tree,
    three: None,
    at: datetime,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
) -> None:
    monkeypatch.setattr("gongjia.kernel.clock.now", lambda: at)
    facts = {"person": tree.member, "organisation": tree.union, "direction": Direction.UP, "sent_at": at}
    Message._base_manager.create(title="夜班吃不上热菜", body="夜班吃不上热菜", **facts)
    factories.membership(factories.person("新来的"), tree.union, from_on=at.date(), joined_on=at.date())
    chair = sign_in(Client(), tree.chair)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = chair.get(reverse("work:week"))
    days = {day.zh: [each.zh for each in day.entries] for day in response.context["days"]}
    assert days["已经超期"] == ["已经超期的一件"]
    assert days["星期日"] == ["后天到期的一件"]
    assert days["星期五" if "星期五" in days else "今天"] == []
    assert days["星期四"] == []
    assert [each.zh for each in response.context["later"]] == ["没有期限的一件", "回复王芳的留言：夜班吃不上热菜"]
    assert "新来的" in body(response)
    assert "王芳" not in [each["name"] for each in response.context["lately"]]


def test_a_quiet_week_says_so(tree: factories.Tree, sign_in: SignIn) -> None:
    assert "这一周没有等您办的事" in body(sign_in(Client(), tree.chair).get(reverse("work:week")))
