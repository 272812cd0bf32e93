"""Building the invented city, beside writing its persons alone by seal_in and bulk_create.

GONGJIA_BENCH_MEMBERS sets the number of members. The peak of memory is that of this process.
"""

import os
import resource

from django.db import transaction

from bench import line, once, scratch_database
from demo.city import build
from demo.names import People
from gongjia.backbone.people.models import Person
from gongjia.kernel.pinyin import initials, pinyin_key
from gongjia.kernel.reach import everywhere

COUNT = int(os.environ.get("GONGJIA_BENCH_MEMBERS", "60000"))
PEER = 5_000


def run() -> None:
    with scratch_database():
        seconds = once(lambda: build(scale=COUNT, report=lambda words: print(f"    {words}", flush=True)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with everywhere(reason="bench"):
            persons = Person.objects.count()
        peer = _by_rows() * persons / PEER
        line("  its persons alone, a row at a time", peer)
        line(f"city of {COUNT:,} members", seconds, floor=peer, named="the persons alone")
        print(f"  {'peak of memory':<58}{peak:10.0f} MB", flush=True)


def _by_rows() -> float:
    """Seconds to write as many persons as the peer has, each sealed by itself. Takes them back."""
    with transaction.atomic(), everywhere(reason="bench"):
        seconds = once(_write)
        transaction.set_rollback(True)
    return seconds


def _write() -> None:
    rows = []
    for coined in People(2).many(PEER):
        person = Person(
            name=coined.name,
            pinyin_key=pinyin_key(coined.name),
            initials=initials(coined.name),
            sex=coined.sex,
            birth_on=coined.born,
            ethnicity=coined.ethnicity,
        )
        person.seal_in(id_number=f"{coined.identity_number[:-1]}#", phone=coined.phone)
        rows.append(person)
    Person.objects.bulk_create(rows, batch_size=2_000)
