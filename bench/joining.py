"""Two hundred workers who join at once: how long the slowest waits, beside plain rows of the same tables."""

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier

from django.db import connection, connections, transaction

from bench import scratch_database
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Person
from gongjia.domains.enrolment import params, posters, services
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import is_postgresql
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories

AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
JOINERS = int(os.environ.get("GONGJIA_BENCH_JOINERS", "200" if is_postgresql() else "50"))
#: So many connections work at once; the others wait their turn, as they do before the workers of a server.
CLIENTS = int(os.environ.get("GONGJIA_BENCH_CLIENTS", "16" if is_postgresql() else "1"))


@dataclass(frozen=True)
class Ground:
    """A union with a poster and an officer who shows codes, and accounts of people who have no file yet."""

    tree: factories.Tree
    poster: Poster
    spot: Poster
    accounts: list[int]


def ground(joiners: int, *, at: datetime) -> Ground:
    tree = factories.tree()
    chair = factories.actor(tree.chair)
    rows = [Account(username=f"joiner{n}", created_at=at, seen_at=at, password="!") for n in range(joiners)]
    for number, each in enumerate(rows):
        each.seal_in(phone=f"13{number:09d}")
    accounts = [each.pk for each in Account.objects.bulk_create(rows)]
    with everywhere(reason="bench"):
        poster = posters.put_up_poster(organisation=tree.union, by=chair, at=at)
        spot = posters.open_spot(organisation=tree.union, by=chair, at=at)
    return Ground(tree, poster, spot, accounts)


def join_all(city: Ground, *, at: datetime, is_spot: bool) -> list[float]:
    """Everybody sends the form at once; returns how long each has waited from the common start."""
    most = params.spot_most(on=today_of(at))

    def join(number: int) -> None:
        by = Actor(account_id=city.accounts[number])
        # one code after the other, as they stand on the officer's page
        moment = at + timedelta(seconds=60 * (number // most)) if is_spot else None
        with entering(by.reach(SIGNED_IN)):
            services.apply(
                poster=city.spot if is_spot else city.poster,
                name="白小满",
                id_number=factories.id_number(5000 + number),
                employer_name="溪口样例厂",
                spot_at=moment,
                by=by,
                at=at,
                key=f"joiner{number}",
            )

    return _at_once(len(city.accounts), join)


def plain(city: Ground, *, at: datetime, is_spot: bool) -> list[float]:
    """The floor: Django's own inserts of the rows that joining is for, sealed likewise, without right, lock, record and
    message."""
    union = city.tree.union

    def write(number: int) -> None:
        secret = factories.id_number(5000 + len(city.accounts) + number)
        with everywhere(reason="bench"), transaction.atomic():
            person = None
            if is_spot:
                person = Person(name="白小满", pinyin_key="bai xiao man", initials="bxm")
                person.seal_in(id_number=secret, phone=f"14{number:09d}")
                person.save()
                Membership.objects.create(
                    person=person, organisation=union, origin="spot", joined_on=at.date(), from_on=at.date(),
                    pinyin_key=person.pinyin_key,
                )  # fmt: skip
            made = Application(
                organisation=union, person=person, account_id=-1 - number, name="白小满", employer_name="溪口样例厂",
                state="approved" if is_spot else "submitted", flow_version=1, opened_at=at, consent_version="1",
                closed_at=at if is_spot else None,
            )  # fmt: skip
            made.seal_in(id_number=secret)
            made.save()
            index = MatterIndex.objects.create(
                flow_code=made.flow_code, matter_id=made.pk, reference=made.reference, title="入会申请",
                organisation=union, person=person, state=made.state, opened_at=at, moved_at=at,
            )  # fmt: skip
            Step.objects.create(matter=index, move="open", move_zh="提出", state=made.state, at=at)

    return _at_once(len(city.accounts), write)


def run() -> None:
    print(f"  {connection.vendor}, {JOINERS} at once over {CLIENTS} connections", flush=True)
    for is_spot, what in ((False, "by a poster, into the queue"), (True, "by an officer's code, members at once")):
        with scratch_database():
            city = ground(JOINERS, at=AT)
            floor = plain(city, at=AT, is_spot=is_spot)
            ours = join_all(city, at=AT, is_spot=is_spot)
            expected = Membership._base_manager.filter(origin="spot").values("person").distinct().count()
            if is_spot and expected != 2 * JOINERS:
                raise RuntimeError(f"{expected} members of {2 * JOINERS}")
        print(f"  {what}")
        for name, taken in (("joining", ours), ("plain rows", floor)):
            print(f"    {name:<12} p50 {_at(taken, 50):8.1f} ms   p99 {_at(taken, 99):8.1f} ms", flush=True)
        print(
            f"    {'':<12} p50 {_at(ours, 50) / _at(floor, 50):8.2f} ×    p99 {_at(ours, 99) / _at(floor, 99):8.2f} ×"
        )


def _at(taken: list[float], percent: int) -> float:
    return statistics.quantiles(taken, n=100, method="inclusive")[percent - 1] * 1000


def _at_once(count: int, act: Callable[[int], None]) -> list[float]:
    """Seconds from the common start until each is done: to wait for one's turn is waiting too."""
    clients = min(CLIENTS, count)
    start = Barrier(clients)
    began: list[float] = []

    def work(client: int) -> list[float]:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            began.append(time.perf_counter())
            taken = []
            for number in range(client, count, clients):
                act(number)
                taken.append(time.perf_counter() - min(began))
            return taken
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        return [each for taken in pool.map(work, range(clients)) for each in taken]
