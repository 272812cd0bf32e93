"""Letters on the union's side: read and answered by whom they were written to."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from gongjia.backbone.posts.words import Role
from gongjia.engines.messages.models import Message
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.permissions import SIGNED_IN, permission
from gongjia.kernel.reach import entering, everywhere
from gongjia.portals.liaison import services
from gongjia.portals.service import services as service
from tests import factories

pytestmark = [pytest.mark.system("G3"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8


def write(person: factories.Person, at: datetime, body: str = "夜班吃不上热菜") -> Message:
    actor = factories.actor(person)
    with entering(actor.reach(SIGNED_IN)):
        return service.write(body=body, about="", by=actor, at=at)


@pytest.fixture
def letter(tree: factories.Tree, at: datetime) -> Message:
    return write(tree.member, at)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_workers_are_led_to_their_messages_and_officers_to_their_letters(tree: factories.Tree, sign_in: SignIn) -> None:
    assert sign_in(Client(), tree.member).get("/liaison/").url == "/my/messages/"
    assert sign_in(Client(), tree.chair).get("/liaison/").url == "/liaison/letters/"


def test_a_chair_reads_and_answers_and_the_worker_sees_both(
    tree: factories.Tree, letter: Message, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    chair, phone = sign_in(Client(), tree.chair), sign_in(Client(), tree.member)
    thread = f"/my/messages/{letter.reference}/"
    assert "工会还没有打开" in text_of(phone.get(thread))
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "夜班吃不上热菜" in text_of(chair.get("/liaison/letters/"))
    address = f"/liaison/letters/{letter.reference}/"
    assert "夜班吃不上热菜" in text_of(chair.get(address))
    assert "已经看到" in text_of(phone.get(thread))
    assert chair.post(address, {"body": "  "}).status_code == 422
    assert chair.post(address, {"body": "明天起留一个窗口", "key": "a"}).url == "/liaison/letters/"
    assert chair.post(address, {"body": "明天起留一个窗口", "key": "a"}).url == "/liaison/letters/"
    assert Message._base_manager.filter(direction="down").count() == 1
    shown = text_of(phone.get(thread))
    assert "明天起留一个窗口" in shown
    assert "工会已经回复" in shown
    assert "没有等待回复的留言" in text_of(chair.get("/liaison/letters/"))
    assert "已回复" in text_of(chair.get("/liaison/letters/?tab=all"))


def test_of_two_letters_the_one_that_was_answered_is_shown_so_to_both_sides(
    tree: factories.Tree, letter: Message, sign_in: SignIn, at: datetime
) -> None:
    other = write(tree.member, at + timedelta(minutes=5), "工资条看不懂")
    chair, phone = sign_in(Client(), tree.chair), sign_in(Client(), tree.member)
    chair.post(f"/liaison/letters/{other.reference}/", {"body": "财务下午来讲", "key": "a"})
    shown = text_of(phone.get(f"/my/messages/{letter.reference}/"))
    assert shown.count("工会已经回复") == 1
    assert shown.index("工资条看不懂") < shown.index("工会已经回复") < shown.index("夜班吃不上热菜")
    waiting = text_of(chair.get("/liaison/letters/"))
    assert "夜班吃不上热菜" in waiting
    assert "工资条看不懂" not in waiting
    assert "回复这一封" in text_of(chair.get(f"/liaison/letters/{other.reference}/"))


def test_letters_that_wait_stand_first_and_the_oldest_of_them_on_top(
    tree: factories.Tree, sign_in: SignIn, at: datetime
) -> None:
    write(tree.member, at, "后来的")
    write(tree.member, at - timedelta(days=3), "早先的")
    shown = text_of(sign_in(Client(), tree.chair).get("/liaison/letters/"))
    assert shown.index("早先的") < shown.index("后来的")


def test_those_above_see_how_many_wait_and_never_what_they_say(
    tree: factories.Tree, letter: Message, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    county = sign_in(Client(), tree.officer)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(county.get("/liaison/letters/"))
    assert "青禾样例制衣工会委员会" in shown
    assert "夜班" not in shown
    assert "夜班" not in text_of(county.get("/liaison/letters/?tab=all"))
    assert county.get(f"/liaison/letters/{letter.reference}/").status_code == 404
    other = sign_in(Client(), tree.foreign_officer)
    assert "青禾样例制衣" not in text_of(other.get("/liaison/letters/"))


def test_only_the_union_that_was_written_to_may_answer(tree: factories.Tree, letter: Message, at: datetime) -> None:
    with everywhere(reason="past the reach the verb itself holds"):
        with pytest.raises(Refused, match="写给另一个工会"):
            services.answer(letter=letter, body="代答", by=factories.actor(tree.officer), at=at)
        for person in (tree.foreign_officer, tree.member, tree.leader, tree.auditor):
            with pytest.raises(Forbidden):
                services.answer(letter=letter, body="代答", by=factories.actor(person), at=at)


def test_a_post_without_the_right_does_not_open_the_letters(
    tree: factories.Tree, letter: Message, sign_in: SignIn
) -> None:
    assert Role.FUND_AUDITOR not in permission("liaison.answer").roles
    auditor = factories.person("白小满")
    factories.post(auditor, tree.union, Role.FUND_AUDITOR)
    client = sign_in(Client(), auditor)
    assert client.get("/liaison/letters/").status_code == 403
    assert client.get(f"/liaison/letters/{letter.reference}/").status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_at_one_row_and_at_thirty(
    rows: int, tree: factories.Tree, sign_in: SignIn, at: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        person = factories.person(f"白小{'一二三四五六七八九十'[number % 10]}")
        factories.membership(person, tree.union)
        write(person, at + timedelta(minutes=number))
    chair = sign_in(Client(), tree.chair)
    with django_assert_num_queries(7):
        chair.get("/liaison/letters/")
