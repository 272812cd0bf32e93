"""The office's pages: what was issued, the register of numbers, files of a paper."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongjia.engines.papers import checkups, files, services
from gongjia.engines.papers.models import DocumentNumber, Paper
from gongjia.engines.papers.tests.conftest import LIST, REPLY
from gongjia.engines.papers.tests.test_issuing import issue, words_of_docx, words_of_pdf
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.checkups import Level
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]
MOST_QUERIES = 8


@pytest.fixture
def paper(tree: factories.Tree, at: datetime) -> Paper:
    with everywhere(reason="test"):
        return issue(REPLY, tree.county, at, addressee=tree.union, person=tree.member)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def own_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return sum(f'FROM "{table}"' in each["sql"] for each in caught for table in TABLES)


TABLES = tuple(model._meta.db_table for model in (Paper, DocumentNumber))


def test_the_chair_opens_what_the_union_received_and_it_is_recorded(
    client: Client, tree: factories.Tree, paper: Paper, sign_in: SignIn
) -> None:
    sign_in(client, tree.chair)
    assert paper.number_zh in text_of(client.get("/desk/papers/"))
    shown = text_of(client.get(f"/desk/papers/{paper.reference}/"))
    assert tree.county.name in shown
    assert "作废这份公文" not in shown, "who received it does not void it"
    made = client.get(f"/desk/papers/{paper.reference}.pdf")
    assert paper.number_zh in words_of_pdf(made.content)
    assert "no-store" in made["Cache-Control"]
    assert "attachment" in made["Content-Disposition"]
    assert paper.number_zh in words_of_docx(client.get(f"/desk/papers/{paper.reference}.docx").content)
    opened = AuditRow.objects.filter(verb="papers.open", subject_id=paper.pk, about_person_id=tree.member.pk)
    assert opened.count() == 2
    assert client.post(f"/desk/papers/{paper.reference}/void/", {"reason": "不认"}).status_code == 403
    assert Paper._base_manager.get().void_at is None


def test_the_person_downloads_the_own_paper_and_nobody_else_s(
    client: Client, tree: factories.Tree, paper: Paper, at: datetime, sign_in: SignIn
) -> None:
    with everywhere(reason="test"):
        other = issue(REPLY, tree.county, at, person=tree.foreign_member)
    sign_in(client, tree.member)
    assert client.get(f"/my/papers/{paper.reference}.pdf").content.startswith(b"%PDF")
    assert client.get(f"/my/papers/{other.reference}.pdf").status_code == 404


def test_a_paper_without_a_pdf_says_what_to_do(
    client: Client, tree: factories.Tree, paper: Paper, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongjia.engines.papers.views.files.pdf_of", lambda _: None)
    sign_in(client, tree.officer)
    answer = client.get(f"/desk/papers/{paper.reference}.pdf")
    assert answer.status_code == 409
    assert "只有 Word 文件" in text_of(answer)


def test_voiding_asks_why_and_says_so_everywhere(
    client: Client, tree: factories.Tree, paper: Paper, sign_in: SignIn
) -> None:
    sign_in(client, tree.officer)
    address = f"/desk/papers/{paper.reference}/void/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert "已经作废" in text_of(client.post(address, {"reason": "单位名称写错"}, follow=True))
    assert client.post(address, {"reason": "再来"}).status_code == 409
    shown = text_of(client.get(f"/desk/papers/{paper.reference}/"))
    assert "单位名称写错" in shown
    assert "单位名称写错" in text_of(client.get(f"/desk/unions/{tree.county.reference}/numbers/"))


def test_an_officer_keeps_the_register(client: Client, tree: factories.Tree, at: datetime, sign_in: SignIn) -> None:
    sign_in(client, tree.officer)
    address = f"/desk/unions/{tree.county.reference}/numbers/"
    assert 'value="咸安工"' in text_of(client.get(address)), "the likeliest word is offered"

    def send(**answers: Any) -> Any:
        return client.post(address, answers)

    assert send(act="word", word="安总工", version=0).status_code == 302
    assert send(act="skip", series="发", up_to=11).status_code == 302
    assert send(act="register", series="发", subject="关于召开会议的通知", key="once").status_code == 302
    assert send(act="register", series="发", subject="关于召开会议的通知", key="once").status_code == 302
    shown = text_of(client.get(address))
    assert "安总工发〔2026〕12号" in shown
    assert "13号" not in shown, "a form that is sent twice takes one number"
    assert send(act="skip", series="发", up_to=5).status_code == 409
    assert send(act="skip", series="发", up_to="很多").status_code == 422
    assert send(act="skip", series="密", up_to=50).status_code == 422
    assert send(act="register", series="发", subject="").status_code == 422
    for wrong in ("A", "安", "安工发〔2026〕", "安" * 13, ""):
        assert send(act="word", word=wrong, version=1).status_code == 422
    assert send(act="word", word="安工", version=0).status_code == 409, "somebody was faster"
    assert send(act="").status_code == 409
    last = DocumentNumber._base_manager.get(serial=12)
    assert send(act="none").status_code == 409
    void = f"/desk/numbers/{last.reference}/void/"
    assert "写重了" in text_of(client.post(void, {"reason": "写重了"}, follow=True))
    assert client.post(void, {"reason": "写重了"}).status_code == 409


def test_a_list_of_thirty_costs_what_a_list_of_one_costs(
    client: Client, tree: factories.Tree, paper: Paper, at: datetime, sign_in: SignIn
) -> None:
    sign_in(client, tree.officer)
    addresses = ("/desk/papers/", f"/desk/unions/{tree.county.reference}/numbers/")
    one = [own_queries(client, each) for each in addresses]
    with everywhere(reason="test"):
        for _ in range(29):
            issue(LIST, tree.county, at, addressee=tree.union)
    assert [own_queries(client, each) for each in addresses] == one
    assert max(one) <= MOST_QUERIES


def test_an_office_program_turns_the_clerk_s_word_file_in_a_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in: it copies what it was given to where it was told to write."""
    program = tmp_path / "soffice"
    program.write_text('#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\ncp "$3" "$2/paper.pdf"\n')
    program.chmod(0o700)
    monkeypatch.setattr(files, "_office", lambda: str(program))
    assert files.pdf_of_word(b"made of this") == b"made of this"


@pytest.mark.skipif(not files.can_turn_word_into_pdf(), reason="no LibreOffice here")
def test_a_clerk_s_word_becomes_a_pdf_where_libreoffice_is(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = issue(REPLY, tree.county, at)
        made = files.pdf_of_word(files.docx_of(paper))
    assert made is not None
    assert paper.number_zh in words_of_pdf(made)


def test_a_word_file_that_cannot_be_turned_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_office", lambda: "/bin/false")
    assert files.pdf_of_word(b"x") is None
    monkeypatch.setattr(files, "_office", lambda: "/nowhere/soffice")
    assert files.pdf_of_word(b"x") is None


def test_the_operator_is_told_of_fonts_and_of_what_makes_pdf(
    settings: Any, at: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "_office", lambda: None)
    settings.FONTS = None
    assert checkups.fonts_and_office(at) == (Level.GOOD, checkups.fonts_and_office(at)[1])
    assert "没有装 LibreOffice" in checkups.fonts_and_office(at)[1]
    settings.FONTS = tmp_path / "none"
    assert checkups.fonts_and_office(at)[0] is Level.WARNING
    settings.FONTS = tmp_path
    monkeypatch.setattr(files, "_office", lambda: "soffice")
    assert "转成 PDF" in checkups.fonts_and_office(at)[1]


def test_nobody_issues_from_a_page(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"), pytest.raises(RuntimeError, match="part of another one"):
        services.issue(
            kind=REPLY.code,
            organisation=tree.county,
            context=REPLY.sample,
            by=factories.actor(tree.officer),
            at=at,
        )
    assert COMMAND.channel == "command"
