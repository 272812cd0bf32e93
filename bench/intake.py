"""A roster imported, beside a presorted COPY of the same rows, django-import-export in bulk mode, and openpyxl reading.

What is timed is what a page's worker and `gongjia import-members` do: the sheet is taken and its heading found, checked
row by row, written with all that belongs to it, and taken back. It runs in a process of its own, whose most memory is
shown. The floor copies the rows that the import wrote, in the order of the blind index, into the same tables with the
same indexes and keys. GONGJIA_BENCH_ROWS (a million) and GONGJIA_BENCH_SHEET_ROWS (200,000) make it smaller. Without
PostgreSQL it measures SQLite, whose floor is `executemany`.
"""

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bench import line, once, rosters, scratch_database

ROWS = int(os.environ.get("GONGJIA_BENCH_ROWS", "1000000"))
SHEET_ROWS = int(os.environ.get("GONGJIA_BENCH_SHEET_ROWS", "200000"))
PEER_ROWS = 20_000
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MOST_OF_FLOOR, LEAST_OF_PEER, MOST_MEMORY = 2.2, 15.0, 400.0
#: The tables that an import writes, in the order in which they may be filled; the first three by blind index.
TABLES = (
    "people_person", "memberships_membership", "people_employment", "kernel_auditrow", "intake_import",
    "intake_importtrace", "intake_importrow", "figures_change",
)  # fmt: skip
_STEPS = {
    "send": "taken, heading found", "check": "checked", "commit": "written", "floor": "presorted COPY of the same rows",
    "undo": "taken back",
}  # fmt: skip
_BY_INDEX = {
    "people_person": "ORDER BY t.id_number_index",
    "memberships_membership": "JOIN people_person p ON p.id = t.person_id ORDER BY p.id_number_index",
    "people_employment": "JOIN people_person p ON p.id = t.person_id ORDER BY p.id_number_index",
}


def run() -> None:
    from gongjia.kernel.db import is_postgresql

    var = Path(os.environ["GONGJIA_VAR"])
    if not is_postgresql():
        print("  no PostgreSQL is configured (GONGJIA_DATABASE_URL): SQLite is measured")
    with scratch_database():
        code = _union()
        text = rosters.write_csv(var / "roster.csv", ROWS)
        _of_text(f"{ROWS:,} rows of CSV", text, code, var, ROWS, peer=_peer(text, code))
        _of_text(f"{ROWS // 5:,} rows of CSV, suite gm", text, code, var, ROWS // 5)
        _of_workbook(var, code, share=0.25 if is_postgresql() else 0.5)


def _of_text(what: str, text: Path, code: str, var: Path, rows: int, peer: float | None = None) -> None:
    more = {}
    if peer is None:  # smaller: the Chinese ciphers are several times as dear
        from gongjia.kernel.keys import Keyring

        text, keys = rosters.write_csv(var / "gm.csv", rows), var / "gm.json"
        Keyring.create("gm").save(keys)
        more = {"GONGJIA_KEYS_FILE": str(keys)}
    done = _measured(text, code, var, **more)
    whole = _say(what, done)
    if peer is not None:
        kept = "kept" if whole <= MOST_OF_FLOOR * done["floor"] else "MISSED"
        print(f"    {whole / done['floor']:.2f} × the floor (at most {MOST_OF_FLOOR:g}: {kept})", flush=True)
        rate = rows / whole
        kept = "kept" if rate >= LEAST_OF_PEER * peer else "MISSED"
        print(f"    {rate:,.0f} rows/s; django-import-export in bulk mode, {peer:,.0f} rows/s:", end="")
        print(f" {rate / peer:.1f} × (at least {LEAST_OF_PEER:g}: {kept})", flush=True)


def _of_workbook(var: Path, code: str, *, share: float) -> None:
    book = rosters.write_xlsx(var / "roster.xlsx", SHEET_ROWS)
    read = once(lambda: _openpyxl(book))
    whole = _say(f"{SHEET_ROWS:,} rows of .xlsx", _measured(book, code, var))
    kept = "kept" if whole <= share * read else "MISSED"
    line("  openpyxl, reading alone (read_only)", read)
    print(f"    the whole import: {whole / read:.2f} of it (at most {share:g}: {kept})", flush=True)


def _measured(file: Path, code: str, var: Path, **more: str) -> dict[str, float]:
    """Seconds and memory of each step; the rows are copied out before they are taken back."""
    done = _in_a_process("write", file, code, **more)
    rows = _taken_out(var)
    taken_back = _in_a_process("undo", file, code, **more)
    _emptied()
    floor = once(lambda: _put_in(rows))
    _emptied()
    memory = max(done["memory"], taken_back["memory"])
    return {**taken_back, **done, "memory": memory, "floor": floor}


def _say(what: str, done: dict[str, float]) -> float:
    whole = done["send"] + done["check"] + done["commit"]
    line(f"{what}, the whole import", whole, floor=done["floor"], named="presorted COPY of what it wrote")
    for step in ("send", "check", "commit", "floor", "undo"):
        line(f"  {_STEPS.get(step, step)}", done[step])
    kept = "kept" if max(done["memory"], done["reader"]) <= MOST_MEMORY else "MISSED"
    print(
        f"    {done['added']:,} members; most memory {done['memory']:.0f} MB, of the reader of workbooks "
        f"{done['reader']:.0f} MB (each at most {MOST_MEMORY:.0f}: {kept})",
        flush=True,
    )
    return whole


# ── the import ─────────────────────────────────────────────────────────────────────────────────────────────
def _union() -> str:
    """A union of the scratch database, with the employers that it covers."""
    from gongjia.kernel.reach import everywhere
    from tests import factories

    with everywhere(reason="bench"):
        city = factories.organisation("样例市总工会")
        union = factories.organisation("样例联合工会", city, kind="grassroots_union", founded_on=date(1995, 1, 1))
        for number in range(rosters.COVERED):
            factories.coverage(union, factories.employer(rosters.employer(number), union))
        return str(union.reference)


def _in_a_process(act: str, file: Path, code: str, **more: str) -> dict[str, float]:
    env = {**os.environ, **more, "GONGJIA_DATABASE_URL": _address(connection.settings_dict)}
    command = [sys.executable, "-m", "bench.intake", act, str(file), code]
    done = subprocess.run(command, check=True, env=env, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _address(settings: dict[str, Any]) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    login = f"{settings['USER']}:{settings['PASSWORD']}" if settings["PASSWORD"] else settings["USER"]
    return f"postgres://{login}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"


def _work(act: str, file: Path, code: str) -> dict[str, float]:
    """In the process of its own: what `gongjia import-members` does, step by step, or the undo of the last import."""
    from gongjia.backbone.organisations.queries import by_code
    from gongjia.command.import_members import _pieces
    from gongjia.domains.enrolment.rosters import KIND
    from gongjia.engines.intake import importing, queries, tasks
    from gongjia.engines.intake.recognising import sheet_recognised
    from gongjia.kernel import clock
    from gongjia.kernel.actors import COMMAND

    by: dict[str, Any] = {"by": COMMAND, "at": clock.now()}
    union = by_code(code)
    given: dict[str, Any] = {"organisation": union, "kind": KIND, "name": file.name} | by
    found: dict[str, float] = {}

    def worked(step: str, one: Any) -> Any:
        found[step] = once(lambda: tasks.work_now(one.pk, now=clock.now))
        one = queries.import_by_reference(one.reference)
        if one.error:
            sys.exit(f"{step}: {one.error}")
        return one

    def send() -> Any:
        with sheet_recognised(chunks=_pieces(file), **given) as sheet:
            return importing.send(sheet=sheet, **given)

    if act == "undo":
        one = queries.imports_of(union, KIND).latest("pk")  # type: ignore[arg-type]  # the union is there
        importing.undo(one=one, **by)
        one = worked("undo", one)
        if one.undone_count != one.added_count:
            sys.exit(f"undo: {one.undone_count} of {one.added_count}")
    else:
        begun = time.perf_counter()
        one = send()
        found["send"] = time.perf_counter() - begun
        one = worked("check", one)
        importing.commit(one=one, **by)
        found["added"] = worked("commit", one).added_count
    return found


class _Readers:
    """The most memory that a reader of workbooks takes, asked for again and again while it lives."""

    def __init__(self) -> None:
        self.most = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            for each in Path("/proc/self/task").glob("*/children"):
                for number in each.read_text().split():
                    with suppress(OSError):
                        if "workbook.py" in Path(f"/proc/{number}/cmdline").read_text():
                            self.most = max(self.most, _most_memory(Path(f"/proc/{number}/status")))
            time.sleep(0.02)


def _most_memory(status: Path) -> int:
    """Kilobytes. Not by getrusage, which counts what the process that began this one had at that moment."""
    return int(status.read_text().partition("VmHWM:")[2].split()[0])


# ── floor and peers ────────────────────────────────────────────────────────────────────────────────────────
def _taken_out(var: Path) -> dict[str, Any]:
    """The rows that the import wrote, presorted: in files as COPY words them, for SQLite in memory."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            query = f"SELECT t.* FROM {table} t {_BY_INDEX.get(table, '')}"
            if connection.vendor != "postgresql":
                cursor.execute(query)
                found[table] = cursor.fetchall()
                continue
            found[table] = var / f"{table}.copy"
            with found[table].open("wb") as out, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
                for piece in copy:
                    out.write(piece)
    return found


def _put_in(rows: dict[str, Any]) -> None:
    """The floor: the same rows into the same tables, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, given in rows.items():
            if connection.vendor == "postgresql":
                with given.open("rb") as content, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    while piece := content.read(1 << 20):
                        copy.write(piece)
            elif given:
                marks = ", ".join(["?"] * len(given[0]))
                connection.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", given)


def _emptied() -> None:
    """Without what imports wrote; keys that are seen too late would else name rows that are gone."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join((*TABLES, 'intake_importblock'))} CASCADE")
            cursor.execute("VACUUM")
            return
        for table in ("intake_importblock", *reversed(TABLES)):
            cursor.execute(f"DELETE FROM {table}")


def _openpyxl(book: Path) -> int:
    import openpyxl

    sheet = openpyxl.load_workbook(book, read_only=True).worksheets[0]
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def _peer(text: Path, code: str) -> float:
    """Rows a second that django-import-export writes in bulk mode, the same job by its documented recipe: files sealed
    and indexed, their memberships, their employments; without a record, traces or an undo. Its rows are taken back."""
    from itertools import islice

    import tablib

    from gongjia.backbone.organisations.queries import by_code
    from gongjia.kernel.reach import everywhere

    with text.open(encoding="utf-8", newline="") as lines:
        heading = next(lines).strip().split(",")
        rows = [each.strip().split(",") for each in islice(lines, PEER_ROWS)]
    once_each = {
        row[heading.index("身份证号")]: [*row, ""] for row in rows
    }  # a second one would end its whole thousand
    data = tablib.Dataset(*once_each.values(), headers=[*heading, "index"])
    with transaction.atomic(), everywhere(reason="bench"):
        union = by_code(code)

        def work() -> None:
            for resource in _resources(union):
                resource.import_data(data, dry_run=False, raise_errors=False)

        seconds = once(work)
        transaction.set_rollback(True)
    return len(once_each) / seconds


def _resources(union: Any) -> list[Any]:
    """Fields by column, numbers checked and sealed for each row, whoever is known looked up by blind index (kept in
    memory where the package can), a bulk insert for each thousand."""
    from import_export import fields, resources, widgets

    from gongjia.backbone.employers.models import Employer
    from gongjia.backbone.memberships.models import Membership
    from gongjia.backbone.people.models import ID_NUMBER, Employment, Person
    from gongjia.kernel import keyring, numbers
    from gongjia.kernel.pinyin import initials, pinyin_key

    def index_of(row: Any) -> None:
        row["read"] = numbers.identity_number(row["身份证号"], on=AT.date())
        row["index"] = keyring.current().blind_index(row["read"].full, purpose=ID_NUMBER)

    class Bulk:
        use_bulk, batch_size, skip_diff, skip_html_diff = True, 1000, True, True
        use_transactions = False  # a bad row would else take all good ones back

    class PersonResource(resources.ModelResource):  # type: ignore[misc]  # the peer has no types
        name = fields.Field(attribute="name", column_name="姓名")
        ethnicity = fields.Field(attribute="ethnicity", column_name="民族")
        index = fields.Field(attribute="id_number_index", column_name="index")

        class Meta(Bulk):
            model, fields, import_id_fields = Person, ("name", "ethnicity", "index"), ("index",)

        def before_import_row(self, row: Any, **_: Any) -> None:
            index_of(row)
            row["phone"] = numbers.mobile(row["手机号"])

        def before_save_instance(self, instance: Any, row: Any, **_: Any) -> None:
            instance.pinyin_key, instance.initials = pinyin_key(instance.name), initials(instance.name)
            instance.sex, instance.birth_on = str(row["read"].sex), row["read"].birth_on
            instance.seal_in(id_number=row["read"].full, phone=row["phone"])

    class OfPerson(resources.ModelResource):  # type: ignore[misc]
        person = fields.Field("person", "index", widgets.CachedForeignKeyWidget(Person, "id_number_index"))

        def before_import_row(self, row: Any, **_: Any) -> None:
            index_of(row)

    class MembershipResource(OfPerson):
        joined_on = fields.Field("joined_on", "入会时间", widgets.DateWidget())
        from_on = fields.Field("from_on", "入会时间", widgets.DateWidget())

        class Meta(Bulk):
            model, fields, import_id_fields = Membership, ("person", "joined_on", "from_on"), ("person",)

        def before_save_instance(self, instance: Any, row: Any, **_: Any) -> None:
            instance.organisation, instance.origin = union, "roster"
            instance.pinyin_key = pinyin_key(row["姓名"])

    class EmploymentResource(OfPerson):
        employer = fields.Field("employer", "单位", widgets.CachedForeignKeyWidget(Employer, "name"))
        job = fields.Field("job", "岗位")

        class Meta(Bulk):
            model, fields, import_id_fields = Employment, ("person", "employer", "job"), ("person", "employer")

        def skip_row(self, instance: Any, *rest: Any, **more: Any) -> bool:
            return instance.employer_id is None or bool(super().skip_row(instance, *rest, **more))

    return [PersonResource(), MembershipResource(), EmploymentResource()]


if __name__ == "__main__":
    from bench.__main__ import _wake

    _wake(Path(os.environ["GONGJIA_VAR"]))
    from gongjia.kernel.reach import everywhere

    readers = _Readers()
    with everywhere(reason="bench"):
        done = _work(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    done["memory"] = _most_memory(Path("/proc/self/status")) / 1024
    done["reader"] = readers.most / 1024
    print(json.dumps(done))
