"""A paper is issued once and opens the same for ever."""

import io
from datetime import date, datetime
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader

from gongjia.engines.papers import files, queries, services
from gongjia.engines.papers.kinds import PaperKind
from gongjia.engines.papers.models import DocumentNumber, Paper
from gongjia.engines.papers.tests.conftest import CERTIFICATE, FORM, KINDS, LIST, REPLY
from gongjia.engines.papers.words import NumberState, PaperState
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]


def words_of_pdf(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def words_of_docx(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join([*(each.text for each in document.paragraphs), *cells])


def issue(kind: PaperKind, organisation: Any, at: datetime, by: Actor = COMMAND, **given: Any) -> Paper:
    context = given.pop("context", {}) or {}
    return services.issue(
        kind=kind.code, organisation=organisation, context={**kind.sample, **context}, by=by, at=at, **given
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.layout.style)
def test_both_files_of_every_layout_hold_every_fact_and_the_number(
    kind: PaperKind, tree: factories.Tree, at: datetime
) -> None:
    with everywhere(reason="test"):
        paper = issue(kind, tree.county, at)
        made, word = files.pdf_of(paper), files.docx_of(paper)
    assert made is not None
    facts = [each.sample for each in kind.fields if isinstance(each.sample, str)]
    facts += [text for each in kind.fields if each.columns for row in each.sample for text in row.values()]
    for text in [*facts, paper.number_zh, tree.county.name if kind.layout.sign else ""]:
        assert "".join(text.split()) in words_of_pdf(made)
        assert text in words_of_docx(word)
    assert "{" not in words_of_pdf(made) + words_of_docx(word)


def test_a_paper_keeps_number_day_issuer_and_what_it_is_about(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with everywhere(reason="test"):
        paper = issue(
            REPLY, tree.county, at, by=COMMAND, about=tree.membership, addressee=tree.union,
            context={"on": date(2026, 11, 1), "people": [{"name": "吉小满", "job": 3}], "more": None},
        )  # fmt: skip
        assert list(queries.papers_about(tree.membership)) == [paper]
        assert not queries.papers_about(tree.foreign_membership).exists()
        kept = queries.contents_of(queries.paper_by_reference(paper.reference))
    assert paper.number_zh == "咸安工复〔2026〕1号"
    assert paper.issued_on == date(2026, 11, 20)
    assert kept["facts"]["on"] == "2026年11月1日"
    assert kept["facts"]["people"] == [{"name": "吉小满", "job": "3"}]
    assert officer.account_id is not None


def test_a_new_wording_of_the_kind_does_not_touch_what_was_issued(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongjia.engines.papers import kinds

    with everywhere(reason="test"):
        paper = issue(FORM, tree.county, at)
        before = files.docx_of(paper)
        monkeypatch.setattr(kinds, "_registered", {})
        made = files.pdf_of(paper)
        assert made is not None
        assert "2020年参加工作" in words_of_pdf(made)
        assert words_of_docx(files.docx_of(paper)) == words_of_docx(before)


def test_what_was_changed_in_the_table_does_not_open(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = issue(FORM, tree.county, at)
        paper.seal_in(sealed=paper.reveal("sealed").replace("王芳", "李青"))
        paper.save()
        with pytest.raises(queries.Altered):
            files.pdf_of(paper)


@pytest.mark.parametrize(
    "context",
    [{"name": "王芳"}, {**FORM.sample, "salary": "1"}, {**FORM.sample, "name": 1.5}],
    ids=["missing", "unknown", "float"],
)
def test_a_context_that_does_not_fit_is_a_slip_that_is_not_issued(
    context: dict[str, Any], tree: factories.Tree, at: datetime
) -> None:
    with everywhere(reason="test"), pytest.raises((ValueError, TypeError)):
        services.issue(kind=FORM.code, organisation=tree.county, context=context, by=COMMAND, at=at)
    assert not DocumentNumber._base_manager.exists()


def test_signs_beyond_the_basic_plane_show_or_are_named(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = issue(CERTIFICATE, tree.county, at, context={"name": "吉𠮷𪚥"})
        made = files.pdf_of(paper)
        assert made is not None
        assert "吉𠮷〓[U+2A6A5]同志" in words_of_pdf(made)
        assert "吉𠮷𪚥" in words_of_docx(files.docx_of(paper))


@pytest.mark.parametrize(
    "text", ["#panic()", "*粗* _斜_ `a` $x$ <标签> @引用", "\\", "{{ 姓名 }}", "{% for %}", "&lt;<b>"]
)
def test_a_fact_is_never_part_of_a_program(text: str, tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = issue(FORM, tree.county, at, context={"name": text})
        made = files.pdf_of(paper)
        assert made is not None
        assert "".join(text.split()) in words_of_pdf(made)
        assert text in words_of_docx(files.docx_of(paper))


def test_a_roster_of_many_pages_repeats_its_heading(tree: factories.Tree, at: datetime) -> None:
    rows = [{"name": f"王{number}", "job": "保洁员"} for number in range(300)]
    with everywhere(reason="test"):
        made = files.pdf_of(issue(LIST, tree.county, at, context={"people": rows}))
    assert made is not None
    pages = PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 5
    assert all("岗位" in page.extract_text() for page in pages[:-1])


def test_who_reads_a_paper(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = issue(REPLY, tree.county, at, addressee=tree.union, person=tree.member)
        other = issue(REPLY, tree.county, at)

    def sees(actor: Actor, code: str | None = "papers.read") -> set[str]:
        with entering(actor.reach(code)):
            return set(queries.papers_in_reach().values_list("reference", flat=True))

    assert sees(factories.actor(tree.officer)) == {paper.reference, other.reference}
    assert sees(factories.actor(tree.chair)) == {paper.reference}
    assert sees(factories.actor(tree.foreign_officer)) == set()
    assert sees(factories.actor(tree.member), "signed in") == {paper.reference}
    granted = factories.actor(tree.foreign_member, grants=frozenset({("papers.paper", other.pk)}))
    assert sees(granted, "signed in") == {other.reference}


def test_a_void_paper_stays_with_its_number_and_says_so(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach("papers.numbers")), everywhere(reason="test"):
        with everywhere(reason="test"):
            paper = issue(REPLY, tree.county, at)
        with pytest.raises(Refused, match="原因"):
            services.void(paper=paper, reason=" ", by=officer, at=at)
        services.void(paper=paper, reason="单位名称写错", by=officer, at=at)
        found = queries.paper_by_reference(paper.reference)
        assert (found.state, found.number.state) == (PaperState.VOID, NumberState.VOID)
        assert found.number.void_reason == "单位名称写错"
        made = files.pdf_of(found)
        assert made is not None
        assert "已作废" in words_of_pdf(made)
        assert "已作废（2026年11月20日），不能使用" in words_of_docx(files.docx_of(found))
        with pytest.raises(Refused, match="已经作废"):
            services.void(paper=found, reason="再一次", by=officer, at=at)
