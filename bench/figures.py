"""Figures of a million members in thirty thousand unions, beside counting the rows themselves.

GONGJIA_BENCH_MEMBERS sets another number of members. Peers: COUNT … GROUP BY over the rows, and a plain durable insert.
"""

import os
import random
import statistics
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from bench import line, median, once, scratch_database
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Origin, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.words import EmploymentForm, Group, Sex, SkillLevel
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment.figures import follow_start, shares_of
from gongjia.engines.figures import reading, repair
from gongjia.engines.figures.counting import changed
from gongjia.engines.figures.folding import fold_all, follow_move
from gongjia.engines.figures.models import Cell, Change
from gongjia.kernel.db import after, is_postgresql
from gongjia.kernel.moments import start_of
from gongjia.kernel.reach import everywhere

COUNT = int(os.environ.get("GONGJIA_BENCH_MEMBERS", "1000000"))
SPARE = 30_000
"""Persons who join while the bench runs."""
TODAY = date(2026, 11, 21)
SEED = 20261121
COUNTIES, TOWNS, VILLAGES, UNIONS = 10, 20, 10, 14
WINDOW, ROUNDS, CLIENTS = 150, 7, 8


def run() -> None:
    with scratch_database(), everywhere(reason="bench"):
        print(f"  {connection.vendor}, {COUNT:,} memberships", flush=True)
        print(f"  loaded in {once(_load):.0f} s; {Organisation.objects.count():,} organisations", flush=True)
        line("rebuild of the summary from the rows", once(lambda: repair.rebuild("members")))
        _tidy()
        print(f"  {Cell.objects.count():,} sums", flush=True)
        _totals()
        _tables()
        _upkeep()
        _folding()
        _moving()
        line("check of every sum against the rows", once(_must_agree))


# ── loading ─────────────────────────────────────────────────────────────────────────────────────────────────


def _load() -> None:
    draw = random.Random(SEED)
    Region.objects.create(code="4212", name="咸宁市", level=Region.Level.CITY)
    unions = list(_plant())
    _fill(Person, ("id", "reference", "name", "sex", "skill_level"), _people(draw))
    columns = ("id", "reference", "person_id", "organisation_id", "group", "form", "origin")
    _fill(Membership, (*columns, "joined_on", "from_on", "until_on", "state"), _memberships(draw, unions))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Person, Membership, Organisation]):
            cursor.execute(statement)
    _tidy()


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if is_postgresql() else "ANALYZE")


def _plant() -> Iterator[int]:
    """City, counties, towns, villages, unions; the numbers of the unions."""
    region = Region.objects.get().pk
    rows: list[tuple[Any, ...]] = []

    def add(path: str, kind: Kind, parts: int) -> str:
        number = len(rows) + 1
        rows.append((number, f"{number:010}", path, len(path) // 4, parts, kind.value, f"工会{number}", region))
        return path

    add("0001", Kind.FEDERATION, COUNTIES)
    for county in range(COUNTIES):
        here = add(f"0001{county:04}", Kind.FEDERATION, TOWNS)
        for town in range(TOWNS):
            there = add(f"{here}{town:04}", Kind.TOWNSHIP_UNION, VILLAGES)
            for village in range(VILLAGES):
                place = add(f"{there}{village:04}", Kind.VILLAGE_UNION, UNIONS)
                for union in range(UNIONS):
                    add(f"{place}{union:04}", Kind.GRASSROOTS_UNION, 0)
                    yield len(rows)
    _fill(Organisation, ("id", "reference", "path", "depth", "numchild", "kind", "name", "region_id"), rows)


def _people(draw: random.Random) -> Iterator[tuple[Any, ...]]:
    sexes = draw.choices([each.value for each in Sex], weights=(55, 44, 1), k=COUNT)
    levels = draw.choices([each.value for each in SkillLevel], weights=(30, 12, 14, 9, 3, 1, 0.1, 0.1, 31), k=COUNT)
    drawn = zip(sexes + ["female"] * SPARE, levels + ["middle"] * SPARE, strict=True)
    for number, (sex, level) in enumerate(drawn, 1):
        yield number, f"{number:010}", "某某", sex, level


def _memberships(draw: random.Random, unions: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """In the order of joining, over twenty years, more of late; one in eight has ended."""
    sizes = list(accumulate(draw.lognormvariate(0, 1.2) for _ in unions))
    where = draw.choices(unions, cum_weights=sizes, k=COUNT)
    groups = draw.choices([each.value for each in Group], weights=(80, *[2] * 10), k=COUNT)
    forms = draw.choices([each.value for each in EmploymentForm], weights=(50, 12, 8, 10, 15, 5), k=COUNT)
    days = sorted(int(7300 * (1 - draw.random() ** 1.6)) for _ in range(COUNT))
    for number in range(COUNT):
        from_on = TODAY - timedelta(days=7300 - days[number])
        until_on = from_on + timedelta(days=draw.randrange(4000)) if number % 8 == 0 else None
        until_on = None if until_on and until_on > TODAY else until_on
        yield (
            number + 1,
            f"{number + 1:010}",
            number + 1,
            where[number],
            groups[number],
            forms[number],
            Origin.ROSTER.value,
            from_on,
            from_on,
            until_on,
            (State.ENDED if until_on else State.ACTIVE).value,
        )


def _fill(model: type[models.Model], given: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY, or many inserts at once; columns that are not given take the model's default."""
    rest = [each for each in model._meta.concrete_fields if each.column not in given and not each.primary_key]
    constant = tuple(each.get_db_prep_save(each.get_default(), connection) for each in rest)
    columns = ", ".join(connection.ops.quote_name(each) for each in (*given, *(each.column for each in rest)))
    table, whole = model._meta.db_table, (row + constant for row in rows)
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgresql():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in whole:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * (len(given) + len(rest)))
            # Straight to the driver: Django's wrapper would look at each row twice.
            cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks.replace('%s', '?')})", whole)


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def _places() -> dict[str, Organisation]:
    paths = {"city": "0001", "county": "00010003", "town": "000100030004", "union": "00010003000400050006"}
    return {name: Organisation.objects.get(path=path) for name, path in paths.items()}


def _run(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _count(place: Organisation, by: Sequence[str] = ()) -> Callable[[], Any]:
    """The peer: the rows themselves, counted."""
    keys = "".join(f"{each}, " for each in by)
    group = f" GROUP BY {', '.join(by)}" if by else ""
    people = " JOIN people_person p ON p.id = m.person_id" if any(each.startswith("p.") for each in by) else ""
    statement = (
        f"SELECT {keys}COUNT(*) FROM memberships_membership m "
        f"JOIN organisations_organisation o ON o.id = m.organisation_id{people} "
        f"WHERE o.path >= %s AND o.path < %s AND m.state = 'active'{group}"
    )
    return lambda: _run(statement, [place.path, after(place.path)])


def _totals() -> None:
    for name, place in _places().items():
        ours = reading.total("members", place, on=TODAY).value
        theirs = _count(place)()[0][0]
        assert ours == theirs, (name, ours, theirs)
        floor = median(_count(place), times=3)
        line(f"{name}: COUNT of the rows ({theirs:,})", floor)
        line(f"{name}: total", median(partial(reading.total, "members", place, on=TODAY)), floor=floor, named="COUNT")
        line(f"{name}: total in June 2019", median(partial(reading.total, "members", place, on=date(2019, 6, 30))))
        line(f"{name}: its parts", median(partial(reading.children, "members", place, on=TODAY)))
        line(f"{name}: 60 months", median(partial(reading.series, "members", place, on=TODAY, months=60)))


def _tables() -> None:
    city = _places()["city"]
    columns = {"sex": "p.sex", "group": 'm."group"', "level": "p.skill_level"}
    for rows, across in (("sex", "group"), ("sex", "level"), ("group", "level")):
        floor = median(_count(city, [columns[rows], columns[across]]), times=3)
        line(f"city: COUNT GROUP BY {rows}, {across}", floor)
        for on in (TODAY, date(2025, 12, 31), date(2016, 12, 31)):
            cross = median(partial(reading.cross, "members", rows, across, city, on=on))
            line(f"city: {rows} × {across}, {on}", cross, floor=floor, named="COUNT")
    for dimension in columns:
        cross = median(partial(reading.cross, "members", dimension, reading.MONTH, city, on=TODAY, months=24))
        line(f"city: {dimension} × month, two years", cross)
    filtered = median(
        lambda: reading.series("members", city, on=TODAY, months=24, sex="female", group="courier", level="senior")
    )
    line("city: 24 months of women couriers who are senior workers", filtered)


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────

_newcomers = iter(range(COUNT + 1, COUNT + SPARE + 1))
_turn = threading.Lock()
_uncounted: list[Membership] = []


def _newcomer() -> Membership:
    with _turn:
        number = next(_newcomers)
    person = Person(pk=number, sex="female", skill_level="middle")
    union = 15 + number % 20_000
    return Membership(
        person=person,
        organisation_id=union,
        origin=Origin.POSTER,
        joined_on=TODAY,
        from_on=TODAY,
        group="courier",
        form="new_form",
    )


def _by_models(membership: Membership, *, counted: bool) -> None:
    membership.save(force_insert=True)
    if counted:
        follow_start(memberships=[membership])


def _by_statements(membership: Membership, *, counted: bool) -> None:
    """The same rows without the object-relational layer, whose own time would flatter the ratio."""
    fields = [each for each in Membership._meta.concrete_fields if not each.primary_key]
    values = [each.get_db_prep_save(getattr(membership, each.attname), connection) for each in fields]
    columns = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(fields))
        cursor.execute(f"INSERT INTO memberships_membership ({columns}) VALUES ({marks})", values)
        if counted:
            key = ("members", membership.organisation_id, 202611, "female", "courier", "new_form", "middle", 1)
            cursor.execute(
                "INSERT INTO figures_change (indicator, organisation_id, month, d1, d2, d3, d4, amount) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                key,
            )


def _window(write: Callable[..., None], clients: int, *, counted: bool) -> float:
    """Seconds for one durable transaction, in a window shared by so many clients."""

    def work() -> None:
        for _ in range(WINDOW // clients):
            membership = _newcomer()
            with transaction.atomic():
                write(membership, counted=counted)
            if not counted:
                _uncounted.append(membership)

    def client() -> None:
        try:
            with everywhere(reason="bench"):
                connection.ensure_connection()
                ready.wait()
                work()
        finally:
            connection.close()

    if clients == 1:
        return once(work) / WINDOW
    ready = threading.Barrier(clients + 1)
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for each in threads:
        each.start()
    ready.wait()
    return once(lambda: [each.join() for each in threads]) / WINDOW


def _upkeep() -> None:
    for clients in (1, CLIENTS) if is_postgresql() else (1,):
        for name, write in (("statements", _by_statements), ("models", _by_models)):
            plain, counted = [], []
            for _ in range(ROUNDS):
                plain.append(_window(write, clients, counted=False))
                counted.append(_window(write, clients, counted=True))
            floor = statistics.median(plain)
            line(f"durable insert, {name}, {clients} at once", floor)
            line("  the same with its figure", statistics.median(counted), floor=floor, named="plain insert")
    with transaction.atomic():
        follow_start(memberships=_uncounted)


def _folding() -> None:
    city = _places()["city"]
    waiting = Change.objects.count()
    line(f"city: total with {waiting:,} changes waiting", median(lambda: reading.total("members", city, on=TODAY)))
    line(f"fold of {waiting:,} changes", once(lambda: fold_all(at=start_of(TODAY))))
    some = list(Membership.objects.select_related("person").filter(pk__lte=100_000))
    with transaction.atomic():
        line(f"counting {len(some):,} members at once", once(lambda: changed("members", after=shares_of(some))))
    many = Change.objects.count()
    line(f"city: total with {many:,} changes waiting", median(lambda: reading.total("members", city, on=TODAY)))
    seconds = once(lambda: fold_all(at=start_of(TODAY)))
    line(f"fold of {many:,} changes ({many / seconds:,.0f} a second)", seconds)
    with transaction.atomic():
        changed("members", before=shares_of(some))
    fold_all(at=start_of(TODAY))


def _moving() -> None:
    places = _places()
    for name in ("union", "town"):
        place = places[name]
        superior = Organisation.objects.get(path="00010007" if name == "town" else "000100070001")
        old = place.path
        with transaction.atomic():
            Organisation.objects.move(place, superior, pos="last-child")
            moved = Organisation.objects.get(pk=place.pk)
            follow = partial(follow_move, organisation=moved, old_path=old, new_path=moved.path)
            line(f"a {name} moves: its figures follow", once(follow))


def _must_agree() -> None:
    differences = repair.check("members")
    assert not differences, differences[:3]
