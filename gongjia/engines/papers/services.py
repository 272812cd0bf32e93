"""The verbs on papers. A domain calls `issue` inside a verb of its own, which has asked for the right."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Max

from gongjia.backbone.files import services as files
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.papers import checking, proofs
from gongjia.engines.papers.composing import Standard, composed
from gongjia.engines.papers.facts import as_texts, in_words, shape_of
from gongjia.engines.papers.kinds import QR_WORD, kind_of
from gongjia.engines.papers.models import DocumentNumber, Paper, Series, SeriesWord, Template
from gongjia.engines.papers.queries import (
    content_of_template,
    digest_of,
    template_in_force,
    word_to_confirm,
    word_was_used,
)
from gongjia.engines.papers.sandbox import BadTemplate
from gongjia.engines.papers.word import filled_in
from gongjia.engines.papers.words import SERIES, NumberState, PaperState
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.verbs import note, verb

#: So many numbers at most are noted at once as used outside the platform.
MOST_SKIPPED = 2000
#: So often another word is offered where somebody else takes the same at the same moment.
_TRIES = 20
_USED = "“{}”是另一个工会用过的机关代字，它的文号还在。请换一个，例如多写一个字。"
_TAKEN = "“{}”已经是另一个工会的机关代字，请换一个，例如多写一个字。"


# ── numbers ────────────────────────────────────────────────────────────────────────────────────────────────────
@verb("papers.take_number", zh="取文号", may=INSIDE)
def take_number(
    *,
    organisation: Organisation,
    subject: str,
    by: Actor,
    at: datetime,
    series: str = "发",
    year: int | None = None,
    word: str = "",
) -> DocumentNumber:
    """The next number of an organisation's series in the year (of `at`, unless given), such as 咸工发〔2026〕12号.

    Before the first number somebody says the organisation's `word`, once seen (queries.word_to_confirm): Refused at the
    field `word` without it. What the platform itself issues takes the likeliest. A word that is set already stays.

    The series' row stays locked until the transaction ends that uses the number: nobody else takes one meanwhile, and
    when the transaction is undone, so is the number. Call it last in a verb that writes much.
    """
    counted = _locked(organisation, series, year or today_of(at).year, by=by, at=at)
    Series._base_manager.filter(pk=counted.pk).update(last=counted.last + 1)
    number = DocumentNumber._base_manager.create(
        organisation=organisation,
        series=counted,
        serial=counted.last + 1,
        text=_text(_word_of(organisation, word, by=by, at=at), counted, counted.last + 1),
        subject=subject[:200],
        taken_at=at,
        taken_by_id=by.person_id,
    )
    note(number, serial=number.serial)
    return number


def _locked(organisation: Organisation, series: str, year: int, *, by: Actor, at: datetime) -> Series:
    if series not in SERIES:
        raise ValueError(f"no such series of numbers: {series}")
    of_year, _ = Series._base_manager.get_or_create(organisation=organisation, kind=series, year=year)
    return Series._base_manager.select_for_update().get(pk=of_year.pk)


def _text(word: str, series: Series, serial: int) -> str:
    return f"{word}{series.kind}〔{series.year}〕{serial}号"


def _word_of(organisation: Organisation, said: str, *, by: Actor, at: datetime) -> str:
    """The organisation's word: the one that is set, else the one that was said with the first number."""
    known = SeriesWord._base_manager.filter(organisation=organisation).first()
    if known is not None:
        return known.word
    offered = said or word_to_confirm(organisation)
    if not said and by.person_id is not None:
        raise Refused(
            f"{organisation.name}还没有确定机关代字（文号开头的字，例如“{offered}”）：请先确定，再编第一个文号。",
            fields=["word"],
        )
    for _ in range(_TRIES):
        try:
            return _first_word(organisation, offered, at=at).word
        except Refused:
            if said:
                raise
            offered = word_to_confirm(organisation)
    return _first_word(organisation, organisation.reference, at=at).word


def _first_word(organisation: Organisation, word: str, *, at: datetime) -> SeriesWord:
    if word_was_used(word, organisation):
        raise Refused(_USED.format(word), fields=["word"])
    try:
        with transaction.atomic():
            return SeriesWord._base_manager.create(organisation=organisation, word=word, changed_at=at)
    except IntegrityError as clash:
        if known := SeriesWord._base_manager.filter(organisation=organisation).first():
            return known  # somebody set it in this very moment
        raise Refused(_TAKEN.format(word), fields=["word"]) from clash


@verb("papers.set_word", zh="设定机关代字", may="papers.numbers", on="organisation")
def set_word(
    *, organisation: Organisation, word: str, version: int, by: Actor, at: datetime, key: str = ""
) -> SeriesWord:
    """Set with which word the numbers of an organisation begin from now on; those given out stay. `version` is that of
    the word the form showed, 0 where there was none. Refused for a word that another organisation has, or had while
    it gave numbers."""
    known = SeriesWord._base_manager.filter(organisation=organisation).first()
    if known is None:
        return _first_word(organisation, word, at=at)
    if word_was_used(word, organisation):
        raise Refused(_USED.format(word), fields=["word"])
    try:
        with transaction.atomic():
            return SeriesWord.amend_row(known, version=version, changes={"word": word}, what="机关代字")
    except IntegrityError as clash:
        raise Refused(_TAKEN.format(word), fields=["word"]) from clash


@verb("papers.register_number", zh="登记平台以外的公文", may="papers.numbers", on="organisation")
def register_number(
    *, organisation: Organisation, series: str, subject: str, by: Actor, at: datetime, key: str = ""
) -> DocumentNumber:
    """Take a number for a paper that is written outside the platform."""
    return take_number(organisation=organisation, series=series, subject=subject, by=by, at=at)


@verb("papers.skip_numbers", zh="登记平台以外已用的文号", may="papers.numbers", on="organisation")
def skip_numbers(*, organisation: Organisation, series: str, up_to: int, by: Actor, at: datetime, key: str = "") -> int:
    """Note that an office has used this year's numbers up to `up_to` before it came to the platform: they stand in the
    register and the platform goes on behind them. Returns how many. Refused for one that is behind already."""
    counted = _locked(organisation, series, today_of(at).year, by=by, at=at)
    if up_to <= counted.last:
        raise Refused(f"{counted.kind}字今年已经用到第 {counted.last} 号，请填比它大的号。", fields=["up_to"])
    if up_to - counted.last > MOST_SKIPPED:
        raise Refused(f"一次最多登记 {MOST_SKIPPED} 个号，请核对填的是不是序号。", fields=["up_to"])
    word = _word_of(organisation, "", by=by, at=at)
    DocumentNumber._base_manager.bulk_create(
        DocumentNumber(
            organisation=organisation,
            series=counted,
            serial=serial,
            text=_text(word, counted, serial),
            subject="启用平台以前已经使用",
            taken_at=at,
            taken_by_id=by.person_id,
        )
        for serial in range(counted.last + 1, up_to + 1)
    )
    Series._base_manager.filter(pk=counted.pk).update(last=up_to)
    note(organisation, first=counted.last + 1, last=up_to)
    return up_to - counted.last


@verb("papers.void_number", zh="作废文号", may="papers.numbers", on="number")
def void_number(*, number: DocumentNumber, reason: str, by: Actor, at: datetime, key: str = "") -> DocumentNumber:
    """Void a number that was taken by hand: it stays in the register with the reason and is not given again. The
    number of an issued paper is voided with the paper. Refused for those, and without a reason."""
    if Paper._base_manager.filter(number=number).exists():
        raise Refused("这个文号上有已经制发的公文。请作废那份公文，文号一起作废。")
    _void(number, reason, at=at)
    note(number, serial=number.serial)
    return number


def _void(number: DocumentNumber, reason: str, *, at: datetime) -> None:
    if not reason.strip():
        raise Refused("还没有写作废的原因。", fields=["reason"])
    done = DocumentNumber._base_manager.filter(pk=number.pk, state=NumberState.USED).update(
        state=NumberState.VOID, void_at=at, void_reason=reason.strip()[:200]
    )
    if not done:
        raise Refused("这个文号已经作废了。")
    number.state, number.void_at, number.void_reason = NumberState.VOID, at, reason.strip()[:200]


# ── papers ─────────────────────────────────────────────────────────────────────────────────────────────────────
@verb("papers.issue", zh="制发公文", may=INSIDE)
def issue(
    *,
    kind: str,
    organisation: Organisation,
    context: Mapping[str, Any],
    by: Actor,
    at: datetime,
    number: bool = True,
    about: models.Model | None = None,
    addressee: Organisation | None = None,
    person: Person | None = None,
    issued_on: date | None = None,
    word: str = "",
) -> Paper:
    """Issue a paper of a registered kind in the name of `organisation`, and keep it as it is issued.

    `context` has exactly the codes of the kind's fields: texts, whole numbers, days, or lists of rows of those;
    anything else is a ValueError. With `number` the paper takes the next one of its kind's series, whose row stays
    locked until the transaction ends; `word` is said before the first (take_number). `about` is the domain's row that
    the paper belongs to: `papers_about(row)` lists it. `addressee` reads it too; `person` finds it among the own
    papers. Its files: `papers:docx` and `papers:pdf`.
    """
    wanted = kind_of(kind)
    facts = as_texts(wanted, context)
    day = issued_on or today_of(at)
    paper = Paper(
        organisation=organisation,
        addressee=addressee,
        person=person,
        kind=kind,
        issued_on=day,
        issued_at=at,
        issued_by_id=by.person_id,
        about_kind=about._meta.label if about is not None else "",
        about_id=about.pk if about is not None else None,
    )
    title = composed(wanted, facts, Standard("", organisation.name, day))["title"]
    if number:
        paper.number = take_number(
            organisation=organisation, series=wanted.series, year=day.year, subject=title, word=word, by=by, at=at
        )
    standard = Standard(paper.number_zh, organisation.name, day)
    qr = proofs.address_of_paper(paper, wanted) if wanted.layout.has_qr else ""
    made = composed(wanted, facts, standard, qr=qr)
    kept = {
        "facts": facts,
        "words": in_words(wanted, facts, {**standard.words, QR_WORD: qr}),
        "shape": shape_of(wanted),
        "composed": made,
    }
    paper.template_id = _fitting_template(kind, organisation, kept)
    sealed = json.dumps(kept, ensure_ascii=False)
    paper.title = made["title"][:200]
    paper.seal_in(sealed=sealed)
    paper.digest = digest_of(sealed)
    paper.save(force_insert=True)
    note(paper, about_person_id=person.pk if person else None, digest=paper.digest, kind=kind)
    return paper


def _fitting_template(kind: str, organisation: Organisation, kept: dict[str, Any]) -> int | None:
    """The template in force, filled in once to be sure that the paper opens for ever; None for one that a release has
    left without a field: such a paper is made by the shipped one."""
    template_id = template_in_force(kind, organisation.path)
    if template_id is not None:
        try:
            filled_in(kept["shape"], content_of_template(template_id), kept["words"])
        except BadTemplate:
            return None
    return template_id


@verb("papers.void", zh="作废公文", may="papers.numbers", on="paper")
def void(*, paper: Paper, reason: str, by: Actor, at: datetime, key: str = "") -> Paper:
    """Void a paper and its number: both stay, with the reason, and whoever opens or verifies it is told."""
    if not reason.strip():
        raise Refused("还没有写作废的原因。", fields=["reason"])
    facts = {"state": PaperState.VOID, "void_at": at, "void_reason": reason.strip()[:200]}
    if not Paper._base_manager.filter(pk=paper.pk, state=PaperState.ISSUED).update(**facts):
        raise Refused("这份公文已经作废了。")
    if paper.number is not None:
        _void(paper.number, reason, at=at)
    for name, value in facts.items():
        setattr(paper, name, value)
    note(paper, about_person_id=paper.person_id)
    return paper


# ── templates ──────────────────────────────────────────────────────────────────────────────────────────────────
@verb("papers.put_template", zh="更换公文模板", may="papers.templates", on="organisation")
def put_template(
    *, organisation: Organisation, kind: str, name: str, content: bytes, by: Actor, at: datetime, key: str = ""
) -> Template:
    """Use an own Word template for a kind of paper, here and in all organisations below that have none nearer. Papers
    that are issued already keep theirs. Refused, with every reason, for a file that cannot be filled in."""
    checking.check(kind_of(kind), content)
    stored = files.store(organisation=organisation, name=name, kind="paper_template", chunks=[content], by=by, at=at)
    made = _next_version(organisation, kind, by=by, at=at)
    made.file = stored
    made.save(force_insert=True)
    note(made, sha256=stored.sha256)
    return made


@verb("papers.drop_template", zh="恢复随附的公文模板", may="papers.templates", on="organisation")
def drop_template(*, organisation: Organisation, kind: str, by: Actor, at: datetime, key: str = "") -> Template:
    """Stop using the own template: the one of the superior, or the shipped one, is in force again. Versions stay."""
    last = Template._base_manager.filter(organisation=organisation, kind=kind).order_by("-number").first()
    if last is None or last.until_at is not None:
        raise Refused("这里没有自己的模板，用的已经是随附的或者上级的。")
    Template._base_manager.filter(pk=last.pk, until_at=None).update(until_at=at)
    last.until_at = at
    note(last)
    return last


def _next_version(organisation: Organisation, kind: str, *, by: Actor, at: datetime) -> Template:
    """Ends the version in force; two clerks at once wait for each other at the organisation's row."""
    Organisation._base_manager.select_for_update().get(pk=organisation.pk)
    before = Template._base_manager.filter(organisation=organisation, kind=kind)
    before.filter(until_at=None).update(until_at=at)
    last = before.aggregate(last=Max("number"))["last"] or 0
    return Template(organisation=organisation, kind=kind, number=last + 1, from_at=at, made_by_id=by.person_id)
