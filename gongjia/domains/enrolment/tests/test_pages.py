"""The pages of joining: walked without script, pressed twice, gone back to; and what each of them must not say."""

import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Person
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer, Worker
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.kernel import audit
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8
NUMBER = factories.id_number(901)
#: What differs between two answers to the same question: the moment and the form's token.
VARIES = re.compile(r"<time.*?</time>|<input[^>]*csrfmiddlewaretoken[^>]*>")


@pytest.fixture
def worker(newcomer: Newcomer) -> Worker:
    return newcomer()


@pytest.fixture
def phone(sign_in: SignIn, worker: Worker) -> Client:
    """The worker's phone, signed in with an account that is nobody's yet."""
    return sign_in(Client(), worker.account)


@pytest.fixture
def desk(tree: factories.Tree, sign_in: SignIn) -> Client:
    return sign_in(Client(), tree.chair)


def step(client: Client, poster: Poster, name: str, answers: dict[str, str] | None = None) -> Any:
    address = f"/j/{poster.reference}/{name}"
    return client.get(address) if answers is None else client.post(address, answers)


def answers_of(**changed: str) -> dict[str, str]:
    """What a newcomer fills in."""
    return {
        "name": "白小满", "id_number": NUMBER, "workplace": "other", "employer_name": "溪口样例厂", **changed,
    }  # fmt: skip


def join(client: Client, poster: Poster, *, number: str = NUMBER, **answers: str) -> str:
    """Through the form; returns the address of the application."""
    response = step(client, poster, "join/", answers_of(id_number=number, **answers))
    assert response.status_code == 302, text_of(response)
    return str(response.url)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def approve(desk: Client, application: Application) -> Any:
    return desk.post(f"/desk/joining/{application.reference}/", {"approve": "1", "key": application.reference})


# ── the way through ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_worker_scans_joins_is_approved_and_holds_the_card(
    poster: Poster, phone: Client, desk: Client, django_assert_max_num_queries: Any
) -> None:
    assert "我要入会" in text_of(Client().get(f"/j/{poster.reference}/"))
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(step(phone, poster, "join/"))
    assert "网约送餐员" in shown
    more = {"name": "白 小满", "job": "骑手", "group": "food_deliverer", "is_migrant": "on"}
    progress = join(phone, poster, number=NUMBER.lower(), **more)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(phone.get(progress))
    assert "已经送到工会" in shown
    assert NUMBER not in shown
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "白小满" in text_of(desk.get("/desk/joining/"))
    application = Application._base_manager.get()
    with django_assert_max_num_queries(MOST_QUERIES):
        assert "同意入会" in text_of(desk.get(f"/desk/joining/{application.reference}/"))
    assert approve(desk, application).url == "/desk/joining/"
    with django_assert_max_num_queries(MOST_QUERIES):
        card = text_of(phone.get("/my/membership/"))
    assert "中国工会会员证" in card
    assert "青禾样例制衣工会委员会" in card
    assert "欢迎加入工会" in text_of(phone.get(progress))
    member = Person._base_manager.get(name="白小满")
    assert member.is_migrant is True


def test_signed_out_the_button_leads_through_sign_in_and_back(poster: Poster) -> None:
    response = step(Client(), poster, "join/")
    assert (response.status_code, response.url) == (302, f"/signin/?next=%2Fj%2F{poster.reference}%2Fjoin%2F")


def test_who_has_a_file_is_asked_for_the_work_only(
    tree: factories.Tree, poster: Poster, sign_in: SignIn, desk: Client
) -> None:
    known = factories.person("田小麦", number=950)
    phone = sign_in(Client(), known)
    shown = text_of(step(phone, poster, "join/"))
    assert "来自您的档案" in shown
    assert 'name="id_number"' not in shown
    assert known.reveal("id_number") not in shown
    step(phone, poster, "join/", {"workplace": tree.employer.reference, "name": "别人", "id_number": NUMBER})
    made = Application._base_manager.get()
    assert (made.name, made.reveal("id_number")) == ("田小麦", known.reveal("id_number"))
    approve(desk, made)
    assert Membership._base_manager.get(person=known).organisation == tree.union


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": "W"}, "name"),
        ({"name": ""}, "name"),
        ({"id_number": "42120219900101996"}, "id_number"),
        ({"id_number": "421202199001019960"}, "id_number"),
        ({"workplace": "NEVERGIVEN"}, "workplace"),
        ({"workplace": ""}, "workplace"),
        ({"employer_name": ""}, "employer_name"),
        ({"group": "king"}, "group"),
    ],
)
def test_a_wrong_answer_is_named_and_keeps_what_was_typed(
    wrong: dict[str, str], where: str, poster: Poster, phone: Client
) -> None:
    typed = answers_of(job="装配工", **wrong)
    response = step(phone, poster, "join/", typed)
    shown = text_of(response)
    assert response.status_code == 422
    assert f'href="#id_{where}' in shown
    for name in {"name", "id_number", "employer_name", "job"} - {where}:
        assert f'value="{typed[name]}"' in shown, name
    assert not Application._base_manager.exists()
    again = text_of(step(phone, poster, "join/"))
    for name in {"name", "employer_name", "job"} - {where}:
        assert f'value="{typed[name]}"' in again, f"{name} is there when the page is opened again"


# ── once only ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_number_that_was_kept_is_written_into_no_page_again(poster: Poster, phone: Client) -> None:
    step(phone, poster, "join/", answers_of(workplace=""))
    shown = text_of(step(phone, poster, "join/"))
    assert NUMBER not in shown
    assert "不改就空着" in shown
    assert 'value="白小满"' in shown
    join(phone, poster, number="", name="白晓满")
    made = Application._base_manager.get()
    assert (made.name, made.reveal("id_number")) == ("白晓满", NUMBER)


def test_an_employer_that_left_the_union_meanwhile_is_asked_for_again(
    tree: factories.Tree, poster: Poster, phone: Client, at: datetime
) -> None:
    step(phone, poster, "join/")
    factories.coverage(tree.union, factories.employer("溪口样例木器厂", tree.county))
    Coverage._base_manager.filter(employer=tree.employer).update(until_on=at.date())
    answer = step(phone, poster, "join/", answers_of(workplace=tree.employer.reference, employer_name=""))
    assert answer.status_code == 422
    assert "您选的单位刚刚有变动" in text_of(answer)
    assert not Application._base_manager.exists()


def test_the_name_of_another_employer_is_not_said_to_be_optional(poster: Poster, phone: Client) -> None:
    shown = text_of(step(phone, poster, "join/"))
    asked = shown[shown.index("单位或平台名称") :]
    assert asked.index("选了“别的单位”时必填") < asked.index('name="employer_name"')
    assert "选填" not in asked[: asked.index('name="employer_name"')]


def test_who_applies_on_the_net_is_seen_to_come_from_there(
    tree: factories.Tree, poster: Poster, phone: Client, desk: Client
) -> None:
    address = f"/j/{tree.union.reference}/"
    assert address in text_of(Client().get(f"/unions/{tree.union.reference}/"))
    progress = phone.post(f"{address}join/", answers_of(workplace=tree.employer.reference)).url
    made = Application._base_manager.get()
    shown = text_of(desk.get(f"/desk/joining/{made.reference}/"))
    assert "网上" in shown
    assert poster.place not in shown
    desk.post(f"/desk/joining/{made.reference}/", {"send_back": "return", "reason": "employer"})
    assert tree.employer.name in text_of(phone.get(progress))


def test_pressed_twice_it_is_one_application_and_both_end_on_its_page(poster: Poster, phone: Client) -> None:
    first = join(phone, poster)
    assert step(phone, poster, "join/", answers_of()).url == first
    assert Application._base_manager.count() == 1


def test_the_back_button_ends_at_the_application(poster: Poster, phone: Client) -> None:
    progress = join(phone, poster)
    assert step(phone, poster, "join/").url == progress


def test_the_landing_of_a_poster_knows_who_has_applied_and_who_is_a_member(
    tree: factories.Tree, poster: Poster, phone: Client, sign_in: SignIn
) -> None:
    join(phone, poster)
    assert "您有一份入会申请在办理" in text_of(phone.get(f"/j/{poster.reference}/"))
    assert "您已经是工会会员" in text_of(sign_in(Client(), tree.member).get(f"/j/{poster.reference}/"))


def test_a_member_elsewhere_is_offered_a_transfer_and_never_a_second_membership(
    tree: factories.Tree, poster: Poster, sign_in: SignIn
) -> None:
    """Only in the own signed-in account: to everybody else the page is that of a stranger."""
    phone = sign_in(Client(), tree.foreign_member)
    shown = text_of(phone.get(f"/j/{poster.reference}/"))
    assert "会籍可以转过来" in shown
    assert "我要入会" not in shown
    assert step(phone, poster, "join/", answers_of()).url == f"/j/{poster.reference}/"
    assert not Application._base_manager.exists()
    assert "会籍可以转过来" not in text_of(Client().get(f"/j/{poster.reference}/"))
    assert "会籍可以转过来" not in text_of(sign_in(Client(), tree.member).get(f"/j/{poster.reference}/"))


def test_a_refusal_is_no_dead_end(poster: Poster, phone: Client, desk: Client) -> None:
    progress = join(phone, poster)
    address = progress.replace("/joining/", "/desk/joining/")
    desk.post(f"{address}refuse/", {"reason": "not_ours", "words": "请加入快递行业联合工会"})
    assert 'href="/join/"' in text_of(phone.get(progress))


def test_a_draft_for_one_poster_is_none_for_another(tree: factories.Tree, poster: Poster, phone: Client, at) -> None:
    step(phone, poster, "join/", answers_of(workplace=""))
    other = Poster._base_manager.create(organisation=tree.foreign_union, made_at=at)
    assert "白小满" not in text_of(step(phone, other, "join/"))


def test_answers_stand_in_no_address_no_log_and_no_readable_session(
    poster: Poster, phone: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    step(phone, poster, "join/", answers_of(workplace=""))
    for row in Session.objects.all():
        assert NUMBER not in row.session_data
        assert "白小满" not in row.session_data
    assert phone.session["joining"]["id_number"] == NUMBER
    response = step(phone, poster, "join/", answers_of())
    assert NUMBER not in str(response.headers) + caplog.text
    assert "joining" not in phone.session


# ── what is not said ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_applicant_sees_no_difference_where_the_number_is_known_elsewhere(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, sign_in: SignIn, desk: Client
) -> None:
    pages = []
    for number in (tree.foreign_member.reveal("id_number"), NUMBER):
        phone = sign_in(Client(), newcomer().account)
        progress = join(phone, poster, number=number, name="李青禾")
        own = (progress.split("/")[2], f"{number[:3]}***********{number[-4:]}")
        main = VARIES.sub("", text_of(phone.get(progress)).split("<main")[1])
        assert all(each in main for each in own)
        pages.append(main.replace(own[0], "").replace(own[1], ""))
    assert pages[0] == pages[1]
    assert "会籍" not in pages[0]
    known, unknown = Application._base_manager.order_by("pk")
    assert "这位职工已有会籍" in text_of(desk.get(f"/desk/joining/{known.reference}/"))
    assert "渡口" not in text_of(desk.get(f"/desk/joining/{known.reference}/"))
    assert "这位职工已有会籍" not in text_of(desk.get(f"/desk/joining/{unknown.reference}/"))


def test_nobody_else_opens_an_application(
    tree: factories.Tree, poster: Poster, phone: Client, newcomer: Newcomer, sign_in: SignIn
) -> None:
    progress = join(phone, poster)
    for who in (newcomer().account, tree.member, tree.chair, tree.officer):
        assert sign_in(Client(), who).get(progress).status_code == 404
    reference = progress.split("/")[2]
    assert sign_in(Client(), tree.foreign_officer).get(f"/desk/joining/{reference}/").status_code == 404
    assert sign_in(Client(), tree.leader).get(f"/desk/joining/{reference}/").status_code == 403


# ── the union's side ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_returned_application_asks_for_what_was_named_and_goes_back(
    poster: Poster, phone: Client, desk: Client
) -> None:
    progress = join(phone, poster)
    address = progress.replace("/joining/", "/desk/joining/")
    desk.post(address, {"send_back": "return", "reason": "name", "words": "名字里的字写错了"})
    shown = text_of(phone.get(progress))
    assert "名字里的字写错了" in shown
    assert 'name="name"' in shown
    assert 'name="id_number"' not in shown
    assert phone.post(progress, {"name": "Bai"}).status_code == 422
    assert phone.post(progress, {"name": "白晓满"}).url == progress
    assert Application._base_manager.get().name == "白晓满"


def test_other_reasons_must_be_written_out(poster: Poster, phone: Client, desk: Client) -> None:
    address = join(phone, poster).replace("/joining/", "/desk/joining/")
    response = desk.post(f"{address}refuse/", {"reason": "other"})
    assert response.status_code == 422
    assert "请写明原因" in text_of(response)


def test_to_refuse_is_a_step_with_a_reason_and_is_found_again(
    poster: Poster, phone: Client, desk: Client, django_assert_max_num_queries: Any
) -> None:
    progress = join(phone, poster)
    address = progress.replace("/joining/", "/desk/joining/")
    assert 'value="refuse"' not in text_of(desk.get(address))
    assert "checked" not in text_of(desk.get(f"{address}refuse/"))
    for answers in ({}, {"words": "不行"}, {"reason": "not_ours"}):
        assert desk.post(f"{address}refuse/", answers).status_code == 422
    assert desk.post(address, {"send_back": "refuse", "words": "不行"}).status_code == 422
    assert Application._base_manager.get().state == "submitted"
    done = desk.post(f"{address}refuse/", {"reason": "not_ours", "words": "请加入溪口样例厂工会"})
    assert done.url == "/desk/joining/"
    assert "请加入溪口样例厂工会" in text_of(phone.get(progress))
    assert "没有通过白小满的申请" in text_of(desk.get("/desk/joining/"))
    assert "白小满" not in text_of(desk.get("/desk/joining/"))
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(desk.get("/desk/joining/?tab=decided"))
    assert "白小满" in shown
    assert "未通过" in shown
    assert desk.get(f"{address}refuse/").url == address
    assert "请加入溪口样例厂工会" in text_of(desk.get(address))


def test_what_was_returned_is_found_until_it_is_mended(poster: Poster, phone: Client, desk: Client) -> None:
    address = join(phone, poster).replace("/joining/", "/desk/joining/")
    assert desk.post(address, {"send_back": "return"}).status_code == 422
    desk.post(address, {"send_back": "return", "reason": "name"})
    assert "白小满" in text_of(desk.get("/desk/joining/?tab=returned"))
    assert "白小满" not in text_of(desk.get("/desk/joining/?tab=decided"))


def test_a_file_is_given_only_where_the_chair_vouches_for_the_person(
    poster: Poster, phone: Client, worker: Worker, desk: Client
) -> None:
    known = factories.person("田小麦", number=950)
    address = join(phone, poster, number=known.reveal("id_number"), name="田小麦").replace(
        "/joining/", "/desk/joining/"
    )
    assert "另一个手机号" in text_of(desk.get(address))
    answer = desk.post(address, {"approve": "1", "key": "a"})
    assert answer.status_code == 422
    assert "请当面核对本人和身份证原件，再勾选" in text_of(answer)
    assert desk.post(address, {"approve": "1", "key": "a", "seen": "on"}).url == "/desk/joining/"
    worker.account.refresh_from_db()
    assert worker.account.person == known


def test_to_withdraw_is_asked_first(poster: Poster, phone: Client) -> None:
    progress = join(phone, poster)
    assert "不能恢复" in text_of(phone.get(f"{progress}withdraw/"))
    assert Application._base_manager.get().state == "submitted"
    assert phone.post(f"{progress}withdraw/").url == progress
    assert Application._base_manager.get().state == "withdrawn"
    assert phone.get(f"{progress}withdraw/").url == progress


def test_a_refusal_of_the_rules_is_shown_on_the_page_and_changes_nothing(
    tree: factories.Tree, poster: Poster, phone: Client, desk: Client
) -> None:
    join(phone, poster, number=tree.foreign_member.reveal("id_number"), name="李青禾")
    application = Application._base_manager.get()
    response = approve(desk, application)
    assert response.status_code == 409
    assert "一人只有一份有效会籍" in text_of(response)
    assert "等待工会审核" in text_of(response)
    assert Application._base_manager.get().state == "submitted"


def test_approving_twice_says_the_same_twice(poster: Poster, phone: Client, desk: Client) -> None:
    join(phone, poster)
    application = Application._base_manager.get()
    assert approve(desk, application).url == approve(desk, application).url
    assert Membership._base_manager.filter(origin="poster").count() == 1


def test_a_poster_is_made_once_printed_and_switched_off(tree: factories.Tree, desk: Client) -> None:
    address = f"/desk/unions/{tree.union.reference}/posters/"
    first = desk.post(address, {"place": "食堂门口", "key": "pressed"}).url
    assert desk.post(address, {"place": "食堂门口", "key": "pressed"}).url == first
    poster = Poster._base_manager.get()
    assert "<svg" in text_of(desk.get(first))
    assert "不能恢复" in text_of(desk.get(f"{first}revoke/"))
    poster.refresh_from_db()
    assert poster.revoked_at is None
    assert desk.post(f"{first}revoke/").status_code == 422
    desk.post(f"{first}revoke/", {"why": "换了新海报"})
    response = Client().get(f"/j/{poster.reference}/")
    assert response.status_code == 410
    assert "换了新海报" in text_of(response)
    assert 'href="/join/"' in text_of(response)
    assert f"/unions/{tree.union.reference}/" in text_of(response)
    assert "已停用" in text_of(desk.get(address))


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_cost_the_same_at_one_row_and_at_thirty(
    rows: int, tree: factories.Tree, poster: Poster, newcomer: Newcomer, desk: Client, at: datetime,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for number in range(rows):
        newcomer().apply(poster, number=1000 + number, at=at, employer=tree.employer)
        Poster._base_manager.create(organisation=tree.union, employer=tree.employer, made_at=at)
    with django_assert_num_queries(5):
        desk.get("/desk/joining/")
    with django_assert_num_queries(7):
        desk.get(f"/desk/unions/{tree.union.reference}/posters/")


@pytest.mark.parametrize("steps", [1, 30])
@pytest.mark.parametrize("who", ["unknown", "here", "elsewhere", "former"])
def test_an_application_costs_eight_queries_at_most_whoever_applies_and_however_long_it_took(
    who: str, steps: int, tree: factories.Tree, poster: Poster, newcomer: Newcomer, desk: Client, at: datetime,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    known = {"here": tree.member, "elsewhere": tree.foreign_member, "former": factories.person("田小麦")}.get(who)
    number = {"id_number": known.reveal("id_number"), "name": known.name} if known else {}
    application = newcomer().apply(poster, number=901, at=at, employer=tree.employer, **number)
    matter = MatterIndex._base_manager.get()
    for _ in range(steps - 1):
        Step._base_manager.create(
            matter=matter, move="return", move_zh="退回修改", state="submitted", at=at, by_person=tree.chair,
            by_organisation=tree.union,
        )  # fmt: skip
    address = f"/desk/joining/{application.reference}/"
    desk.get(address)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(desk.get(address))
    assert ("另一个手机号" in shown) is (who in {"former", "here"})
    assert shown.count("退回修改</") >= steps
    assert ("这位职工已经在本会名册上" in shown) is (who == "here")
    assert ("这位职工已有会籍" in shown) is (who == "elsewhere")


def posters(tree: factories.Tree) -> str:
    return f"/desk/unions/{tree.union.reference}/posters/"


def test_a_poster_for_an_employer_has_the_employer_filled_in(
    tree: factories.Tree, poster: Poster, phone: Client, desk: Client
) -> None:
    assert tree.employer.name in text_of(desk.get(posters(tree)))
    printed = desk.post(posters(tree), {"employer": tree.employer.reference, "key": "a"}).url
    assert f"单位已选好：{tree.employer.name}" in text_of(desk.get(printed))
    made = Poster._base_manager.get(employer=tree.employer)
    assert f"{tree.employer.name}的职工" in text_of(phone.get(f"/j/{made.reference}/"))
    chosen = re.search(r"<input[^>]*checked[^>]*>", text_of(step(phone, made, "join/")))
    assert chosen is not None
    assert tree.employer.reference in chosen.group()


def test_an_employer_of_another_union_is_no_choice_for_a_poster(tree: factories.Tree, desk: Client) -> None:
    beside = factories.employer("溪口样例木器厂", tree.county)
    for employer in (beside, tree.foreign_employer):
        answer = desk.post(posters(tree), {"employer": employer.reference, "place": "食堂"})
        assert answer.status_code == 422
        assert "不在这个工会的涵盖范围内" in text_of(answer)
        assert 'value="食堂"' in text_of(answer)
    assert not Poster._base_manager.exists()


def test_of_many_employers_the_one_is_found_by_its_name(tree: factories.Tree, desk: Client) -> None:
    for number in range(60):
        factories.coverage(tree.union, factories.employer(f"第{number:02d}样例商行", tree.county))
    page = text_of(desk.get(posters(tree)))
    assert "只有前 50 个" in page
    found = text_of(desk.get(f"{posters(tree)}employers/?words=第57样"))
    assert "第57样例商行" in found
    assert "第56样例商行" not in found
    assert tree.foreign_employer.name not in text_of(desk.get(f"{posters(tree)}employers/?words=渡口"))
    assert "没有找到" in text_of(desk.get(f"{posters(tree)}employers/?words=渡口"))
    assert desk.post(posters(tree), {"words": "第57样"}).status_code == 302
    assert "请选其中一个" in text_of(desk.post(posters(tree), {"words": "样例商行"}))
    assert Poster._base_manager.get().employer.name == "第57样例商行"  # type: ignore[union-attr]


def test_the_member_sees_which_post_opened_the_file_and_why(
    tree: factories.Tree, sign_in: SignIn, at: datetime, django_assert_max_num_queries: Any
) -> None:
    for person, purpose in ((tree.officer, "membership"), (tree.auditor, "audit")):
        by = factories.actor(person).for_purpose(purpose)
        audit.opened(tree.membership, by=by, at=at, about_person_id=tree.member.pk)
    phone = sign_in(Client(), tree.member)
    with django_assert_max_num_queries(MOST_QUERIES):
        shown = text_of(phone.get("/my/membership/"))
    assert "咸安区总工会 组织部干部" in shown
    assert "审计检查" in shown
    assert "张敏" not in shown, "the post answers, the officer's name is not told"
