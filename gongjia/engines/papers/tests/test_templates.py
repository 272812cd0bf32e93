"""A clerk's Word template: what fits is used at once, what does not is refused with what to do, nothing gets out."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from jinja2.exceptions import SecurityError, UndefinedError

from gongjia.engines.papers import checking, files, previews, queries, services, word
from gongjia.engines.papers.facts import shape_of
from gongjia.engines.papers.kinds import PaperKind, registered
from gongjia.engines.papers.models import Template
from gongjia.engines.papers.sandbox import BadTemplate, Sandbox, filled
from gongjia.engines.papers.tests.conftest import CERTIFICATE, FORM, KINDS, LIST, REPLY
from gongjia.engines.papers.tests.test_issuing import issue, words_of_docx
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.threads import together

pytestmark = [pytest.mark.system("O8")]
SignIn = Callable[[Client, Any], Client]


def document(*paragraphs: str) -> bytes:
    made, packed = Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    made.save(packed)
    return packed.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes], *, extra: dict[str, bytes] | None = None) -> bytes:
    """The same document with its parts changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for each in before.namelist():
            after.writestr(each, change(each, before.read(each)))
        for name, part in (extra or {}).items():
            after.writestr(name, part)
    return packed.getvalue()


def why_not(content: bytes, kind: PaperKind = REPLY) -> str:
    with pytest.raises(Refused) as refused:
        checking.check(kind, content)
    return "".join(refused.value.reasons)


# ── what fits ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.layout.style)
def test_the_shipped_template_is_one_that_may_be_sent_back(kind: PaperKind) -> None:
    checking.check(kind, word.shipped(kind))


def test_every_shipped_template_holds_every_field_that_its_sentences_name() -> None:
    assert registered()
    for kind in registered():
        text = words_of_docx(word.shipped(kind))
        for each in kind.fields:
            assert each.zh in text, f"{kind.code}: {each.zh} is asked for and printed nowhere"
        checking.check(kind, word.shipped(kind))


def test_fields_conditions_lists_and_our_filter_are_filled_in() -> None:
    content = document(
        "致{{ 主送单位 }}：同意成立{{工会名称}}。",
        "{% if 说明 %}有说明{% else %}没有说明{% endif %}，备注{{ 说明|默认('从略') }}",
        "{% for 人 in 名单 %}{{ loop.index }}.{{ 人.姓名 }}{% if not loop.last %}、{% endif %}{% endfor %}",
        "{{ 文号 }} {{ 落款 }} {{ 成文日期 }}{% if 名单 %}有名单{% endif %}",
    )
    checking.check(REPLY, content)
    made = words_of_docx(word.filled_in(shape_of(REPLY), content, checking.sample_words(REPLY)))
    assert "致鸿运物业有限公司：同意成立鸿运物业有限公司工会。" in made
    assert "没有说明，备注从略" in made
    assert "1.王芳、2.何建平" in made
    assert "某工复〔2026〕12号 某某区总工会 2026年11月21日" in made


def test_the_code_of_a_certificate_is_a_picture_in_word() -> None:
    def pictures(content: bytes) -> int:
        return len(Document(io.BytesIO(content)).inline_shapes)

    shape, words = shape_of(CERTIFICATE), checking.sample_words(CERTIFICATE)
    assert pictures(word.filled_in(shape, word.shipped(CERTIFICATE), words)) == 1
    assert pictures(word.filled_in(shape, document("{{ 二维码 }}"), words)) == 1
    assert "没有“二维码”这个字段" in why_not(document("{{ 二维码 }}"), REPLY)
    with everywhere(reason="test"):
        made = word.written(previews._sample(CERTIFICATE))
    assert pictures(made) == 1


def test_a_field_that_word_has_torn_into_pieces_is_still_found() -> None:
    made, packed = Document(), io.BytesIO()
    paragraph = made.add_paragraph()
    for piece in ("同意成立{", "{ 工会", "名称 }", "}。"):
        paragraph.add_run(piece).bold = len(piece) % 2 == 0
    made.save(packed)
    checking.check(REPLY, packed.getvalue())
    filled_one = word.filled_in(shape_of(REPLY), packed.getvalue(), checking.sample_words(REPLY))
    assert "同意成立鸿运物业有限公司工会。" in words_of_docx(filled_one)


# ── what is wrong, and what to do ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ 公会名称 }}", "没有“公会名称”这个字段，您是不是想写“工会名称”"),
        ("{{ salary }}", "没有“salary”这个字段，请对照页面上的字段表"),
        ("{{ 工会名称 ", "写得不完整"),
        ("{{ 工会 名称 }}", "字段名里有没有空格"),
        ("{% if 说明 %}有", "没有配对"),
        ("有{% endif %}", "没有配对"),
        ("{% for 行 in 名单 %}{{ 行.姓名 }}", "没有配对"),
        ("{% for 行 in 名单 %}{{ 行.工资 }}{% endfor %}", "没有“工资”这一列。有的是：姓名、岗位"),
        ("{% for 行 in 名单 %}{{ 行 }}{% endfor %}", "是一整行，请写成"),
        ("{% for 行 in 花名册 %}{{ 行.姓名 }}{% endfor %}", "只能用于清单：名单"),
        ("{% for 字 in 工会名称 %}{{ 字 }}{% endfor %}", "只能用于清单：名单"),
        ("{% for 工会名称 in 名单 %}{% endfor %}", "请换一个"),
        ("{{ 工会名称|upper }}", "没有“upper”这种处理方式"),
        ("{{ 工会名称.长度 }}", "点号只能用在"),
        ("{{ 名单 }}", "是一张清单"),
        ("{{ 名单|默认('无') }}", "是一张清单"),
        ("{% for 行 in 名单 %}" + "长" * 70_000 + "{% endfor %}", "一行里写得太多"),
        ("{% for 行 in 名单 %}" + "{{ 工会名称 }}" * 200 + "{% endfor %}", "一行里写得太多"),
    ],
)
def test_a_mistake_is_told_with_the_way_to_mend_it(text: str, said: str) -> None:
    assert said in why_not(document(text))


def test_all_mistakes_are_told_at_once() -> None:
    reasons = why_not(document("{{ 公会名称 }}", "{{ 主送 }}"))
    assert "公会名称" in reasons
    assert "“主送”" in reasons


def test_files_that_are_no_plain_word_document_are_refused() -> None:
    good = document("{{ 工会名称 }}")
    assert "不是 Word 文档" in why_not(b"hello")
    assert "不是 Word 文档" in why_not(b"")
    assert "不是 Word 文档" in why_not(good[: len(good) // 2])
    assert "旧版 .doc" in why_not(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "超过 2 MB" in why_not(good + bytes(3 * 1024 * 1024))
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
    assert "不是 Word 文档" in why_not(sheet.getvalue())


def test_no_part_of_a_document_escapes_the_look() -> None:
    """What Word would open is what was read: the main part has its usual name, and every part a kind that is known."""
    good = document("{{ 工会名称 }}")

    def elsewhere(name: str, part: bytes) -> bytes:
        return part.replace(b"word/document.xml", b"word/real.xml") if name == "_rels/.rels" else part

    assert "内部格式" in why_not(repacked(good, elsewhere, extra={"word/real.xml": b"<x/>"}))
    assert "不认识" in why_not(repacked(good, lambda _, part: part, extra={"word/real.dat": b"x"}))


def test_a_link_in_the_text_is_no_fetching_field() -> None:
    def with_field(words: bytes) -> bytes:
        field = b"<w:r><w:instrText>" + words + b"</w:instrText></w:r></w:p>"
        return repacked(
            document("{{ 工会名称 }}"),
            lambda name, part: part.replace(b"</w:p>", field, 1) if name == "word/document.xml" else part,
        )

    with pytest.raises(BadTemplate, match="引用了别处"):
        checking.check_file(with_field(b" LINK Excel.Sheet "))
    checking.check_file(with_field(b" HYPERLINK \\l top "))


def test_macros_embedded_and_linked_files_are_refused() -> None:
    good = document("{{ 工会名称 }}")

    def same(_: str, part: bytes) -> bytes:
        return part

    assert "宏" in why_not(repacked(good, same, extra={"word/vbaProject.bin": b"x"}))
    assert "宏" in why_not(
        repacked(good, lambda _, part: part.replace(b"wordprocessingml.document.main+xml", b"x.macroEnabled.main+xml"))
    )
    assert "嵌入" in why_not(repacked(good, same, extra={"word/embeddings/book.xlsx": b"x"}))
    link = b'<Relationship Id="rId99" Type="http://x/attachedTemplate" Target="http://evil/" TargetMode="External"/>'

    def linked(name: str, part: bytes) -> bytes:
        return (
            part.replace(b"</Relationships>", link + b"</Relationships>")
            if name.endswith("document.xml.rels")
            else part
        )

    assert "引用了别处" in why_not(repacked(good, linked))
    web = b'<Relationship Id="rId98" Type="http://x/hyperlink" Target="http://a/" TargetMode="External"/>'

    def beside_a_web_address(name: str, part: bytes) -> bytes:
        return linked(name, part).replace(b"</Relationships>", web + b"</Relationships>")

    def only_a_web_address(name: str, part: bytes) -> bytes:
        end = b"</Relationships>"
        return part.replace(end, web + end) if name.endswith("document.xml.rels") else part

    assert "引用了别处" in why_not(repacked(good, beside_a_web_address))
    checking.check(REPLY, repacked(good, only_a_web_address))


@pytest.mark.parametrize(
    "field",
    [
        '<w:r><w:instrText>INCLUDEPICTURE "http://evil/"</w:instrText></w:r>',
        '<w:r><w:instrText>INCLU</w:instrText></w:r><w:r><w:instrText>DETEXT "/etc/passwd"</w:instrText></w:r>',
        '<w:fldSimple w:instr="ddeauto c:\\\\x"><w:r><w:t>x</w:t></w:r></w:fldSimple>',
    ],
)
def test_fields_of_word_that_fetch_are_refused(field: str) -> None:
    def with_field(name: str, part: bytes) -> bytes:
        return part.replace(b"</w:p>", field.encode() + b"</w:p>", 1) if name == "word/document.xml" else part

    assert "引用了别处" in why_not(repacked(document("{{ 工会名称 }}"), with_field))
    page = "<w:r><w:instrText>PAGE</w:instrText></w:r>"
    good = repacked(
        document("{{ 工会名称 }}"), lambda name, part: part.replace(b"</w:p>", page.encode() + b"</w:p>", 1)
    )
    checking.check(REPLY, good)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "ibm037"])
def test_parts_in_another_encoding_are_refused(encoding: str) -> None:
    def written_in(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        said = part.decode().replace("UTF-8", encoding)
        return said.encode("utf-16" if encoding == "utf-16" else "utf-8")

    assert "内部格式不对" in why_not(repacked(document("{{ 工会名称 }}"), written_in))


def test_bombs_are_refused_before_they_unfold() -> None:
    good = document("{{ 工会名称 }}")
    assert "内容太多" in why_not(repacked(good, lambda _, part: part, extra={"word/media/a.xml": b" " * (40 << 20)}))
    entities = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'

    def bomb(name: str, part: bytes) -> bytes:
        return part.replace(b"<w:document", entities + b"<w:document", 1) if name == "word/document.xml" else part

    assert "内部格式不对" in why_not(repacked(good, bomb))


# ── who means harm ─────────────────────────────────────────────────────────────────────────────────────────────
MALICIOUS = [
    "{{ 工会名称.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ 工会名称['__class__'] }}",
    "{{ 名单[0] }}",
    "{{ loop.__init__ }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ range(10**9) }}",
    "{{ 'a' * 10**9 }}",
    "{{ '%s' % 工会名称 }}",
    "{{ 工会名称.format(工会名称) }}",
    "{{ 工会名称|attr('__class__') }}",
    "{{ 工会名称|map('upper')|list }}",
    "{{ 名单|tojson }}",
    "{{ namespace() }}",
    "{% set x = 'a' %}{{ x }}",
    "{% set x %}{{ 工会名称 }}{% endset %}",
    "{% macro m() %}x{% endmacro %}{{ m() }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'x' %}",
    "{% block b %}{% endblock %}",
    "{% for a in 名单 %}{% for b in 名单 %}x{% endfor %}{% endfor %}",
    "{% for a in range(9) %}x{% endfor %}",
    "{% for a in [1,2,3] %}x{% endfor %}",
    "{% for a in 名单 recursive %}{{ loop(名单) }}{% endfor %}",
    "{% for a in 名单 if a.姓名 %}x{% endfor %}",
    "{% for a in 名单 %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for a in 名单 %}{{ loop.previtem }}{% endfor %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call 工会名称() %}{% endcall %}",
    "{% with a = 1 %}{% endwith %}",
    "{{ 工会名称 ~ 工会名称 }}",
    "{{ {'a': 1} }}",
    "{{ 1 if 工会名称 is defined else 2 }}",
    "{{ 工会名称() }}",
    "{% autoescape false %}x{% endautoescape %}",
    "{% do 工会名称 %}",
    "{% raw %}{{ x }}",
]


@pytest.mark.parametrize("text", MALICIOUS)
def test_whatever_reaches_further_is_refused(text: str) -> None:
    why_not(document(text))
    with pytest.raises(BadTemplate):
        filled(Sandbox(shape_of(REPLY)), text, checking.sample_words(REPLY))


@pytest.mark.parametrize("place", ["header", "footer", "properties"])
def test_no_corner_of_the_document_is_forgotten(place: str) -> None:
    made, packed = Document(), io.BytesIO()
    text = "{{ 工会名称.__class__ }}"
    if place == "properties":
        made.core_properties.title = text
    else:
        getattr(made.sections[0], place).paragraphs[0].text = text
    made.save(packed)
    assert "点号只能用在" in why_not(packed.getvalue())


def test_the_second_wall_stands_without_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    from gongjia.engines.papers import sandbox

    monkeypatch.setattr(sandbox._Reader, "read", lambda *_: [])
    box, words = Sandbox(shape_of(REPLY)), checking.sample_words(REPLY)
    for text in ("{{ 工会名称.__class__ }}", "{{ 工会名称.upper() }}", "{{ range(9) }}", "{{ 名单.__len__() }}"):
        with pytest.raises((BadTemplate, SecurityError, UndefinedError)):
            filled(box, text, words)


def test_many_loops_and_deep_conditions_end_soon() -> None:
    loop = "{% for a in 名单 %}{{ a.姓名 }}{% endfor %}"
    assert "最多用 20 次" in why_not(document(*[loop] * 21))
    started = time.process_time()
    assert why_not(document("{% if 说明 %}" * 3000 + "{% endif %}" * 3000))
    assert time.process_time() - started < 60


def test_facts_with_tags_in_them_stay_facts() -> None:
    words = {**checking.sample_words(REPLY), "工会名称": "{{ 主送单位 }}<w:t>&amp;"}
    made = word.filled_in(shape_of(REPLY), document("{{ 工会名称 }}"), words)
    assert words_of_docx(made) == "{{ 主送单位 }}<w:t>&amp;"


# ── whose template ─────────────────────────────────────────────────────────────────────────────────────────────
def put(organisation: factories.Organisation, who: factories.Person, at: datetime, text: str) -> Template:
    actor = factories.actor(who)
    with entering(actor.reach("papers.templates")):
        return services.put_template(
            organisation=organisation,
            kind=REPLY.code,
            name="批复.docx",
            content=document(text),
            by=actor,
            at=at,
        )


@pytest.mark.django_db
def test_a_void_paper_says_so_in_the_file_of_an_own_template(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tree.county, tree.officer, at, "县：{{ 工会名称 }}")
    turned: list[bytes] = []
    monkeypatch.setattr(files, "pdf_of_word", turned.append)
    with everywhere(reason="test"):
        paper = services.issue(kind=REPLY.code, organisation=tree.county, context=REPLY.sample, by=COMMAND, at=at)
        assert "作废" not in words_of_docx(files.docx_of(paper))
        services.void(paper=paper, reason="写错", by=COMMAND, at=at)
        made = files.docx_of(paper)
        files.pdf_of(paper)
    said = "已作废（2026年11月20日），不能使用"
    assert words_of_docx(made).startswith(said)
    document_ = Document(io.BytesIO(made))
    assert [said in "".join(each.text for each in one.header.paragraphs) for one in document_.sections] == [True]
    assert words_of_docx(turned[0]).startswith(said), "the PDF is made of the same file"


@pytest.mark.django_db
def test_a_template_holds_here_and_below_until_a_nearer_one_does(tree: factories.Tree, at: datetime) -> None:
    def used(organisation: factories.Organisation) -> int | None:
        return queries.template_in_force(REPLY.code, organisation.path)

    county = put(tree.county, tree.officer, at, "县：{{ 工会名称 }}")
    assert [used(each) for each in (tree.city, tree.county, tree.union)] == [None, county.pk, county.pk]
    assert used(tree.foreign_union) is None
    union = put(tree.union, tree.chair, at, "基层：{{ 工会名称 }}")
    assert [used(each) for each in (tree.county, tree.union)] == [county.pk, union.pk]
    services.drop_template(organisation=tree.union, kind=REPLY.code, by=factories.actor(tree.chair), at=at)
    assert used(tree.union) == county.pk
    with pytest.raises(Refused, match="没有自己的模板"):
        services.drop_template(organisation=tree.union, kind=REPLY.code, by=factories.actor(tree.chair), at=at)
    assert Template._base_manager.count() == 2, "every version stays"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_clerks_who_send_a_template_at_once_make_one_version_each(at: datetime) -> None:
    tree = factories.tree()
    factories.account(tree.officer)
    together(4, lambda turn: put(tree.county, tree.officer, at, f"第{turn}份：{{{{ 工会名称 }}}}"))
    versions = Template._base_manager.order_by("number")
    assert [each.number for each in versions] == [1, 2, 3, 4]
    assert [each.until_at is None for each in versions] == [False, False, False, True]


@pytest.mark.django_db
def test_an_issued_paper_keeps_the_template_of_its_day(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with everywhere(reason="test"):
        shipped = issue(REPLY, tree.county, at)
        put(tree.county, tree.officer, at, "第一版：{{ 工会名称 }}，{{ 文号 }}")
        first = issue(REPLY, tree.county, at)
        put(tree.county, tree.officer, at, "第二版：{{ 工会名称 }}，{{ 文号 }}")
        assert words_of_docx(files.docx_of(first)) == "第一版：鸿运物业有限公司工会，咸安工复〔2026〕2号"
        assert "关于同意成立" in words_of_docx(files.docx_of(shipped))
        monkeypatch.setattr(files, "_office", lambda: None)
        assert files.pdf_of(first) is None, "without LibreOffice there is Word only"
        assert files.pdf_of(shipped) is not None


@pytest.mark.django_db
def test_a_template_that_lost_a_field_does_not_stop_the_office(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tree.county, tree.officer, at, "第一版：{{ 工会名称 }}")
    without = {
        "texts": ["文号", "落款", "成文日期", "主送单位", "成立日期", "说明"],
        "lists": {"名单": ["姓名", "岗位"]},
    }
    monkeypatch.setattr(services, "shape_of", lambda _: without)
    with everywhere(reason="test"):
        paper = issue(REPLY, tree.county, at)
        assert paper.template_id is None
        assert "关于同意成立" in words_of_docx(files.docx_of(paper))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["foreign_officer", "leader", "auditor", "member"])
def test_nobody_else_changes_a_template(who: str, tree: factories.Tree, at: datetime) -> None:
    with pytest.raises(Forbidden):
        put(tree.county, getattr(tree, who), at, "{{ 工会名称 }}")
    assert not Template._base_manager.exists()


# ── the pages ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_clerk_changes_a_template_sees_it_and_goes_back(
    client: Client, tree: factories.Tree, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_office", lambda: None)
    sign_in(client, tree.officer)
    assert REPLY.zh in client.get(f"/desk/unions/{tree.county.reference}/templates/").content.decode()
    address = f"/desk/unions/{tree.county.reference}/template/?kind={REPLY.code}"
    shown = client.get(address).content.decode()
    assert "用的是随附的模板" in shown
    assert "工会名称" in shown
    file_url = f"/desk/unions/{tree.county.reference}/template/file/?kind={REPLY.code}"
    assert "{{ 工会名称 }}" in words_of_docx(client.get(file_url).content)
    assert client.get(f"{file_url}&what=pdf").content.startswith(b"%PDF")
    assert client.get(f"{file_url}&what=png").content.startswith(b"\x89PNG")

    def send(content: bytes, name: str = "我的.docx") -> Any:
        return client.post(address, {"put": "1", "file": SimpleUploadedFile(name, content)}, follow=True)

    wrong = send(document("{{ 公会名称 }}"))
    assert wrong.status_code == 409
    assert "您是不是想写“工会名称”" in wrong.content.decode()
    assert send(b"").status_code == 422
    assert client.post(address, {"put": "1"}).status_code == 422
    answer = send(document("我们的批复：{{ 工会名称 }}")).content.decode()
    assert "新模板已经启用" in answer
    assert "我们的批复：鸿运物业有限公司工会" in answer
    assert "只提供 Word" in answer
    assert words_of_docx(client.get(f"{file_url}&what=docx").content) == "我们的批复：鸿运物业有限公司工会"
    assert client.get(f"{file_url}&what=pdf").status_code == 409
    assert words_of_docx(client.get(f"{file_url}&version=1").content) == "我们的批复：{{ 工会名称 }}"
    assert client.get(f"{file_url}&version=2").status_code == 404
    assert "用的是随附的模板" in client.post(address, {"drop": "1"}, follow=True).content.decode()
    assert client.get(f"{file_url}&what=pdf").status_code == 200
    assert "第 1 版：我的.docx" in client.get(address).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["", "none", "../etc"])
def test_an_unknown_kind_is_no_page(kind: str, client: Client, tree: factories.Tree, sign_in: SignIn) -> None:
    sign_in(client, tree.officer)
    assert client.get(f"/desk/unions/{tree.county.reference}/template/?kind={kind}").status_code == 404
    assert client.get(f"/desk/unions/{tree.county.reference}/template/file/?kind={kind}").status_code == 404


def test_what_a_clerk_reads_of_a_sample_is_all_of_it() -> None:
    for kind in (REPLY, FORM, LIST, CERTIFICATE):
        shown = previews.words_of(previews.docx_of(kind, None))
        texts = "".join(each.text + "".join("".join(row) for row in each.rows) for each in shown)
        assert "{" not in texts
        assert all(each.sample in texts for each in kind.fields if isinstance(each.sample, str))
