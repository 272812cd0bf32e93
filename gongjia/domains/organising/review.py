"""The review queue (待核): a record of the roster beside the employers that it may belong to.

What a person says of it is used at once by the leads of this comparison, and by every later one.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising.classes import EmployerClass, is_joint
from gongjia.domains.organising.comparison import UNION_ENDING
from gongjia.domains.organising.decisions import Decision
from gongjia.domains.organising.figures import shares_of_leads
from gongjia.domains.organising.models import EmployerResult, Lead, PairDecision, Run, UnionPair
from gongjia.domains.organising.queries import pairs_of
from gongjia.domains.organising.words import LeadState, Reviewed, RunState
from gongjia.engines.figures.counting import changed
from gongjia.engines.intake.core.export import harmless
from gongjia.engines.matching.core import Grade
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.verbs import note, verb

#: Still to be decided, those put off last.
WAITING = (Reviewed.NOT_YET, Reviewed.LATER)
_HAS_UNION = "人工核对：工会名册里已有它的工会"
_AT_ONCE = 2000
_WITHOUT_UNION = [each.value for each in EmployerClass if each.is_lead or each in {"may", "unknown", "lost"}]


@dataclass(frozen=True)
class Counts:
    """How far the review of a comparison is."""

    waiting: int
    later: int
    decided: int

    @property
    def total(self) -> int:
        return self.waiting + self.later + self.decided

    @property
    def left(self) -> int:
        return self.waiting + self.later


def queue_of(run: Run) -> QuerySet[UnionPair]:
    """What a person decides of a comparison: several employers fit, or code and name disagree."""
    return pairs_of(run, grade=Grade.REVIEW)


def counts_of(run: Run) -> Counts:
    found = queue_of(run).aggregate(
        waiting=Count("pk", filter=Q(reviewed=Reviewed.NOT_YET)),
        later=Count("pk", filter=Q(reviewed=Reviewed.LATER)),
        decided=Count("pk", filter=Q(reviewed__in=(Reviewed.YES, Reviewed.NO))),
    )
    return Counts(**found)


def at_place(run: Run, place: int) -> UnionPair | None:
    return queue_of(run).filter(place=place).first()


def next_of(run: Run, *, after: int = -1) -> UnionPair | None:
    """The next record of which nobody has said anything, behind a place and then from the front; then those put off."""
    for reviewed in WAITING:
        rows = queue_of(run).filter(reviewed=reviewed).order_by("place")
        if found := rows.filter(place__gt=after).first() or rows.first():
            return found
    return None


def previous_of(run: Run, place: int) -> UnionPair | None:
    """The record before, decided or not: for who has pressed the wrong key."""
    return queue_of(run).filter(place__lt=place).order_by("-place").first()


def marked(candidate: str, union: str) -> list[tuple[str, bool]]:
    """A candidate's name in pieces, each with whether the union's name has it too: the eye needs only the others."""
    own = UNION_ENDING.sub("", union)
    pieces: list[tuple[str, bool]] = []
    for kind, begin, end, _, _ in SequenceMatcher(None, candidate, own, autojunk=False).get_opcodes():
        if begin < end:
            pieces.append((candidate[begin:end], kind == "equal"))
    return pieces


@verb("organising.review", zh="核对一条工会记录", may="organising.compare", on="run")
def decide(
    *, run: Run, place: int, answer: Reviewed, chosen: int = 0, by: Actor, at: datetime, key: str = ""
) -> UnionPair:
    """Say of the record at `place` which candidate it is (YES, `chosen` from 0), that it is none of them (NO), or that
    it is to be seen later (LATER). It can be said anew; the last word holds. Refused where there is no such record."""
    pair = queue_of(run).select_for_update(of=("self",)).filter(place=place).first()
    if run.state != RunState.DONE or pair is None or answer == Reviewed.NOT_YET:
        raise Refused("没有这样的待核记录，请回到比对结果再看。")
    if answer == Reviewed.YES and not 0 <= chosen < len(pair.candidates):
        raise Refused("没有这个候选单位，请重新选。")
    before = _candidate_of(pair)
    candidate = pair.candidates[chosen] if answer == Reviewed.YES else None
    pair.reviewed = answer
    pair.uscc, pair.employer_name = (candidate["uscc"], candidate["name"][:200]) if candidate else ("", "")
    pair.save(update_fields=["reviewed", "uscc", "employer_name"])
    _keep(pair, run, by=by, at=at)
    if before and before != candidate:
        _follow(run, before, pair.name, has_union=False)
    if candidate:
        _follow(run, candidate, pair.name, has_union=True)
    _say_unsure(run, pair)
    note(run, pair_id=pair.pk, outcome=answer.value)
    return pair


def _candidate_of(pair: UnionPair) -> dict[str, Any] | None:
    """The candidate that was chosen before, if any."""
    if pair.reviewed != Reviewed.YES:
        return None
    named = (pair.uscc, pair.employer_name)
    return next((each for each in pair.candidates if (each["uscc"], each["name"][:200]) == named), None)


def _keep(pair: UnionPair, run: Run, *, by: Actor, at: datetime) -> None:
    if pair.reviewed == Reviewed.LATER:
        PairDecision.objects.filter(pair=pair).delete()
        return
    said = {
        "organisation": run.organisation,
        "number": pair.number,
        "union_name": pair.name,
        "uscc": pair.uscc,
        "employer_name": pair.employer_name,
        "is_same": pair.reviewed == Reviewed.YES,
        "by_person_id": by.person_id,
        "at": at,
    }
    PairDecision.objects.update_or_create(pair=pair, defaults=said)


def _leads_of(run: Run, candidate: dict[str, Any]) -> QuerySet[Lead]:
    """The lead that a candidate is in this comparison; none where a later one has taken its place."""
    rows = Lead._base_manager.filter(origin_id=run.organisation_id, run=run)
    if candidate["uscc"]:
        return rows.filter(key=candidate["uscc"])
    return rows.filter(key__contains="@", name=candidate["name"][:200])


def _follow(run: Run, candidate: dict[str, Any], union: str, *, has_union: bool) -> None:
    """An employer that has a union after all is no lead; one that has none after all is one again. What somebody has
    in hand stays in hand, and says what was found."""
    held = list(_leads_of(run, candidate).select_for_update())
    numbers = [lead.pk for lead in held]
    rows = Lead._base_manager.filter(pk__in=numbers)
    bumped = {"version": F("version") + 1}
    if has_union:
        rows.filter(state=LeadState.ASSIGNED).update(reason=_HAS_UNION, **bumped)
        rows.filter(state=LeadState.OPEN).update(state=LeadState.GONE, reason=_HAS_UNION, **bumped)
    else:
        rows.filter(state=LeadState.ASSIGNED, reason=_HAS_UNION).update(reason="", **bumped)
        rows.filter(state=LeadState.GONE, reason=_HAS_UNION).update(state=LeadState.OPEN, reason="", **bumped)
    changed("leads", before=shares_of_leads(held), after=shares_of_leads(rows))
    _classify(run, candidate, union[:200], has_union=has_union)


def _classify(run: Run, candidate: dict[str, Any], union: str, *, has_union: bool) -> None:
    """The class of the employer in this comparison follows what was said, and goes back to what was found."""
    found = EmployerResult.objects.filter(run=run)
    found = found.filter(key=candidate["uscc"]) if candidate["uscc"] else found.filter(name=candidate["name"][:200])
    if has_union:
        said = EmployerClass.COVERED if is_joint(union) else EmployerClass.ORGANISED
        as_it_was = {"as_found": F("found"), "union_found": F("union")}
        found.filter(found__in=_WITHOUT_UNION).update(**as_it_was, found=said.value, union=union)
    else:
        back = {"found": F("as_found"), "union": F("union_found"), "as_found": "", "union_found": ""}
        found.exclude(as_found="").update(**back)


def _say_unsure(run: Run, pair: UnionPair) -> None:
    """A lead is unsure as long as some record that proposes it is undecided."""
    undecided = queue_of(run).filter(reviewed__in=WAITING).annotate(text=Cast("candidates", TextField()))
    for candidate in pair.candidates:
        words = candidate["uscc"] or candidate["name"]
        held = Q(text__contains=words) | Q(text__contains=json.dumps(words)[1:-1])  # SQLite keeps JSON in ASCII
        _leads_of(run, candidate).update(is_unsure=undecided.filter(held).exists())


def decisions_of(organisation: Organisation) -> Iterator[Decision]:
    """What a federation has decided so far, the oldest first, as a comparison takes it."""
    for each in PairDecision._base_manager.filter(organisation=organisation).order_by("pk").iterator(_AT_ONCE):
        yield Decision(each.number, each.union_name, each.uscc, each.employer_name, yes=each.is_same)


def sheet_of(organisation: Organisation) -> Iterator[str]:
    """The decisions as lines of a CSV with the headings that `gongjia train --decisions` reads."""
    yield "\ufeff" + _line("序号", "工会名称", "统一社会信用代码", "单位名称", "结论")
    for each in decisions_of(organisation):
        yield _line(each.number, each.union, each.uscc, each.employer, "是" if each.yes else "否")


def _line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell) for cell in cells])
    return out.getvalue()
