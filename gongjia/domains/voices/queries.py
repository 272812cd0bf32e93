"""How voices, small matters and answers are found."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.employers.queries import coverage_of
from gongjia.backbone.employers.queries import search as search_employers
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, Kind
from gongjia.backbone.people.models import PHONE, Employment, Person
from gongjia.backbone.people.words import EmploymentForm
from gongjia.backbone.regions.models import Region
from gongjia.domains.voices import book, params, rules
from gongjia.domains.voices.models import BookAnswer, BookUse, SmallMatter, Voice, VoiceFile
from gongjia.domains.voices.words import SmallState, Topic
from gongjia.engines.casework.models import MatterIndex
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import above, within
from gongjia.kernel.moments import end_of, today_of
from gongjia.kernel.reach import question
from gongjia.kernel.secrets import indexes_of

MOST_SHOWN = 20
_STEP = 4  # signs of a tree path for each level
#: How many voices stand behind a small matter.
_COUNT = Count("voices", filter=Q(voices__is_copy=False))
#: The voice that this one goes on with, for the answer to it.
_MAIN = ("joined_to", "joined_to__organisation")
_UNIONS = (Kind.GRASSROOTS_UNION, Kind.JOINT_GRASSROOTS_UNION, Kind.VILLAGE_UNION, Kind.PREPARATORY_GROUP)
_TAGS = {
    "frontline": "is_frontline",
    "migrant": "is_migrant",
    "agency": "is_agency",
    "hardship": "is_hardship",
}

# ── one voice ──────────────────────────────────────────────────────────────────────────────────────────────────


def by_reference(reference: str) -> Voice:
    """Raises Voice.DoesNotExist outside the reach."""
    rows = Voice.objects.select_related("organisation", "employer", "region", "person", "small_matter", *_MAIN)
    return rows.get(reference=reference)


def file_by_reference(reference: str) -> VoiceFile:
    """Raises VoiceFile.DoesNotExist outside the reach of its voice."""
    return VoiceFile.objects.select_related("voice__organisation", "file").get(reference=reference)


def files_of(voice: Voice) -> list[VoiceFile]:
    """The files of a voice that is in reach: they come with it, whichever door it was reached by."""
    return list(VoiceFile._base_manager.filter(voice=voice).select_related("file").order_by("pk")[:50])


def mine() -> QuerySet[Voice]:
    """The voices of who asks, by person or by grant: the reach of a worker's page holds no other."""
    return Voice.objects.select_related("employer")


def count_joined(voice: Voice) -> int:
    """How many voices were joined to this one."""
    return Voice._base_manager.filter(joined_to=voice, is_copy=False).count()


def waiting_for(voice: Voice) -> QuerySet[Voice]:
    """Those joined to a voice whose workers are to hear what came of it, wherever they lie: never to be shown. Who is
    told of the voice itself is not told again."""
    rows = Voice._base_manager.filter(joined_to=voice).exclude(person=None).exclude(person_id=voice.person_id or 0)
    return rows.select_related("organisation", "person").order_by("pk")


def joined_here(voice: Voice) -> list[Voice]:
    """The voices that were joined to this one."""
    return list(Voice.objects.filter(joined_to=voice).order_by("-opened_at", "-pk")[:MOST_SHOWN])


# ── who speaks, and who listens ────────────────────────────────────────────────────────────────────────────────


def known_of(person_id: int) -> dict[str, Any]:
    """What the file says and no form asks again: union, county, employer, groups. Under the worker's own reach."""
    person = Person.objects.get(pk=person_id)
    live = Membership.objects.filter(person_id=person_id, state__in=LIVE).select_related("organisation__region").first()
    work = Employment.objects.filter(person_id=person_id, until_on=None).select_related("employer__region")
    job = work.order_by("-from_on", "-pk").first()
    region = live.organisation.region if live else job.employer.region if job else None
    return {
        "person": person,
        "union": live.organisation if live else None,
        "employer": job.employer if job else None,
        "county": (county_at(region.code) if region else None) or (county_above(live.organisation) if live else None),
        "is_migrant": bool(person.is_migrant),
        "is_agency": bool(job and job.form == EmploymentForm.DISPATCHED),
    }


def county_at(code: str) -> Region | None:
    """The county that a place lies in; of a city or province none."""
    return Region.objects.filter(code=code[:6], level=Region.Level.COUNTY).first()


def county_above(organisation: Organisation) -> Region | None:
    """The county of the nearest federation above: for a union whose own place is written down as the city."""
    rows = Organisation.objects.filter(path__in=above(organisation.path), region__level=Region.Level.COUNTY)
    found = rows.select_related("region").order_by("-depth").first()
    return found.region if found else None


def counties() -> list[Region]:
    """The counties in which a federation listens: those that stand in the tree."""
    rows = Organisation.objects.filter(kind=Kind.FEDERATION, state__in=IN_FORCE, region__level=Region.Level.COUNTY)
    return list(Region.objects.filter(pk__in=rows.values("region_id")).order_by("code")[:200])


def county(code: str) -> Region | None:
    return Region.objects.filter(code=code, level=Region.Level.COUNTY).first()


def federation_at(code: str) -> Organisation | None:
    """The federation that answers for a place: of its county, else the nearest above."""
    codes = [code[:digits] for digits in (6, 4, 2)]
    found = Organisation.objects.filter(kind=Kind.FEDERATION, state__in=IN_FORCE, region__code__in=codes)
    return found.select_related("region").order_by("-depth", "path").first()


def union_above(organisation: Organisation) -> Organisation | None:
    """The union that a branch or group is part of, or the organisation itself; None for what is no union."""
    paths = [organisation.path[:end] for end in range(_STEP, len(organisation.path) + 1, _STEP)]
    found = Organisation.objects.filter(path__in=paths, kind__in=_UNIONS, state__in=IN_FORCE)
    return found.order_by("-depth").first()


def employers_like(words: str, *, county_code: str = "") -> list[Employer]:
    """The first operating employers whose name has these words, those of the county before others."""
    words = words.strip()
    if len(words) < 2:
        return []
    rows = list(search_employers(words)[:MOST_SHOWN])
    return sorted(rows, key=lambda each: (each.name != words, not each.region.code.startswith(county_code or "x")))[:5]


def employer_named(name: str) -> Employer | None:
    """The employer of exactly this name or code (统一社会信用代码), where there is one only."""
    name = name.strip()
    rows = list(Employer.objects.filter(Q(name=name) | Q(uscc=name.upper()))[:2]) if name else []
    return rows[0] if len(rows) == 1 else None


def employer_by(reference: str) -> Employer | None:
    return Employer.objects.filter(reference=reference).first() if reference else None


def kept_from(voice: Voice) -> int | None:
    """The employer whose people do not come to a voice: the one complained of, but for its own union where the worker
    lets that one know. Allowed for one employer's union, it stays shut to the people of any other."""
    if voice.employer is None or not voice.is_open_to_own_union:
        return voice.employer_id
    covered = coverage_of(voice.employer)
    is_own = covered is not None and covered.organisation_id == voice.organisation_id
    return None if is_own else voice.employer_id


@question("voices.person_with_phone")
def person_with_phone(phone: str) -> int | None:
    """Whose file has this phone: so that a call on the hotline belongs to the worker whom it is from. The number only
    where exactly one file has it."""
    found = list(
        Person.objects.filter(phone_index__in=indexes_of(phone, purpose=PHONE)).values_list("pk", flat=True)[:2]
    )
    return found[0] if len(found) == 1 else None


def place_of(reference: str) -> Organisation | None:
    """Where somebody asks: the organisation of this reference, else the highest that there is."""
    found = Organisation.objects.filter(reference=reference).first() if reference else None
    return found or Organisation.objects.order_by("depth", "path").first()


def takers(actor: Actor) -> list[Organisation]:
    """The organisations in whose name an officer writes voices down."""
    rows = Organisation.objects.filter(pk__in=actor.organisations_for("voices.take"))
    return list(rows.select_related("region").order_by("path"))


def keepers(actor: Actor) -> list[Organisation]:
    """The organisations whose answer book an officer keeps."""
    rows = Organisation.objects.filter(pk__in=actor.organisations_for("voices.book"))
    return list(rows.order_by("path"))


def counties_of(organisations: list[Organisation]) -> list[Region]:
    """The counties that these organisations answer for."""
    found = Q(pk__in=())
    for each in organisations:
        code = each.region.code
        found |= Q(code=code[:6]) if len(code) >= 6 else Q(code__gte=code, code__lt=f"{code}a")
    return list(Region.objects.filter(found, level=Region.Level.COUNTY).order_by("code")[:200])


# ── alike, and groups ──────────────────────────────────────────────────────────────────────────────────────────


def _seen(row: Voice) -> rules.Seen:
    return rules.Seen(
        number=row.pk,
        employer=row.employer_id or 0,
        employer_name=row.employer_name,
        subject=row.subject,
        who=row.person_id or -(row.account_id or 0),
        came_on=row.received_on,
        people=row.people,
    )


def alike(voice: Voice) -> list[tuple[Voice, str]]:
    """Earlier voices in reach that may be the same thing, each with the reason."""
    days = params.alike_days(voice.received_on)
    near = Q(pk__in=())
    if voice.person_id:
        near |= Q(person_id=voice.person_id)
    if voice.account_id:
        near |= Q(account_id=voice.account_id)
    if voice.employer_id:
        near |= Q(employer_id=voice.employer_id)
    elif voice.employer_name:
        near |= Q(employer_name=voice.employer_name)
    since = voice.received_on - timedelta(days=days)
    rows = Voice.objects.filter(near, received_on__gte=since, received_on__lte=voice.received_on, joined_to=None)
    found = list(rows.exclude(pk=voice.pk).exclude(state="withdrawn").select_related("employer").order_by("-pk")[:60])
    by_number = {each.pk: each for each in found}
    close = rules.alike(_seen(voice), [_seen(each) for each in found], days=days)
    return [(by_number[each.number], why) for each, why in close[:5]]


def own_alike(person_id: int | None, account_id: int | None, subject: str, on: date) -> Voice | None:
    """An open voice of the same worker about the same subject, not long ago: the worker is told before sending."""
    who = Q(person_id=person_id) if person_id else Q(account_id=account_id or -1)
    since = on - timedelta(days=params.alike_days(on))
    rows = Voice.objects.filter(who, closed_at=None, subject=subject, received_on__gte=since)
    return rows.order_by("-pk").first()


def _of_employer(voice: Voice) -> Q:
    if voice.employer_id:
        return Q(employer_id=voice.employer_id)
    return Q(employer=None, employer_name=voice.employer_name)


def gathering_of(voice: Voice, *, on: date) -> tuple[rules.Gathering, list[Voice]] | None:
    """What the rule of group matters sees for a voice's employer, with the rows in reach; None without employer."""
    if not voice.employer_id and not voice.employer_name:
        return None
    rows = list(_recent(_of_employer(voice), on=on).order_by("-opened_at", "-pk")[:200])
    found = _gathered(rows, on=on)
    return found, [each for each in rows if each.pk in set(found.numbers)]


def _recent(near: Q, *, on: date) -> QuerySet[Voice]:
    since = on - timedelta(days=params.group_days(on) - 1)
    rows = Voice.objects.filter(near, is_copy=False, received_on__gte=since, received_on__lte=on)
    return rows.exclude(state__in=("withdrawn", "refused")).select_related("employer")


def _gathered(rows: list[Voice], *, on: date) -> rules.Gathering:
    seen = [_seen(each) for each in rows]
    return rules.gather(seen, on=on, days=params.group_days(on), needed=params.group_workers(on))


def recent_of_employer(voice: Voice, *, on: date) -> QuerySet[Voice]:
    """The recent voices about an employer, past the reach: a group is one whoever received the voices. To be marked,
    never to be shown."""
    since = on - timedelta(days=params.group_days(on) - 1)
    return Voice._base_manager.filter(_of_employer(voice), received_on__gte=since, received_on__lte=on)


@question("voices.is_group")
def is_group(voice: Voice, *, on: date) -> bool:
    """Whether the employer of a voice has become a group matter, whoever received the others."""
    found = gathering_of(voice, on=on)
    return found is not None and found[0].is_group


def groups(*, on: date) -> list[tuple[rules.Gathering, list[Voice]]]:
    """The group matters in reach now, the largest first: by the rule, over what came within its days."""
    marked = _recent(Q(is_group=True), on=on).order_by("-opened_at", "-pk")[:400]
    by_employer: dict[tuple[int, str], list[Voice]] = {}
    for each in marked:
        key = (each.employer_id or 0, "" if each.employer_id else each.employer_name)
        by_employer.setdefault(key, []).append(each)
    found = [(_gathered(rows, on=on), rows) for rows in by_employer.values()]
    return sorted(found, key=lambda pair: -pair[0].workers)[:MOST_SHOWN]


# ── the desk ───────────────────────────────────────────────────────────────────────────────────────────────────


def listed(**asked: str) -> QuerySet[Voice]:
    """Voices in reach by what the address asks for: subject, channel, tag, state, wish, late, group."""
    rows = Voice.objects.select_related("organisation", "employer", "region")
    for name in ("subject", "channel", "wish"):
        if asked.get(name):
            rows = rows.filter(**{name: asked[name]})
    if asked.get("tag") in _TAGS:
        rows = rows.filter(**{_TAGS[asked["tag"]]: True})
    if asked.get("group") == "yes":
        rows = rows.filter(is_group=True)
    return rows


def desk(tab: str, actor: Actor, *, at: datetime, **asked: str) -> QuerySet[Voice]:
    """What the desk lists. `turn` puts the own union's first, then what is urgent; `order_at` the oldest first."""
    rows = listed(**asked)
    if tab == "closed":
        rows = rows.exclude(closed_at=None)
    elif tab == "answered":
        rows = rows.filter(state="answered")
    elif tab == "all":
        pass
    else:
        rows = rows.filter(closed_at=None).exclude(state="answered")
    if asked.get("clock") == "late":
        late = MatterIndex._base_manager.filter(flow_code=Voice.flow_code, closed_at=None, due_at__lte=at)
        rows = rows.filter(pk__in=late.values("matter_id"))
    elif asked.get("clock") == "today":
        soon = MatterIndex._base_manager.filter(flow_code=Voice.flow_code, closed_at=None)
        rows = rows.filter(pk__in=soon.filter(due_at__gt=at, due_at__lte=end_of(today_of(at))).values("matter_id"))
    own = actor.organisations_for("voices.see")
    return rows.annotate(is_own=Q(organisation_id__in=own or (0,)), order_at=Coalesce(F("closed_at"), F("opened_at")))


def due_of(rows: list[Voice]) -> dict[int, datetime | None]:
    """By when each of these is to go on: one query for a page."""
    found = MatterIndex._base_manager.filter(flow_code=Voice.flow_code, matter_id__in=[each.pk for each in rows])
    return dict(found.values_list("matter_id", "due_at"))


def counted(what: str, *, under: Organisation | None, on: date, **asked: str) -> QuerySet[Voice]:
    """The rows behind a figure: voices that came until a day, or those that were closed until then. Copies are no
    voices of their own."""
    rows = listed(**asked).filter(is_copy=False)
    if under is not None:
        rows = rows.filter(within("organisation__path", (under.path,)))
    if what != "closed":
        return rows.filter(received_on__lte=on)
    rows = rows.filter(closed_on__lte=on)
    if asked.get("ending"):
        rows = rows.filter(state=asked["ending"])
    late = {"yes": Q(answered_at__isnull=False, is_late=False), "no": Q(answered_at__isnull=False, is_late=True)}
    if asked.get("timely"):
        rows = rows.filter(late.get(asked["timely"], Q(answered_at=None)))
    if asked.get("satisfied"):
        rows = rows.filter(is_satisfied={"yes": True, "no": False}.get(asked["satisfied"]))
    return rows


def nothing() -> QuerySet[Voice]:
    return Voice.objects.none()


# ── small matters ──────────────────────────────────────────────────────────────────────────────────────────────


def small_matter(reference: str) -> SmallMatter:
    """Raises SmallMatter.DoesNotExist outside the reach."""
    return SmallMatter.objects.select_related("organisation").get(reference=reference)


def small_matters(state: str = "") -> QuerySet[SmallMatter]:
    """Those in reach, with how many voices stand behind each."""
    rows = SmallMatter.objects.select_related("organisation").annotate(count=_COUNT)
    return rows.filter(state=state) if state in SmallState.__members__.values() else rows


def promised_by(organisation: Organisation) -> QuerySet[SmallMatter]:
    """What a union promised and did, for everybody to read."""
    rows = SmallMatter.objects.filter(organisation=organisation, state__in=(SmallState.PROMISED, SmallState.DONE))
    return rows.annotate(count=_COUNT)


def voices_of(matter: SmallMatter) -> list[Voice]:
    """The voices in reach behind a small matter."""
    return list(
        Voice.objects.filter(small_matter=matter).select_related("employer").order_by("-opened_at", "-pk")[:MOST_SHOWN]
    )


def open_small_matters(organisation: Organisation) -> list[SmallMatter]:
    """Those of an organisation to which one more voice can be added."""
    rows = SmallMatter.objects.filter(organisation=organisation, state__in=(SmallState.GATHERED, SmallState.PROMISED))
    return list(rows.order_by("-gathered_at", "-pk")[:MOST_SHOWN])


# ── the answer book ────────────────────────────────────────────────────────────────────────────────────────────


def entries_at(organisation: Organisation | None, *, hidden: bool = False) -> list[book.Entry]:
    """The book as it is read at a place: what is delivered, and in its place what the nearest organisation wrote.
    With `hidden` also what was taken out of use, for who keeps it."""
    rows: list[BookAnswer] = []
    if organisation is not None:
        paths = [*above(organisation.path), organisation.path]
        found = BookAnswer.objects.filter(organisation__path__in=paths).select_related("organisation")
        rows = list(found.order_by("organisation__path", "pk")[:500])
    entries = {each.key: each for each in book.delivered()}
    for row in rows:
        entry = entry_of(row)
        entries[entry.key] = entry
    return [each for each in entries.values() if hidden or each.is_shown]


def entry_of(row: BookAnswer) -> book.Entry:
    return book.Entry(
        key=row.seed or row.reference,
        topic=Topic(row.topic),
        question=row.question,
        answer=row.answer,
        source=row.source,
        reviewed_on=row.reviewed_on,
        words=row.words,
        is_verified=True,
        kept_by=row.organisation.name,
        reference=row.reference,
        is_shown=row.is_shown,
    )


def book_answer(reference: str) -> BookAnswer:
    """Raises BookAnswer.DoesNotExist outside the reach."""
    return BookAnswer.objects.select_related("organisation").get(reference=reference)


def book_answer_for(organisation: Organisation, seed: str) -> BookAnswer | None:
    """What an organisation has written in the place of a delivered answer."""
    return BookAnswer.objects.filter(organisation=organisation, seed=seed).first()


def uses(*, under: Organisation | None, on: date, topic: str = "") -> QuerySet[BookUse]:
    """The rows behind the figure of answers that helped."""
    rows = BookUse.objects.filter(on__lte=on).select_related("organisation")
    if under is not None:
        rows = rows.filter(within("organisation__path", (under.path,)))
    return rows.filter(topic=topic) if topic else rows


def people_behind(matter: SmallMatter) -> list[int]:
    """Who spoke up about a small matter, wherever the voices lie: to be told, never to be shown."""
    rows = Voice._base_manager.filter(small_matter=matter).exclude(person=None)
    return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct()[:500])


def names_in(matter: SmallMatter, text: str) -> str:
    """The first name or phone in a text that tells who spoke up; "" where none does."""
    rows = Voice._base_manager.filter(small_matter=matter).select_related("person")[:200]
    names = {each.person.name if each.person else each.caller_name for each in rows} - {""}
    found = [each for each in sorted(names) if each in text] + rules.phones_in(text)
    return found[0] if found else ""


def no_uses() -> QuerySet[BookUse]:
    return BookUse.objects.none()


def day_of(text: str) -> date | None:
    """A day of an address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
