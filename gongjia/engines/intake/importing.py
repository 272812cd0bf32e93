"""The verbs of an import: send, correct, mend, check again, commit, undo. The work itself is done by `tasks`."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from gongjia.backbone.files import queries as files
from gongjia.backbone.files import services as file_services
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.clear import keep_clear, pieces
from gongjia.engines.intake.core import (
    BadCell,
    Column,
    Correction,
    Limits,
    Reading,
    SheetSpec,
    Unreadable,
    read,
    write_marked,
)
from gongjia.engines.intake.core.mending import Place, mended
from gongjia.engines.intake.core.preview import preview
from gongjia.engines.intake.core.values import plain
from gongjia.engines.intake.importers import importer_of
from gongjia.engines.intake.models import Import, ImportRow, RememberedHeading
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb

UNDO_WITHIN = timedelta(days=7)
_MOST_ALIKE = 20_000
_LONGEST_CELL = 500
#: What a page takes, and what whoever runs the machine may give it: a text is read piece by piece.
_BY_PAGE, _BY_COMMAND = Limits(), Limits(file_bytes=2**30)
_State = Import.State
_Row = ImportRow.State


@verb("intake.send", zh="上传要导入的表格", may=SIGNED_IN)
def send(
    *,
    organisation: Organisation,
    kind: str,
    name: str,
    chunks: Iterable[bytes],
    by: Actor,
    at: datetime,
    key: str = "",
) -> Import:
    """Keep a sheet, find its heading as this sender's sheets had it before, and have its rows checked.

    Refused where the file as a whole cannot be read. One whose heading alone is not found is kept: a person says where
    it is.
    """
    importer = importer_of(kind)
    by.require(importer.may, path=organisation.path)
    if refusal := importer.refusal(organisation):
        raise Refused(refusal)
    one = Import(organisation=organisation, kind=kind, sent_by_id=by.account_id, sent_at=at, read_on=today_of(at))
    with tempfile.TemporaryFile() as clear:
        keep_clear(chunks, clear, limit=_limits(one).file_bytes, what="表格")
        try:
            preview(clear)
            _recognise(one, clear)
        except Unreadable as refused:
            raise Refused(f"读不了“{name}”：{refused}", fields=["file"]) from refused
        clear.seek(0)
        one.file = file_services.store(
            organisation=organisation, name=name, kind="import", chunks=pieces(clear), by=by, at=at
        )
    one.save()
    if one.state == _State.CHECKING:
        _hand_over(one)
    note(one, file_id=one.file_id)
    return one


def _limits(one: Import) -> Limits:
    return _BY_PAGE if one.sent_by_id is not None else _BY_COMMAND


def _recognise(one: Import, clear: IO[bytes]) -> None:
    """The heading as found, or as it was corrected for a sheet that looks the same."""
    spec = importer_of(one.kind).columns(one.read_on)
    known = RememberedHeading._base_manager.filter(organisation=one.organisation, kind=one.kind)
    for said in known.order_by("-said_at")[:5]:
        correction = Correction(said.heading_row, said.columns)
        try:
            found = read(clear, spec, _limits(one), [correction])  # type: ignore[arg-type]  # any seekable file
        except Unreadable:
            continue
        if found.parts[0].fingerprint == said.fingerprint:
            one.corrections = [_as_json(correction)]
            one.parts = parts_of(found)
            return
    try:
        one.parts = parts_of(read(clear, spec, _limits(one)))  # type: ignore[arg-type]
    except Unreadable as refused:
        one.state, one.error = _State.FAILED, str(refused)[:300]


def parts_of(reading: Reading) -> list[dict[str, Any]]:
    """What was recognised, as it is kept and shown."""
    return [
        {
            "sheet": part.sheet,
            "heading_row": part.heading_row,
            "columns": {field: [at, written] for field, (at, written) in part.heading.columns.items()},
            "texts": list(part.heading.texts),
            "unknown": list(part.heading.unknown),
            "fingerprint": part.fingerprint,
        }
        for part in reading.parts
    ]


def _as_json(said: Correction) -> dict[str, Any]:
    return {"heading_row": said.heading_row, "columns": dict(said.columns), "sheet": said.sheet}


@verb("intake.correct", zh="改正表头和列", may=SIGNED_IN)
def correct(
    *, one: Import, heading_row: int, columns: Mapping[str, int | None], by: Actor, at: datetime, sheet: str = ""
) -> Import:
    """Say where the heading is and which column (from 0) holds what; remembered for sheets that look the same.

    Refused where a column is given twice, or the sheet cannot be read so.
    """
    one = _mine(one, by, _State.CHECKED, _State.FAILED)
    given = [at for at in columns.values() if at is not None]
    if len(given) != len(set(given)):
        raise Refused("同一列选给了两个项目，请检查后再保存。", fields=["columns"])
    said = Correction(heading_row, dict(columns), sheet)
    others = [each for each in one.corrections if each["sheet"] != sheet]
    one.corrections = [*others, _as_json(said)]
    try:
        with opened(one) as reading:
            one.parts = parts_of(reading)
            part = next((each for each in reading.parts if each.sheet == sheet), reading.parts[0])
            fingerprint = part.fingerprint
    except Unreadable as refused:
        raise Refused(str(refused), fields=["columns"]) from refused
    RememberedHeading._base_manager.update_or_create(
        organisation=one.organisation,
        kind=one.kind,
        fingerprint=fingerprint,
        defaults={"heading_row": heading_row, "columns": dict(columns), "said_at": at},
    )
    ImportRow._base_manager.filter(source=one).delete()  # by other columns other cells are wrong
    one.save(update_fields=["corrections", "parts"])
    _begin(one, _State.CHECKING)
    note(one, heading_row=heading_row)
    return one


@verb("intake.mend", zh="修改表格里的单元格", may=SIGNED_IN)
def mend(
    *, one: Import, changes: Mapping[str, Mapping[str, str]], by: Actor, at: datetime, everywhere: str = ""
) -> int:
    """Put new texts into cells of rows: row key → field → text. What is typed is kept even where it is still wrong.

    With `everywhere` (a field) the one change is made in every row whose cell holds the same and is wrong in the same
    way. Returns how many rows were changed.
    """
    one = _mine(one, by, _State.CHECKED)
    spec = importer_of(one.kind).columns(one.read_on)
    rows = ImportRow._base_manager.select_for_update().filter(source=one, row_key__in=list(changes))
    wanted = {row.pk: (row, changes[str(row.row_key)]) for row in rows}
    if everywhere and spec.once and everywhere == spec.once.key:
        raise Refused(f"{spec.once.zh}各人不同，请一行一行改。")
    if everywhere:
        for row, texts in list(wanted.values()):
            wanted |= {each.pk: (each, texts) for each in _alike(one, row, everywhere)}
    touched = [row for row, texts in wanted.values() if _put(row, texts, spec, one.parts)]
    ImportRow._base_manager.bulk_update(touched, ["mends", "problems", "codes", "state"], batch_size=500)
    if touched:
        Import._base_manager.filter(pk=one.pk).update(is_mended=True)
    note(one, rows=len(touched))
    return len(touched)


def _alike(one: Import, row: ImportRow, field: str) -> Iterator[ImportRow]:
    """The other rows with the same text in the field and the same fault of it."""
    code = next((code for code in row.codes.split() if code.startswith(f"{field}:")), "")
    if not code:
        return
    text = text_in(row, field, one.parts)
    rows = ImportRow._base_manager.filter(source=one, state=_Row.BAD, codes__contains=f" {code} ").exclude(pk=row.pk)
    if rows.count() > _MOST_ALIKE:
        raise Refused(f"有同样问题的行超过 {_MOST_ALIKE:,} 行，请在原表里改好后再上传。")
    for each in rows.select_for_update().iterator(chunk_size=500):
        if text_in(each, field, one.parts) == text:
            yield each


def text_in(row: ImportRow, field: str, parts: Sequence[Mapping[str, Any]]) -> str:
    """What a cell of a row holds now: as mended, or as it came."""
    mends = json.loads(row.reveal("mends") or "{}")
    if field in mends:
        return str(mends[field])
    part = next((each for each in parts if each["sheet"] == row.sheet), None)
    place = part["columns"].get(field) if part else None
    cells = json.loads(row.reveal("cells") or "[]")
    return str(cells[place[0]]) if place and place[0] < len(cells) else ""


def _put(row: ImportRow, texts: Mapping[str, str], spec: SheetSpec, parts: Sequence[Mapping[str, Any]]) -> bool:
    """Take new texts into a row, and judge them at once by themselves; the file as a whole is judged by a check."""
    columns = {column.field: column for column in spec.columns}
    mends = json.loads(row.reveal("mends") or "{}")
    before = dict(mends)
    problems = json.loads(row.reveal("problems") or "[]")
    for field, text in texts.items():
        if field in columns and text != text_in(row, field, parts):
            mends[field] = text[:_LONGEST_CELL]
            problems = [each for each in problems if each["field"] != field]
            problems += _wrong(columns[field], mends[field])
    if mends == before:
        return False
    row.seal_in(mends=json.dumps(mends, ensure_ascii=False), problems=json.dumps(problems, ensure_ascii=False))
    row.codes = codes_of(problems)
    row.state = _Row.BAD if problems else _Row.MENDED
    return True


def _wrong(column: Column, text: str) -> list[dict[str, str]]:
    plain_text = plain(text)
    if not plain_text:
        missing = {"field": column.field, "code": column.code_of_missing, "reason": f"没有填“{column.zh}”"}
        return [missing] if column.required else []
    try:
        column.clean(plain_text)
    except BadCell as bad:
        return [{"field": column.field, "code": bad.code, "reason": bad.reason}]
    return []


def codes_of(problems: Iterable[Mapping[str, str]]) -> str:
    """The faults of a row in clear, so that rows with the same one are found."""
    codes = [f"{each['field']}:{each['code']}" for each in problems]
    text = ""
    for code in dict.fromkeys(codes):
        if len(text) + len(code) < 390:
            text += f" {code}"
    return f"{text} " if text else ""


@verb("intake.leave_out", zh="不导入某一行", may=SIGNED_IN)
def leave_out(*, one: Import, row_key: str, is_out: bool, by: Actor, at: datetime) -> Import:
    """Leave a row out of the import, or take it in again."""
    one = _mine(one, by, _State.CHECKED)
    rows = ImportRow._base_manager.filter(source=one, row_key=row_key)
    if is_out:
        found = rows.exclude(state=_Row.LEFT_OUT).update(state=_Row.LEFT_OUT)
    else:
        found = rows.filter(state=_Row.LEFT_OUT).update(state=_Row.BAD)
    if found:
        Import._base_manager.filter(pk=one.pk).update(is_mended=True)
    note(one, rows=found, is_out=int(is_out))
    return one


@verb("intake.check_again", zh="重新核对要导入的表格", may=SIGNED_IN)
def check_again(*, one: Import, by: Actor, at: datetime) -> Import:
    """Go through the whole file anew, with what was mended."""
    one = _mine(one, by, _State.CHECKED, _State.FAILED)
    if not one.parts:
        raise Refused("还不知道表头在哪一行：请先说明表头和各列。")
    if one.committed_at:
        raise Refused("这份表已经导入过一部分，请继续导入。")
    _begin(one, _State.CHECKING)
    return one


@verb("intake.commit", zh="导入表格", may=SIGNED_IN)
def commit(*, one: Import, by: Actor, at: datetime, takes_changes: bool = True) -> Import:
    """Have the good rows written, in the background. One that failed on the way goes on where it stood."""
    one = _mine(one, by, _State.CHECKED, _State.FAILED)
    if one.state == _State.FAILED and not one.committed_at:
        raise Refused("这份表还没有核对完，请先重新核对。")
    if one.state == _State.CHECKED:
        if one.is_mended:
            raise Refused("有单元格改过还没有再核对，请先点“重新核对”，看清楚再导入。")
        if not one.new_count + (one.changed_count if takes_changes else 0):
            raise Refused("这份表里没有要写入的行：没有新增，也没有要更新的。")
        if refusal := importer_of(one.kind).refusal(one.organisation):
            raise Refused(refusal)
        one.takes_changes = takes_changes
    one.committed_at = at
    one.save(update_fields=["takes_changes", "committed_at"])
    _begin(one, _State.COMMITTING)
    note(one, new=one.new_count, changed=one.changed_count)
    return one


@verb("intake.undo", zh="撤销导入", may=SIGNED_IN)
def undo(*, one: Import, by: Actor, at: datetime) -> Import:
    """Have everything that this import wrote taken back, but for what was changed since. Within seven days."""
    one = _mine(one, by, _State.DONE, _State.FAILED)
    if not one.committed_at or at > one.committed_at + UNDO_WITHIN:
        raise Refused(f"导入超过 {UNDO_WITHIN.days} 天的不能整批撤销了，请逐个办理。")
    _begin(one, _State.UNDOING)
    return one


def _mine(one: Import, by: Actor, *states: str) -> Import:
    """The import as it stands, locked, in one of the states that allow this. Raises Forbidden or Refused."""
    by.require(importer_of(one.kind).may, path=one.organisation.path)
    current = Import._base_manager.select_for_update(of=("self",)).select_related("organisation", "file").get(pk=one.pk)
    if current.state not in states:
        raise Refused(f"这份表{current.get_state_display()}，现在不能这样办。请刷新页面看看。")
    return current


def _begin(one: Import, state: str) -> None:
    """A new piece of work for a worker. What is committed goes on at its cursor, all else begins anew."""
    one.state, one.error = state, ""
    facts: dict[str, Any] = {"state": state, "error": "", "tries": 0, "beat_at": None}
    if state != _State.COMMITTING:
        facts |= {"done": 0}
    Import._base_manager.filter(pk=one.pk).update(**facts)
    _hand_over(one)


def _hand_over(one: Import) -> None:
    from gongjia.engines.intake.tasks import work  # the tasks call what stands here

    work.enqueue(one.pk)


@contextmanager
def opened(one: Import, *, is_mended: bool = True, leaves_out: bool = True) -> Iterator[Reading]:
    """The sheet of an import as corrected and mended, unsealed into a temporary file that disappears with the block."""
    said = [Correction(each["heading_row"], each["columns"], each["sheet"]) for each in one.corrections]
    with tempfile.TemporaryFile() as clear:
        for piece in files.content_of(one.file):
            clear.write(piece)
        clear.seek(0)
        reading = read(clear, importer_of(one.kind).columns(one.read_on), _limits(one), said)
        yield mended(reading, *_by_hand(one, leaves_out=leaves_out)) if is_mended else reading


def marked_sheet(one: Import) -> bytes:
    """The sender's sheet back as a workbook, mended cells in it, bad cells red and a column of reasons behind."""
    with tempfile.TemporaryDirectory() as folder, opened(one, leaves_out=False) as reading:
        path = Path(folder) / "marked.xlsx"
        write_marked(path, reading)
        return path.read_bytes()


def first_rows(one: Import) -> dict[str, list[list[str]]]:
    """The first rows of each sheet as they came."""
    with tempfile.TemporaryFile() as clear:
        for piece in files.content_of(one.file):
            clear.write(piece)
        clear.seek(0)
        return preview(clear)


def _by_hand(one: Import, *, leaves_out: bool) -> tuple[dict[Place, dict[str, str]], frozenset[Place]]:
    rows = list(ImportRow._base_manager.filter(source=one).exclude(mends=b""))
    mends = {(row.sheet, row.number): json.loads(row.reveal("mends")) for row in rows}
    out = ImportRow._base_manager.filter(source=one, state=_Row.LEFT_OUT).values_list("sheet", "number")
    return mends, frozenset(out) if leaves_out else frozenset()
