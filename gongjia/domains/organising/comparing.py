"""The verbs of a comparison: put lists in, say what each is, begin, begin anew, leave it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime

from gongjia.backbone.employers.models import Coverage
from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising import params
from gongjia.domains.organising.listing import MOST_LISTS, OF_EMPLOYERS, OF_HEADCOUNTS, ListKind, guessed
from gongjia.domains.organising.models import Run, RunList
from gongjia.domains.organising.words import RunState
from gongjia.engines.intake import services as intake
from gongjia.engines.intake.recognising import Corrected, Recognised
from gongjia.engines.intake.services import Sheet
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import within
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

Upload = tuple[str, Iterable[bytes]]
_TOO_MANY = f"一次最多比对 {MOST_LISTS} 份名单。同一类的请先合成一份。"
_CHANGED = "刚才有人改过这些名单是什么，请刷新页面看看再改。"
_AT_WORK = (RunState.WAITING, RunState.RUNNING)


def sheet_of(kind: str) -> str:
    """The kind of sheet that a kind of list is read as; one that is not used stays what it was taken for."""
    return f"organising.{kind}"


@contextmanager
def lists_read(
    *, organisation: Organisation, files: Sequence[Upload], at: datetime, kinds: Sequence[str] = ()
) -> Iterator[list[Sheet]]:
    """Files (name and content), read one after the other before any of them is kept. What each is stands in `kinds`, or
    is guessed from its name and its first rows.

    Refused when one of them cannot be read as a whole. To be called outside of any transaction.
    """
    if len(files) > MOST_LISTS:
        raise Refused(_TOO_MANY, fields=["lists"])
    with ExitStack() as open_ones:
        yield [
            open_ones.enter_context(
                intake.sheet_read(
                    organisation=organisation,
                    kind=sheet_of(kinds[at_place]) if kinds else lambda *seen: sheet_of(guessed(*seen)),
                    name=name,
                    chunks=chunks,
                    at=at,
                )
            )
            for at_place, (name, chunks) in enumerate(files)
        ]


@verb("organising.gather", zh="放进要比对的名单", may="organising.compare", on="organisation")
def gather(*, organisation: Organisation, lists: Sequence[Sheet], by: Actor, at: datetime, key: str = "") -> Run:
    """Keep lists that have been read (`lists_read`), for a comparison that waits for its beginning."""
    run = Run.objects.create(organisation=organisation, asked_at=at, asked_by_id=by.person_id, **_rules(today_of(at)))
    _put_in(run, lists, by=by, at=at)
    note(run, lists=len(lists))
    return run


def _rules(on: date) -> dict[str, int | date]:
    return {"at_least": params.listed_headcount(on=on), "since": params.counts_since(on=on)}


def _put_in(run: Run, lists: Sequence[Sheet], *, by: Actor, at: datetime) -> None:
    there = list(RunList.objects.filter(run=run).order_by("place"))
    if len(there) + len(lists) > MOST_LISTS:
        raise Refused(_TOO_MANY, fields=["lists"])
    first = there[-1].place + 1 if there else 0
    for number, sheet in enumerate(lists):
        batch = intake.receive(organisation=run.organisation, sheet=sheet, by=by, at=at)
        kind = sheet.kind.rpartition(".")[2]
        RunList.objects.create(run=run, place=first + number, kind=kind, batch=batch)


@verb("organising.add_lists", zh="添加要比对的名单", may="organising.compare", on="run")
def add_lists(*, run: Run, lists: Sequence[Sheet], by: Actor, at: datetime, key: str = "") -> Run:
    """Put more lists beside those of a comparison that has not begun."""
    run = _draft(run)
    _put_in(run, lists, by=by, at=at)
    note(run, lists=len(lists))
    return run


def reread(run: Run, kinds: Mapping[int, str], *, at: datetime) -> dict[int, Recognised]:
    """The lists whose kind changes, as they read then; by their places. To be called outside of any transaction."""
    return {
        each.place: intake.read_as_kind(each.batch, sheet_of(kinds[each.place]), at=at)
        for each in lists_of(run)
        if kinds.get(each.place, each.kind) not in (each.kind, ListKind.UNUSED)
        and each.batch.kind != sheet_of(kinds[each.place])
    }


@verb("organising.arrange_lists", zh="说明每份名单是什么", may="organising.compare", on="run")
def arrange_lists(
    *,
    run: Run,
    kinds: Mapping[int, str],
    days: Mapping[int, date | None],
    read: Mapping[int, Recognised],
    by: Actor,
    at: datetime,
) -> Run:
    """Say by its place what each list is and of which day its numbers are; `read` as `reread` gives it. Refused for a
    day to come, and once the comparison has begun."""
    run = _draft(run)
    for each in lists_of(run):
        day = days.get(each.place, each.as_of)
        if day is not None and day > today_of(at):
            raise Refused(f"“{each}”的数据日期不能晚于今天。", fields=["as_of"])
        seen, kind = read.get(each.place), kinds.get(each.place, each.kind)
        if seen is None and kind != ListKind.UNUSED and each.batch.kind != sheet_of(kind):
            raise Refused(_CHANGED)
        if seen is not None:
            intake.take_as(batch=each.batch, kind=sheet_of(kinds[each.place]), read=seen, by=by, at=at)
        RunList.objects.filter(pk=each.pk).update(kind=kind, as_of=day)
    return run


@verb("organising.correct_list", zh="改正一份名单的表头和列", may="organising.compare", on="run")
def correct_list(*, run: Run, place: int, read: Corrected, by: Actor, at: datetime) -> Run:
    """Take what was said of a list's heading and columns, and remember it for the next one like it."""
    run = _draft(run)
    listed = list_at(run, place)
    if listed is None or listed.batch.corrections != read.before:
        raise Refused("刚才有人改过这份名单的表头和列，请刷新页面看看再改。")
    intake.correct_batch(batch=listed.batch, read=read, by=by, at=at)
    return run


@verb("organising.compare", zh="数据比对", may="organising.compare", on="run")
def start(*, run: Run, by: Actor, at: datetime, key: str = "") -> Run:
    """Ask for the comparison of the lists that were put in, in the background. Refused, with what to do, where a list
    cannot be read, none says which employers there are, or nothing is there to look for a union in."""
    db.lock(f"organising.compare-{run.organisation_id}")  # two that begin come in turn
    run = _draft(run)
    lists = [each for each in lists_of(run) if each.kind != ListKind.UNUSED]
    if reasons := _missing(run, lists):
        raise Refused(*reasons)
    run = _last_in_line(run)
    _ask(run, by=by, at=at)
    return run


def _last_in_line(run: Run) -> Run:
    """The comparison as the newest of its federation: they follow one another by their numbers, and others may have
    begun since the lists were put in. Its address stays."""
    if not Run.objects.filter(organisation=run.organisation, pk__gt=run.pk).exclude(state=RunState.DRAFT).exists():
        return run
    facts = {"organisation": run.organisation, "asked_at": run.asked_at, "at_least": run.at_least, "since": run.since}
    again = Run.objects.create(**facts)
    RunList.objects.filter(run=run).update(run=again)
    reference = run.reference
    run.delete()
    Run.objects.filter(pk=again.pk).update(reference=reference)
    again.reference = reference
    return again


def _missing(run: Run, lists: Sequence[RunList]) -> list[str]:
    reasons = [
        f"“{each}”的表头没有认出来。请在下面点“认得不对，自己改”，说明表头和各列；不比它，就选“{ListKind.UNUSED.zh}”。"
        for each in lists
        if each.batch.error
    ]
    reasons += [_CHANGED for each in lists if each.batch.kind != sheet_of(each.kind)][:1]
    kinds = {each.kind for each in lists}
    if not kinds & {*OF_EMPLOYERS, *OF_HEADCOUNTS}:
        reasons.append("还没有单位名单。请放进市场监管、社保、税务、民政或平台的名单，至少一份。")
    if ListKind.ROSTER not in kinds and not _has_unions(run.organisation):
        reasons.append("还没有工会名册，本系统里也没有登记哪些单位有工会，比不出谁没有。请放进工会名册。")
    return reasons


def _has_unions(organisation: Organisation) -> bool:
    """Whether this system knows of an employer with a union, at the federation or below."""
    return Coverage.objects.filter(within("organisation__path", (organisation.path,)), until_on=None).exists()


def _ask(run: Run, *, by: Actor, at: datetime) -> None:
    facts = {"state": RunState.WAITING, "asked_at": at, "asked_by_id": by.person_id, **_rules(today_of(at))}
    Run.objects.filter(pk=run.pk).update(**facts)
    run.refresh_from_db()
    events.emit("organising.compare_asked", key=f"run-{run.pk}", at=at, run_id=run.pk)


@verb("organising.repeat", zh="重新比对", may="organising.compare", on="run")
def repeat(*, run: Run, by: Actor, at: datetime, key: str = "") -> Run:
    """Compare the lists of an earlier comparison once more, with what people have decided since. Refused while one of
    the federation is at work: it would do the same."""
    if run.state not in {RunState.DONE, RunState.FAILED}:
        raise Refused("这次比对还没有做过，请从它的名单开始。")
    if Run.objects.filter(organisation=run.organisation, state__in=_AT_WORK).exists():
        raise Refused("有一次比对还没有做完，做完以后再重新比对。")
    again = Run.objects.create(
        organisation=run.organisation, asked_at=at, asked_by_id=by.person_id, **_rules(today_of(at))
    )
    RunList.objects.bulk_create(
        RunList(run=again, place=each.place, kind=each.kind, batch=each.batch, as_of=each.as_of)
        for each in lists_of(run)
    )
    _ask(again, by=by, at=at)
    return again


@verb("organising.drop_run", zh="不做一次比对", may="organising.compare", on="run")
def drop(*, run: Run, by: Actor, at: datetime) -> None:
    """Leave a comparison that has not begun; its lists go with it, as far as no other comparison has them."""
    run = _draft(run)
    note(run.organisation, run=run.reference, lists=[str(each) for each in lists_of(run)])
    batches = [each.batch for each in lists_of(run)]
    run.delete()
    for batch in batches:
        if not RunList._base_manager.filter(batch=batch).exists():
            intake.forget(batch=batch, by=by, at=at)


def lists_of(run: Run) -> list[RunList]:
    """The lists of a comparison that is in reach, in the order in which they came."""
    return list(RunList._base_manager.filter(run=run).select_related("batch__file").order_by("place"))


def list_at(run: Run, place: int) -> RunList | None:
    """One of them."""
    return next((each for each in lists_of(run) if each.place == place), None)


def _draft(run: Run) -> Run:
    """The comparison under lock. Refused once it has begun."""
    current = Run.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=run.pk)
    if current.state != RunState.DRAFT:
        raise Refused("这次比对已经开始，名单不能再改。要改的，请另做一次比对。")
    return current


_COUNTS = {"insured", "taxed", "headcount"}


def needs_day(listed: RunList) -> bool:
    """Whether only a person can say of which day the numbers of a list are: it has some, and no column of days."""
    columns = {field for part in listed.batch.parts for field in part["columns"]}
    is_counted = listed.kind in {*OF_EMPLOYERS, *OF_HEADCOUNTS} and bool(columns & _COUNTS)
    return is_counted and "as_of" not in columns
