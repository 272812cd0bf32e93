"""The record of who did and who looked, with names and words for the auditor's page."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast

from gongjia.backbone.accounts import trail
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.engines.casework.models import MatterIndex
from gongjia.kernel import audit, verbs
from gongjia.kernel.db import within
from gongjia.kernel.models import AuditRow, AuditSeal, Event, Tick
from gongjia.kernel.moments import SHANGHAI, today_of
from gongjia.portals.work.recorded import in_words

TOGETHER = timedelta(minutes=30)
#: So many people or unions of one name are looked for.
MOST_NAMED = 200
_CHANNELS = {"tick": "定时任务", "command": "命令行"}
#: What is written down without being a verb: nothing is changed by it.
WORDS = {
    "audit.read": "查看操作记录",
    "memberships.find": "按号码查找会员",
    "intake.import.opened": "查看导入的名单",
    "papers.open": "打开公文",
}


@dataclass(frozen=True)
class Line:
    """One audit row in words."""

    row: AuditRow
    what: str
    who: str
    where: str
    about: str
    by_where: str = ""
    times: int = 1

    @property
    def recorded(self) -> list[tuple[str, str]]:
        return in_words(self.row)


def together(lines: list[Line]) -> list[Line]:
    """Lines, newest first, with openings of one file by one person for one purpose within half an hour as one line:
    the first of them, with how often."""
    found: list[Line] = []
    first: dict[tuple[int | None, int | None, str], int] = {}
    for line in reversed(lines):
        row = line.row
        key = (row.person_id, row.about_person_id, row.purpose)
        place = first.get(key) if row.verb.endswith(".opened") else None
        if place is not None and row.at - found[place].row.at < TOGETHER:
            found[place] = replace(found[place], times=found[place].times + 1)
            continue
        if row.verb.endswith(".opened"):
            first[key] = len(found)
        found.append(line)
    return found[::-1]


def lines_of(rows: list[AuditRow]) -> list[Line]:
    """Rows with the names behind their ids: at most two queries, however many rows."""
    words = {each.name: each.zh for each in verbs.registered()} | trail.WORDS | WORDS
    named = {row.pk: number for row in rows if (number := _named(row))}
    named |= _of_matters([row for row in rows if row.pk not in named])
    person_ids = {number for row in rows for number in (row.person_id, row.about_person_id) if number}
    known = _known(person_ids, set(named.values()))
    return [
        Line(
            row=row,
            what=words.get(row.verb) or ("查阅个人档案" if row.verb.endswith(".opened") else row.verb),
            who=known.people.get(row.person_id or 0, "") or _CHANNELS.get(row.channel, "访客"),
            where=known.places.get(named[row.pk], "") if row.pk in named else _where_stood(row, known),
            about=_about(row, known.people),
            by_where=_where_posted(row, known),
        )
        for row in rows
    ]


def _about(row: AuditRow, people: dict[int, str]) -> str:
    if row.about_person_id is None:
        return ""
    if row.about_last_id is not None and row.about_last_id != row.about_person_id:
        first = people.get(row.about_person_id, "")
        many = f"{row.about_last_id - row.about_person_id + 1:,} 人"
        return f"{first}等 {many}" if first else many
    return "本人" if row.about_person_id == row.person_id else people.get(row.about_person_id, "")


def _named(row: AuditRow) -> int | None:
    is_itself = row.subject_kind == Organisation._meta.label_lower
    return row.organisation_id or (row.subject_id if is_itself else None)


def _of_matters(rows: list[AuditRow]) -> dict[int, int]:
    """A grant names the matter that it opens, by its flow and number."""
    named = {row.pk: (row.facts.get("kind"), row.facts.get("number")) for row in rows if row.verb == "accounts.grant"}
    if not named:
        return {}
    flows, numbers = zip(*named.values(), strict=True)
    matters = MatterIndex._base_manager.filter(flow_code__in=set(flows), matter_id__in=set(numbers))
    places = {
        (flow, number): at for flow, number, at in matters.values_list("flow_code", "matter_id", "organisation_id")
    }
    return {pk: places[key] for pk, key in named.items() if key in places}


@dataclass(frozen=True)
class _Span:
    """A post or a membership: at which union, from when until when."""

    place: str
    from_on: date
    until_on: date | None
    is_post: bool

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True)
class _Known:
    people: dict[int, str]
    places: dict[int, str]
    spans: dict[int, list[_Span]]


def _where_stood(row: AuditRow, known: _Known) -> str:
    """Where the one whom it is about was a member, or where the one who did it held a post, on the day of the row."""
    is_own = row.about_person_id in {None, row.person_id}
    spans = known.spans.get(row.about_person_id or row.person_id or 0, [])
    held = [each for each in spans if each.holds_on(today_of(row.at))]
    held.sort(key=lambda each: each.is_post is not is_own)  # one's own act by the post, a look at another by the file
    return held[0].place if held else ""


def _where_posted(row: AuditRow, known: _Known) -> str:
    """The union in whose name somebody acted: where that person held a post on the day of the row."""
    held = [
        each for each in known.spans.get(row.person_id or 0, []) if each.is_post and each.holds_on(today_of(row.at))
    ]
    return held[0].place if held else ""


def _known(person_ids: set[int], place_ids: set[int]) -> _Known:
    """The names of people and organisations, and the posts and memberships of these people, by one statement."""
    nothing = Cast(Value(None), DateField())  # PostgreSQL takes a bare NULL in a union for text
    parts = (
        _named_rows(Person, 0, F("pk"), F("name"), nothing, nothing).filter(pk__in=person_ids),
        _named_rows(Organisation, 1, F("pk"), F("name"), nothing, nothing).filter(pk__in=place_ids),
        *(
            _named_rows(model, part, F("person_id"), F("organisation__name"), F("from_on"), F("until_on")).filter(
                person_id__in=person_ids
            )
            for model, part in ((Post, 2), (Membership, 3))
        ),
    )
    found = _Known({}, {}, {})
    for part, key, name, begin, end in parts[0].union(*parts[1:], all=True):
        if part < 2:
            (found.people, found.places)[part][key] = name
        else:
            found.spans.setdefault(key, []).append(_Span(name, begin, end, is_post=part == 2))
    return found


def _named_rows(model: type[Model], part: int, *columns: Any) -> QuerySet[Any, Any]:
    names = ("part_", "key_", "name_", "from_", "until_")
    values = dict(zip(names, (Value(part), *columns), strict=True))
    rows: QuerySet[Any, Any] = model._base_manager.order_by().annotate(**values).values_list(*names)
    return rows


def rows(paths: tuple[str, ...], *, only: str = "") -> QuerySet[AuditRow]:
    """The record of these subtrees, or with only="opened" the openings of files there.

    At the top of the tree it is the whole record: what names no organisation (sign-ins, the tick) is seen from there
    only, and the list is read off the key without a condition.
    """
    found = AuditRow.objects.filter(verb__endswith=".opened") if only == "opened" else AuditRow.objects.all()
    if not Organisation._base_manager.filter(depth=1).exclude(path__in=paths).exists():
        return found
    places = Organisation._base_manager.filter(within("path", paths)).order_by().values("pk")
    return found.filter(organisation_id__in=places)


def narrowed(
    found: QuerySet[AuditRow],
    *,
    words: str = "",
    union: str = "",
    since: date | None = None,
    until: date | None = None,
    action: str = "",
) -> QuerySet[AuditRow]:
    """The record by person (who did it, or whom it is about), union, days (both included) and action."""
    if words:
        people = list(Person._base_manager.filter(name__contains=words).values_list("pk", flat=True)[:MOST_NAMED])
        about = audit.about_any(Person._base_manager.filter(pk__in=people))
        found = found.filter(Q(person_id__in=people) | about)
    if union:
        places = Organisation.objects.filter(Q(name__contains=union) | Q(short_name__contains=union))
        ids = list(places.order_by("path").values_list("pk", flat=True)[:MOST_NAMED])
        itself = Q(subject_kind=Organisation._meta.label_lower, subject_id__in=ids)
        found = found.filter(Q(organisation_id__in=ids) | itself)
    if since:
        found = found.filter(at__gte=datetime.combine(since, time(), SHANGHAI))
    if until:
        found = found.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), SHANGHAI))
    return found.filter(verb=action) if action else found


def actions() -> list[tuple[str, str]]:
    """What the record can be asked for, by its words."""
    words = {each.name: each.zh for each in verbs.registered()} | trail.WORDS | WORDS
    return sorted(words.items(), key=lambda each: each[1])


@dataclass(frozen=True)
class Running:
    """How the platform runs: for the operator, without any person's data."""

    ticks: list[Tick]
    waiting_events: int
    failed_events: int
    unsealed_rows: int
    last_seal: AuditSeal | None


def running() -> Running:
    return Running(
        ticks=list(Tick.objects.order_by("name")),
        waiting_events=Event.objects.filter(state=Event.State.WAITING).count(),
        failed_events=Event.objects.filter(state=Event.State.FAILED).count(),
        unsealed_rows=AuditRow.objects.filter(seal=None).count(),
        last_seal=AuditSeal.objects.order_by("-pk").first(),
    )
