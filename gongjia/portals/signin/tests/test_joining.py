"""From the poster to the card through sign-in: how much is asked and written, and what nobody learns on the way."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongjia.backbone.memberships.models import Membership
from gongjia.domains.enrolment import posters, spots
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.engines.messages import sms
from gongjia.kernel.models import Event
from gongjia.kernel.reach import everywhere
from gongjia.portals.signin.tests.conftest import AGENT, Moment
from gongjia.portals.signin.tests.steps import ask_for_code, code_in, type_code
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]
MOST_FIELDS, MOST_WRITING = 5, 3
NUMBER = factories.id_number(901)
PHONE = "13900000901"
#: Whose the ID number is that somebody types, in the words of `numbers`.
UNKNOWN, HERE, ELSEWHERE, FORMER, OFFICER = "unknown", "a member here", "elsewhere", "a former member", "an officer"


@pytest.fixture
def poster(tree: factories.Tree, moment: Moment) -> Poster:
    return Poster._base_manager.create(organisation=tree.union, place="一号车间门口", made_at=moment.at)


@pytest.fixture
def numbers(tree: factories.Tree) -> dict[str, str]:
    former = factories.person("田小麦", number=950)
    factories.account(tree.foreign_member, "liqinghe")
    return {
        UNKNOWN: NUMBER,
        HERE: tree.member.reveal("id_number"),
        ELSEWHERE: tree.foreign_member.reveal("id_number"),
        FORMER: former.reveal("id_number"),
        OFFICER: tree.officer.reveal("id_number"),
    }


class Phone:
    """A phone that counts what it sends, what that writes, and the fields that had to be filled in."""

    def __init__(self) -> None:
        self.client = Client(headers={"user-agent": AGENT})
        self.written: list[set[str]] = []
        self.posts = 0
        self.required: list[str] = []

    def get(self, address: str) -> Any:
        return self._ask("get", address)

    def post(self, address: str, **answers: str) -> Any:
        self.posts += 1
        return self._ask("post", address, answers)

    def _ask(self, method: str, address: str, answers: Any = None) -> Any:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            response = getattr(self.client, method)(address, answers)
        tables = {table for each in asked.captured_queries if (table := _written(each["sql"]))}
        self.written.append(tables)
        if method == "get" and response.status_code == 200:
            form = re.search(r'<form method="post".*?</form>', response.content.decode(), re.DOTALL)
            names = set(re.findall(r'name="(\w+)"[^>]*?\srequired', form.group() if form else ""))
            self.required += sorted(names)
        return response

    @property
    def writing(self) -> int:
        """How many requests have written more than the visitor's own session and the count of tries."""
        return len([tables for tables in self.written if tables - {"django_session", "accounts_tries"}])


def _written(sql: str) -> str:
    found = re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM|INSERT OR IGNORE INTO) "?(\w+)', sql)
    return found.group(1) if found else ""


def sign_in(phone: Phone, leads_to: str, number: str = PHONE) -> Any:
    phone.get(f"/signin/?next={leads_to}")
    assert phone.post("/signin/", phone=number).url == "/signin/code"
    phone.get("/signin/code")
    return phone.post("/signin/code", code=code_in(phone.client))


def test_from_the_poster_to_the_union_takes_five_fields_and_three_requests_that_write(
    tree: factories.Tree, poster: Poster
) -> None:
    phone = Phone()
    assert f"/j/{poster.reference}/join/" in phone.get(f"/j/{poster.reference}/").content.decode()
    assert sign_in(phone, f"/j/{poster.reference}/join/").url == f"/j/{poster.reference}/join/"
    shown = phone.get(f"/j/{poster.reference}/join/").content.decode()
    answer = phone.post(
        f"/j/{poster.reference}/join/", name="白小满", id_number=NUMBER, workplace=tree.employer.reference
    )
    assert "已经送到工会" in phone.get(answer.url).content.decode()
    assert phone.posts == MOST_WRITING
    assert phone.writing <= MOST_WRITING, "a page that is only read writes nothing but the own session"
    assert phone.required == ["phone", "code", "id_number", "name", "workplace"], shown
    assert len(phone.required) <= MOST_FIELDS


@pytest.fixture
def spot(tree: factories.Tree, moment: Moment) -> Poster:
    chair = factories.actor(tree.chair)
    with everywhere(reason="test"):
        return posters.open_spot(organisation=tree.union, by=chair, at=moment.at)


def test_an_officer_s_code_leads_to_the_card_with_as_few(tree: factories.Tree, spot: Poster, moment: Moment) -> None:
    phone = Phone()
    code = phone.get(f"/j/{spot.reference}/now/?c={spots.tag_of(spot, at=moment.at)}")
    moment.later(seconds=100)
    assert "当场就是会员" in phone.get(code.url).content.decode()
    sign_in(phone, f"/j/{spot.reference}/join/")
    answers = {"name": "白小满", "id_number": NUMBER, "workplace": tree.employer.reference}
    answer = phone.post(f"/j/{spot.reference}/join/", **answers)
    assert answer.url == "/my/membership/"
    assert "中国工会会员证" in phone.get(answer.url).content.decode()
    assert (phone.posts, phone.writing) == (MOST_WRITING, MOST_WRITING)
    made = Application._base_manager.get()
    assert (made.state, made.poster, Membership._base_manager.get(person=made.person).origin) == (
        "approved", spot, "spot",
    )  # fmt: skip


# ── what nobody learns ──────────────────────────────────────────────────────────────────────────────────────────

#: What differs between two walks of strangers: moments, tokens, references, what they themselves typed.
VARIES = re.compile(
    r"<time.*?</time>|csrfmiddlewaretoken\"? value=\"[^\"]*\"|X-CSRFToken\": \"[^\"]*\"|nonce=\"[^\"]*\""
)


def bare(response: Any, *own: str) -> str:
    text = VARIES.sub("", response.content.decode())
    for each in own:
        text = text.replace(each, "·")
    headers = {name: value for name, value in response.headers.items() if name not in {"Content-Length", "Location"}}
    return f"{response.status_code} {sorted(headers.items())} {text}"


def shape(sql: str) -> str:
    """A statement without its values."""
    return re.sub(r"'(?:[^']|'')*'|\b\d+\b|x'[0-9a-f]*'|\bs\d+_x\d+", "?", sql, flags=re.IGNORECASE)[:200]


def walk(poster: Poster, number: str, phone_number: str) -> tuple[list[str], list[list[str]]]:
    """A stranger applies with an ID number, looks at everything afterwards, and takes it back: every page as bytes, and
    what the database was asked for each."""
    client = Client(headers={"user-agent": AGENT})
    ask_for_code(client, phone_number)
    client.get(f"/signin/?next=/j/{poster.reference}/join/")
    type_code(client)
    pages: list[str] = []
    asked: list[list[str]] = []

    def note(method: str, address: str, answers: dict[str, str] | None = None, *own: str) -> Any:
        with CaptureQueriesContext(connection) as captured:
            response = getattr(client, method)(address, answers)
        pages.append(bare(response, *own))
        asked.append([shape(each["sql"]) for each in captured.captured_queries])
        return response

    join = f"/j/{poster.reference}/join/"
    masked = f"{number[:3]}***********{number[-4:]}"
    note("get", join)
    note("post", join, {"name": "李青禾", "id_number": number, "workplace": ""}, number)
    note("get", join, None, masked)
    progress = note(
        "post", join, {"name": "李青禾", "id_number": number, "workplace": "other", "employer_name": "厂"}
    ).url
    own = (progress.split("/")[2], masked)
    for address in (progress, "/my/", "/my/membership/", "/my/me/", f"/j/{poster.reference}/", join):
        note("get", address, None, *own)
    note("get", f"{progress}withdraw/", None, *own)
    note("post", f"{progress}withdraw/", {}, *own)
    note("get", progress, None, *own)
    return pages, asked


@pytest.mark.parametrize("whose", [HERE, ELSEWHERE, FORMER, OFFICER])
def test_a_number_that_is_known_and_one_that_is_not_are_answered_byte_for_byte_alike(
    whose: str, poster: Poster, numbers: dict[str, str], moment: Moment
) -> None:
    pages, asked = walk(poster, numbers[UNKNOWN], "13900000901")
    moment.later(minutes=5)
    same_pages, same_asked = walk(poster, numbers[whose], "13900000902")
    assert len(pages) > 10
    for one, other in zip(pages, same_pages, strict=True):
        assert one == other
    for mine, theirs in zip(asked, same_asked, strict=True):
        assert mine == theirs, "as many statements, and the same: neither is quicker"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(sms, "send", lambda _to, text, **_: texts.append(text))
    return texts


@pytest.mark.parametrize("known", ["a member", "an account"])
def test_a_phone_that_is_known_and_one_that_is_not_are_answered_alike_until_the_code_is_typed(
    known: str, tree: factories.Tree, poster: Poster, moment: Moment
) -> None:
    if known == "an account":
        factories.account(tree.member, "wangfang")
    walks = []
    for number in (tree.member.reveal("phone"), "13900000903"):
        client = Client(headers={"user-agent": AGENT})
        pages, asked = [], []
        for method, address, answers in (
            ("get", f"/signin/?next=/j/{poster.reference}/join/", None),
            ("post", "/signin/", {"phone": number}),
            ("get", "/signin/code", None),
            ("post", "/signin/code", {"code": "000000"}),
            ("post", "/signin/", {"phone": number}),
        ):
            with CaptureQueriesContext(connection) as captured:
                response = getattr(client, method)(address, answers)
            masked = f"{number[:3]}****{number[-4:]}"
            pages.append(bare(response, masked))
            asked.append([shape(each["sql"]) for each in captured.captured_queries])
        walks.append((pages, asked, Event.objects.filter(name="signin.code_wanted").count()))
        Event.objects.all().delete()
    assert walks[0] == walks[1]


def test_what_the_union_answers_tells_nothing_of_another_file(
    tree: factories.Tree, poster: Poster, numbers: dict[str, str], sent: list[str], moment: Moment
) -> None:
    """The answer to an application is a word of the state, whatever stands in the file of the number."""
    from gongjia.domains.enrolment import handlers, queries, services
    from gongjia.domains.enrolment.words import RefusalReason

    chair = factories.actor(tree.chair)
    for turn, whose in enumerate((UNKNOWN, ELSEWHERE)):
        moment.later(minutes=5)
        walk_number = f"1390000091{turn}"
        client = Client(headers={"user-agent": AGENT})
        ask_for_code(client, walk_number)
        client.get(f"/signin/?next=/j/{poster.reference}/join/")
        type_code(client)
        answers = {"name": "李青禾", "id_number": numbers[whose], "workplace": "other", "employer_name": "厂"}
        client.post(f"/j/{poster.reference}/join/", answers)
        with everywhere(reason="test"):
            made = queries.application_by_reference(Application._base_manager.order_by("-pk")[0].reference)
            services.send_back(
                application=made, reason=RefusalReason.NAME, words="请核对", final=False, by=chair, at=moment.at
            )
            handlers.send_answer(application_id=made.pk, at=moment.at)
    assert len(sent) == 2
    assert sent[0] == sent[1]
