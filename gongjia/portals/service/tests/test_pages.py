"""The worker's pages: what waits, letters, the own file, its copy, and who opened it."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from gongjia.backbone.memberships.words import State
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.domains.enrolment.certificates import certify
from gongjia.domains.enrolment.changes.words import Fact
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.engines.messages import services as messages
from gongjia.engines.messages.models import Message
from gongjia.kernel import audit
from gongjia.kernel.actors import COMMAND, TICK
from gongjia.kernel.errors import Forbidden
from gongjia.kernel.models import AuditRow
from gongjia.kernel.moments import SHANGHAI
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from gongjia.portals.service import services
from gongjia.portals.service.copying import in_chinese
from gongjia.portals.service.forms import AmendForm
from gongjia.portals.service.words import greeting
from tests import factories

pytestmark = [pytest.mark.system("G3"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8
PAGES = (
    "/my/",
    "/my/messages/",
    "/my/write/",
    "/my/me/",
    "/my/me/amend/",
    "/my/me/openings/",
    "/my/membership/",
)


@pytest.fixture
def phone(tree: factories.Tree, sign_in: SignIn) -> Client:
    return sign_in(Client(), tree.member)


@pytest.fixture
def newcomer(db: None, sign_in: SignIn) -> Client:
    return sign_in(Client(), factories.account(None))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def tell(tree: factories.Tree, at: datetime, title: str = "体检安排", **more: Any) -> Message:
    chair = factories.actor(tree.chair)
    with entering(chair.reach()):
        return messages.tell(person=tree.member, organisation=tree.union, title=title, by=chair, at=at, **more)


# ── who comes, and where to ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [*PAGES, "/my/me/numbers/", "/my/me/copy/", "/my/me/copy.json"])
def test_signed_out_nothing_is_shown(path: str) -> None:
    assert Client().get(path).url.startswith("/signin/?next=")


def test_after_signing_in_everybody_starts_where_they_work(tree: factories.Tree, sign_in: SignIn) -> None:
    starts = {
        tree.member: "/my/",
        tree.chair: "/desk/",
        tree.officer: "/desk/",
        tree.leader: "/desk/",
        tree.auditor: "/desk/",
        tree.operator: "/desk/",
    }
    for person, address in starts.items():
        assert sign_in(Client(), person).get("/start/").url == address, person.name
    assert sign_in(Client(), factories.account(None)).get("/start/").url == "/my/"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_costs_eight_queries_at_most(path: str, phone: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        assert phone.get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/my/me/numbers/", "/my/me/copy/"])
def test_who_has_no_file_yet_is_shown_the_way_to_a_union(path: str, newcomer: Client) -> None:
    response = newcomer.get(path)
    assert response.status_code == 200
    assert "/join/" in text_of(response)


def test_a_newcomer_sees_the_own_application_move(tree: factories.Tree, sign_in: SignIn, at: datetime) -> None:
    poster = Poster._base_manager.create(organisation=tree.union, made_at=at)
    account = factories.account(None)
    client = sign_in(Client(), account)
    client.get(f"/j/{poster.reference}/join/")
    left = text_of(client.get("/my/"))
    assert "接着填" in left
    assert f"您正在加入{tree.union.name}" in left
    assert f"/j/{poster.reference}/join/" in left
    answers = {"name": "白小满", "id_number": factories.id_number(901)}
    client.post(f"/j/{poster.reference}/join/", {**answers, "workplace": "other", "employer_name": "灵活就业"})
    sent = text_of(client.get("/my/"))
    assert "等待工会审核" in sent
    assert "接着填" not in sent
    application = Application._base_manager.get()
    chair = sign_in(Client(), tree.chair)
    chair.post(f"/desk/joining/{application.reference}/", {"send_back": "return", "reason": "name"})
    assert "去修改" in text_of(client.get("/my/"))
    client.post(f"/joining/{application.reference}/", {"name": "白晓满"})
    chair.post(f"/desk/joining/{application.reference}/", {"approve": "1"})
    shown = text_of(client.get("/my/"))
    assert "白晓满" in shown
    assert "您的入会申请已经通过" in shown


def test_the_hour_is_greeted_by_shanghais_clock() -> None:
    said = {hour: greeting(datetime(2026, 11, 20, hour, tzinfo=SHANGHAI)) for hour in (0, 4, 5, 8, 9, 12, 14, 18, 23)}
    assert list(said.values()) == [
        "夜深了", "夜深了", "早上好", "早上好", "上午好", "中午好", "下午好", "晚上好", "夜深了"
    ]  # fmt: skip


def test_home_tells_what_waits(tree: factories.Tree, phone: Client, at: datetime) -> None:
    tell(tree, at)
    shown = text_of(phone.get("/my/"))
    assert "王芳" in shown
    assert "体检安排" in shown
    assert 'class="count">1<' in shown


def test_who_left_the_union_is_told_so_and_may_not_write(tree: factories.Tree, phone: Client) -> None:
    tree.membership.state, tree.membership.until_on = State.ENDED, factories.BEGAN_ON
    tree.membership.save()
    assert "您现在没有会籍" in text_of(phone.get("/my/"))
    assert 'name="body"' not in text_of(phone.get("/my/write/"))


# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_is_read_by_opening_it_once(tree: factories.Tree, phone: Client, at: datetime) -> None:
    message = tell(tree, at, body="带好身份证\n空腹", path="/my/membership/")
    assert "未读" in text_of(phone.get("/my/messages/"))
    shown = text_of(phone.get(f"/my/messages/{message.reference}/"))
    assert "带好身份证<br>空腹" in shown
    assert 'href="/my/membership/"' in shown
    phone.get(f"/my/messages/{message.reference}/")
    assert AuditRow.objects.filter(verb="messages.read").count() == 1
    assert "未读" not in text_of(phone.get("/my/messages/"))


def test_nobody_opens_another_s_message(tree: factories.Tree, sign_in: SignIn, at: datetime) -> None:
    message = tell(tree, at)
    for person in (tree.foreign_member, tree.chair, tree.officer):
        assert sign_in(Client(), person).get(f"/my/messages/{message.reference}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_inbox_costs_the_same_at_one_row_and_at_thirty(
    rows: int, tree: factories.Tree, phone: Client, at: datetime, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        tell(tree, at + timedelta(minutes=number), title=f"通知{number}")
    with django_assert_num_queries(6):
        phone.get("/my/messages/")


def test_a_letter_is_sent_once_and_says_whether_it_was_seen(tree: factories.Tree, phone: Client) -> None:
    first = phone.post("/my/write/", {"body": "<b>夜班</b>吃不上热菜", "key": "a"}).url
    assert phone.post("/my/write/", {"body": "<b>夜班</b>吃不上热菜", "key": "a"}).url == first
    letter = Message._base_manager.get()
    assert (letter.organisation, letter.person, letter.direction) == (tree.union, tree.member, "up")
    shown = text_of(phone.get(first))
    assert "&lt;b&gt;夜班&lt;/b&gt;" in shown
    assert "工会还没有打开" in shown


@pytest.mark.parametrize(
    ("about", "title"), [("correct", "请工会更正资料"), ("leave", "申请退会"), ("move", "换了单位，办理会籍转接")]
)
def test_a_request_reaches_the_union_under_its_name(phone: Client, about: str, title: str) -> None:
    assert title in text_of(phone.get(f"/my/write/?about={about}"))
    phone.post(f"/my/write/?about={about}", {"body": "请办理", "about": about, "key": about})
    assert Message._base_manager.get().title == title


@pytest.mark.parametrize("about", ["", "nonsense"])
def test_a_letter_about_nothing_in_particular_is_just_a_letter(phone: Client, about: str) -> None:
    assert "给工会留言" in text_of(phone.get(f"/my/write/?about={about}"))
    assert phone.post("/my/write/", {"body": "请办理", "about": "nonsense"}).status_code == 422


def test_the_same_words_are_sent_again_only_by_who_says_so(phone: Client) -> None:
    phone.post("/my/write/", {"body": "夜班吃不上热菜", "key": "a"})
    answer = phone.post("/my/write/", {"body": " 夜班吃不上热菜\n", "key": "b"})
    assert answer.status_code == 409
    assert "您刚发过同样的内容" in text_of(answer)
    assert re.search(r"夜班吃不上热菜\s*</textarea>", text_of(answer)), "nothing typed is lost"
    assert Message._base_manager.filter(direction="up").count() == 1
    assert phone.post("/my/write/", {"body": "夜班吃不上热菜", "key": "b", "again": "1"}).status_code == 302
    assert phone.post("/my/write/", {"body": "夜班还是吃不上热菜", "key": "c"}).status_code == 302
    assert Message._base_manager.filter(direction="up").count() == 3


def test_the_same_words_a_while_later_are_another_letter(tree: factories.Tree, phone: Client, at: datetime) -> None:
    phone.post("/my/write/", {"body": "请回电话", "key": "a"})
    Message._base_manager.update(sent_at=F("sent_at") - timedelta(minutes=11))
    assert phone.post("/my/write/", {"body": "请回电话", "key": "b"}).status_code == 302


def test_letters_are_counted(phone: Client) -> None:
    answers = [
        phone.post("/my/write/", {"body": f"再说第 {number} 次", "key": str(number)}).status_code for number in range(6)
    ]
    assert answers == [302] * 5 + [429]


# ── the own file ────────────────────────────────────────────────────────────────────────────────────────────────


def test_my_file_shows_sources_and_masks_numbers(tree: factories.Tree, phone: Client) -> None:
    shown = text_of(phone.get("/my/me/"))
    number = tree.member.reveal("id_number")
    assert f"{number[:3]}***********{number[-4:]}" in shown
    assert number not in shown
    assert tree.member.reveal("phone") not in shown
    assert "青禾样例制衣有限公司" in shown
    assert "纸质申请" in shown


def test_full_numbers_ask_for_a_fresh_proof_and_leave_a_trace(tree: factories.Tree, phone: Client) -> None:
    session = phone.session
    session["sitting"] |= {"fresh": "2026-01-01T00:00:00+08:00"}
    session.save()
    for path in ("/my/me/numbers/", "/my/me/copy/", "/my/me/copy.json"):
        response = phone.get(path)
        assert response.url.startswith("/signin/confirm?next=%2Fmy%2Fme%2F"), path
    assert not AuditRow.objects.filter(verb__startswith="service.").exists()


def test_after_a_fresh_proof_full_numbers_are_shown_and_kept_nowhere(tree: factories.Tree, phone: Client) -> None:
    response = phone.get("/my/me/numbers/")
    assert tree.member.reveal("id_number") in text_of(response)
    assert response["Cache-Control"] == "no-store"
    assert AuditRow.objects.get(verb="service.show_numbers").about_person_id == tree.member.pk


def test_a_copy_holds_everything_and_reads_the_same_as_a_page_and_as_a_file(
    tree: factories.Tree, phone: Client, at: datetime
) -> None:
    tell(tree, at, body="带好身份证")
    with everywhere(reason="a test's rows"):
        certify(membership=tree.membership, use="子女入学", by=COMMAND, at=at)
    audit.opened(tree.membership, by=factories.actor(tree.officer).for_purpose("membership"), at=at)
    response = phone.get("/my/me/copy.json")
    copy = json.loads(response.content)
    assert "attachment" in response["Content-Disposition"]
    assert "王芳" not in response["Content-Disposition"]
    assert copy["本人"]["姓名"] == "王芳"
    assert copy["本人"]["证件号码"] == tree.member.reveal("id_number")
    assert copy["会籍"][0]["工会"] == tree.union.name
    assert copy["工作单位"][0]["单位"] == tree.employer.name
    assert copy["往来消息"][0]["内容"] == "带好身份证"
    assert copy["证明和公文"][0]["文号"] == "青禾工证〔2026〕1号"
    assert copy["档案查阅记录"][0] == {
        "时间": "2026-11-20 10:00", "查阅人": "咸安区总工会 组织部干部", "用途": "办理会籍业务"
    }  # fmt: skip
    page = text_of(phone.get("/my/me/copy/"))
    for lines in copy.values():
        for line in in_chinese(lines) if isinstance(lines, list) else []:
            assert all(value in page for value in line.values())
    assert "2026年11月20日 10:00" in page
    assert "2020年1月1日" in page
    assert "2026-11-20" not in page.split("<main")[1]


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("path", ["/my/me/copy/", "/my/me/copy.json"])
def test_a_copy_costs_eight_queries_however_much_is_kept(
    path: str, rows: int, tree: factories.Tree, phone: Client, at: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(rows):
        later = at + timedelta(minutes=number)
        tell(tree, later, title=f"第{number}号通知")
        day = factories.BEGAN_ON + timedelta(days=number)
        factories.post(tree.member, tree.union, "clerk", from_on=day, until_on=day)
        audit.opened(tree.membership, by=factories.actor(tree.officer).for_purpose("membership"), at=later)
    phone.get("/my/me/")
    with django_assert_max_num_queries(MOST_QUERIES):
        text = text_of(phone.get(path))
    assert all(f"第{number}号通知" in text for number in range(rows))
    assert text.count("咸安区总工会 组织部干部") == rows
    places = [text.index(f"第{number}号通知") for number in range(rows)]
    assert places == sorted(places, reverse=True), "the newest message first"
    copy = json.loads(phone.get("/my/me/copy.json").content)
    assert [len(copy[part]) for part in ("会籍", "工作单位", "工会职务", "档案查阅记录")] == [1, 1, rows, rows]
    assert copy["会籍"][0]["入会日期"] == copy["工作单位"][0]["起"] == "2020-01-01"
    assert copy["往来消息"][-1]["时间"] == copy["档案查阅记录"][-1]["时间"] == "2026-11-20 10:00"


def test_the_copy_shows_how_many_messages_wait(tree: factories.Tree, phone: Client, at: datetime) -> None:
    tell(tree, at)
    assert 'class="count">1<' in text_of(phone.get("/my/me/copy/"))


def test_a_copy_is_of_the_own_file_only(tree: factories.Tree, at: datetime) -> None:
    actor = factories.actor(tree.member)
    with entering(actor.reach(SIGNED_IN)), pytest.raises(Forbidden):
        services.take_copy(person=tree.foreign_member, by=actor, at=at)


def test_a_copy_holds_nothing_of_anybody_else(tree: factories.Tree, phone: Client, sign_in: SignIn, at) -> None:
    other = sign_in(Client(), tree.foreign_member)
    other.post("/my/write/", {"body": "渡口的事", "key": "x"})
    text = text_of(phone.get("/my/me/copy.json"))
    assert "渡口" not in text
    assert "李青禾" not in text


def test_who_opened_my_file_is_told_whole_and_in_pages(tree: factories.Tree, phone: Client, at: datetime) -> None:
    by = factories.actor(tree.officer).for_purpose("request")
    for day in range(35):
        audit.opened(tree.membership, by=by, at=at - timedelta(days=day))
    audit.opened(tree.membership, by=TICK, at=at)
    shown = text_of(phone.get("/my/me/openings/"))
    assert "共 36 条" in shown
    assert "系统定时任务" in shown
    assert shown.count("咸安区总工会 组织部干部") == 29
    assert "本人提出的请求" in shown
    assert "张敏" not in shown


def test_nobody_sees_who_opened_another_s_file(tree: factories.Tree, sign_in: SignIn, at: datetime) -> None:
    audit.opened(tree.membership, by=factories.actor(tree.officer).for_purpose("request"), at=at)
    shown = text_of(sign_in(Client(), tree.foreign_member).get("/my/me/openings/"))
    assert "还没有人打开过您的档案" in shown


# ── correcting ──────────────────────────────────────────────────────────────────────────────────────────────────

FACTS = {
    "education": "college",
    "political": "masses",
    "skill_level": "senior",
    "is_migrant": "yes",
}


def test_plain_facts_are_corrected_by_oneself(tree: factories.Tree, phone: Client) -> None:
    before = Person._base_manager.get(pk=tree.member.pk)
    assert phone.post("/my/me/amend/", {**FACTS, "version": "1", "name": "王方", "ethnicity": "苗族"}).url == "/my/me/"
    found = Person._base_manager.get(pk=tree.member.pk)
    assert (found.education, found.is_migrant) == ("college", True)
    assert (found.name, found.ethnicity) == (before.name, before.ethnicity), "what stands on the card the union checks"
    assert AuditRow.objects.get(verb="service.amend_myself").facts == {}


def test_a_correction_of_an_older_version_is_shown_beside_the_new_one(tree: factories.Tree, phone: Client) -> None:
    phone.post("/my/me/amend/", {**FACTS, "version": "1"})
    response = phone.post("/my/me/amend/", {**FACTS, "education": "bachelor", "version": "1"})
    assert response.status_code == 409
    shown = text_of(response)
    assert "大学本科" in shown
    assert "大学专科" in shown
    assert "education" not in shown.split("<main")[1]
    assert Person._base_manager.get(pk=tree.member.pk).education == "college"


def test_each_fact_has_one_way_to_be_corrected(phone: Client) -> None:
    own = set(AmendForm.base_fields) - {"version"}
    assert not own & {each.value for each in Fact}
    assert "民族和岗位，请工会核对证件后更正" in text_of(phone.get("/my/me/amend/"))
    shown = text_of(phone.get("/my/membership/correct/"))
    assert "学历、政治面貌、技能等级、农民工" in shown
    assert "?fact=ethnicity" in shown


def test_a_made_up_choice_is_refused(phone: Client) -> None:
    assert phone.post("/my/me/amend/", {**FACTS, "education": "genius", "version": "1"}).status_code == 422


# ── to whom a letter goes ───────────────────────────────────────────────────────────────────────────────────────


def address_of_letter(person: Person, sign_in: SignIn) -> str:
    sign_in(Client(), person).post("/my/write/", {"body": "请看", "key": "x"})
    return str(Message._base_manager.get(direction="up").organisation.name)


def test_a_member_of_a_group_writes_to_the_union_it_is_part_of(tree: factories.Tree, sign_in: SignIn) -> None:
    branch = factories.organisation("一车间分工会", tree.union, kind=Kind.BRANCH)
    group = factories.organisation("总装二组工会小组", branch, kind=Kind.UNION_GROUP)
    member, head = factories.person("白小满"), factories.person("冯小雨")
    factories.membership(member, group)
    factories.post(head, branch, Role.CHAIR)
    assert address_of_letter(member, sign_in) == tree.union.name
    assert "请看" in text_of(sign_in(Client(), tree.chair).get("/liaison/letters/"))


def test_where_nobody_is_in_post_the_nearest_superior_answers(tree: factories.Tree, sign_in: SignIn) -> None:
    Post._base_manager.filter(person=tree.chair).update(until_on=factories.BEGAN_ON)
    assert address_of_letter(tree.member, sign_in) == tree.county.name


def test_where_nobody_is_in_post_at_all_the_letter_waits_at_the_union(tree: factories.Tree, sign_in: SignIn) -> None:
    Post._base_manager.all().update(until_on=factories.BEGAN_ON)
    assert address_of_letter(tree.member, sign_in) == tree.union.name


def test_an_open_matter_waits_on_the_home_page_and_leads_to_its_own(
    tree: factories.Tree, sign_in: SignIn, at: datetime
) -> None:
    poster = Poster._base_manager.create(organisation=tree.union, made_at=at)
    client = sign_in(Client(), factories.person("白小满"))
    progress = client.post(f"/j/{poster.reference}/join/", {"workplace": tree.employer.reference}).url
    for path in ("/my/", "/my/me/"):
        shown = text_of(client.get(path))
        assert f'href="{progress}"' in shown
        assert "等待工会审核" in shown
