"""A verb with its audit row, beside the same verb without one, in the same run; and what sealing and checking take."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from threading import Barrier
from typing import Any

from django.db import connection, connections

from bench import line, once, scratch_database
from gongjia.backbone.employers import services as employers
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel import audit, verbs
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import is_postgresql
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import everywhere
from tests import factories

Verb = Callable[[int], Any]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CLIENTS = int(os.environ.get("GONGJIA_BENCH_CLIENTS", "4" if is_postgresql() else "1"))
SECONDS = float(os.environ.get("GONGJIA_BENCH_SECONDS", "2"))
ROUNDS = 7
LEAST_RATIO = 0.8


def run() -> None:
    with scratch_database(), everywhere(reason="bench"):
        print(f"  {connection.vendor}, {CLIENTS} clients, {ROUNDS} rounds of {SECONDS:g} s each way", flush=True)
        unions, by = _unions()
        _compare("registering an employer", unions, lambda union: _registering(union, by))
        _compare("changing an address, the thinnest verb", unions, lambda union: _changing(union, by))
        rows = AuditRow.objects.count()
        line(f"sealing {rows:,} rows", once(lambda: audit.seal(at=AT)))
        line("checking the whole record", once(lambda: audit.verify(unsealed_before=AT)))


def _compare(what: str, unions: list[Organisation], verb_of: Callable[[Organisation], Verb]) -> None:
    audited, plain = _alternately(lambda: _throughput(unions, verb_of))
    ratio = statistics.median(one / other for one, other in zip(audited, plain, strict=True))
    with_audit, without = statistics.median(audited), statistics.median(plain)
    kept = "kept" if ratio >= LEAST_RATIO else "MISSED"
    print(f"  {what}: {with_audit:,.0f}/s with audit, {without:,.0f}/s without", flush=True)
    print(f"  {'':<4}ratio {ratio:.2f} (at least {LEAST_RATIO}: {kept})", flush=True)


def _unions() -> tuple[list[Organisation], Actor]:
    """A union for each client, so that none waits for another's row, and an officer of the city."""
    city = factories.organisation("咸宁市总工会")
    officer = factories.person("张敏")
    factories.post(officer, city, "organisation_officer")
    made = [factories.organisation(f"样例{number}工会", city, kind="grassroots_union") for number in range(CLIENTS)]
    return made, factories.actor(officer)


def _alternately(measure: Callable[[], float]) -> tuple[list[float], list[float]]:
    """With and without in turn, so that a busy machine slows both."""
    audited: list[float] = []
    plain: list[float] = []
    measure()
    for number in range(ROUNDS):
        for with_audit in (True, False) if number % 2 else (False, True):
            if with_audit:
                audited.append(measure())
            else:
                with _without_audit():
                    plain.append(measure())
    return audited, plain


@contextmanager
def _without_audit() -> Iterator[None]:
    sound = verbs.audit.record
    verbs.audit.record = lambda *_, **__: None  # type: ignore[assignment,return-value]
    try:
        yield
    finally:
        verbs.audit.record = sound


def _throughput(unions: list[Organisation], verb_of: Callable[[Organisation], Verb]) -> float:
    """Verbs a second: every client works on its own union until the time is over."""
    start = Barrier(CLIENTS)

    def work(union: Organisation) -> int:
        try:
            with everywhere(reason="bench"):
                verb = verb_of(union)
                start.wait()
                ends = time.perf_counter() + SECONDS
                return next(number for number in count() if verb(number) and time.perf_counter() >= ends)
        finally:
            connections.close_all()

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(work, unions))
    return done / (time.perf_counter() - began)


def _registering(union: Organisation, by: Actor) -> Verb:
    region = union.region

    def register(number: int) -> Any:
        return employers.register(organisation=union, name=f"样例{number}厂", region=region, by=by, at=AT)

    return register


def _changing(union: Organisation, by: Actor) -> Verb:
    version = Organisation.objects.get(pk=union.pk).version

    def change(number: int) -> Any:
        changes = {"address": f"样例路 {number} 号"}
        return organisations.amend(organisation=union, version=version + number, changes=changes, by=by, at=AT)

    return change
