"""The verbs of an import: send, correct, mend, check again, commit, undo. Sheets are read before a verb begins, by
`recognising`; the work itself is done by `tasks`."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gongjia.backbone.files import services as file_services
from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.intake.clear import pieces
from gongjia.engines.intake.core import (
    BadCell,
    Column,
    Reading,
    SheetSpec,
    write_marked,
)
from gongjia.engines.intake.core.mending import Place, mended
from gongjia.engines.intake.core.values import plain
from gongjia.engines.intake.importers import importer_of
from gongjia.engines.intake.models import Import, ImportRow, RememberedHeading
from gongjia.engines.intake.recognising import Corrected, Recognised, check_taken, read_as, unsealed
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb

UNDO_WITHIN = timedelta(days=7)
KEPT_FOR = timedelta(days=30)
_MARKED_WHOLE = 5_000  # rows that are given back as a whole sheet
_MOST_ALIKE = 20_000
_LONGEST_CELL = 500
_State = Import.State
_Row = ImportRow.State


@verb("intake.send", zh="上传要导入的表格", may=SIGNED_IN)
def send(
    *,
    organisation: Organisation,
    kind: str,
    name: str,
    sheet: Recognised,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Import:
    """Keep a sheet that has been read (`recognising.sheet_recognised`), and have its rows checked where its heading is
    known."""
    check_taken(organisation, kind, by)
    sheet.clear.seek(0)
    ends_on = today_of(at) + KEPT_FOR
    stored = file_services.store(
        organisation=organisation, name=name, kind="import", chunks=pieces(sheet.clear), by=by, at=at, delete_on=ends_on
    )
    one = Import(
        organisation=organisation, kind=kind, name=stored.name, file=stored, sent_by_id=by.account_id, sent_at=at,
        asked_by_id=by.account_id, read_on=sheet.read_on, ends_on=ends_on, parts=sheet.parts,
        corrections=sheet.corrections, error=sheet.error, state=_State.FAILED if sheet.error else _State.CHECKING,
    )  # fmt: skip
    one.save()
    if one.state == _State.CHECKING:
        _hand_over(one)
    note(one, file_id=one.file_id)
    return one


@verb("intake.correct", zh="改正表头和列", may=SIGNED_IN)
def correct(*, one: Import, sheet: Corrected, by: Actor, at: datetime) -> Import:
    """Take what was said of heading and columns (`recognising.correction_read`), and remember it for sheets that look
    the same. Refused once anything is written: the rows counted so far are those of the heading as it was."""
    one = _mine(one, by, at, _State.CHECKED, _State.FAILED)
    check_correctable(one, at)
    if one.corrections != sheet.before:
        raise Refused("刚才有人改过这份表的表头和列，请刷新页面看看再改。")
    one.corrections, one.parts = sheet.corrections, sheet.parts
    RememberedHeading._base_manager.update_or_create(
        organisation=one.organisation,
        kind=one.kind,
        fingerprint=sheet.fingerprint,
        defaults={"heading_row": sheet.heading_row, "columns": sheet.columns, "said_at": at},
    )
    ImportRow._base_manager.filter(source=one).delete()  # by other columns other cells are wrong
    one.save(update_fields=["corrections", "parts"])
    _begin(one, _State.CHECKING, by, at, read_on=sheet.read_on)
    note(one, heading_row=sheet.heading_row)
    return one


def check_correctable(one: Import, at: datetime) -> None:
    """Raises Refused where the heading cannot be corrected any more."""
    _check_kept(one, at)
    if one.committed_at:
        raise Refused("这份表已经导入过一部分，不能再改表头和列。请继续导入，或者先撤销再重新上传。")


@verb("intake.mend", zh="修改表格里的单元格", may=SIGNED_IN)
def mend(
    *, one: Import, changes: Mapping[str, Mapping[str, str]], by: Actor, at: datetime, everywhere: str = ""
) -> int:
    """Put new texts into cells of rows: row key → field → text. What is typed is kept even where it is still wrong.

    With `everywhere` (a field) the one change is made in every row whose cell holds the same and is wrong in the same
    way. Returns how many rows were changed.
    """
    one = _mine(one, by, at, _State.CHECKED)
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
        _touch(one, by, at, is_mended=True)
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
    one = _mine(one, by, at, _State.CHECKED)
    rows = ImportRow._base_manager.filter(source=one, row_key=row_key)
    if is_out:
        found = rows.exclude(state=_Row.LEFT_OUT).update(state=_Row.LEFT_OUT)
    else:
        found = rows.filter(state=_Row.LEFT_OUT).update(state=_Row.BAD)
    if found:
        _touch(one, by, at, is_mended=True)
    note(one, rows=found, is_out=int(is_out))
    return one


@verb("intake.check_again", zh="重新核对要导入的表格", may=SIGNED_IN)
def check_again(*, one: Import, by: Actor, at: datetime) -> Import:
    """Go through the whole file anew, as of today, with what was mended."""
    one = _mine(one, by, at, _State.CHECKED, _State.FAILED)
    if not one.parts:
        raise Refused("还不知道表头在哪一行：请先说明表头和各列。")
    if one.committed_at:
        raise Refused("这份表已经导入过一部分，不能重新核对了。")
    _begin(one, _State.CHECKING, by, at, read_on=today_of(at))
    return one


@verb("intake.commit", zh="导入表格", may=SIGNED_IN)
def commit(*, one: Import, by: Actor, at: datetime, takes_changes: bool = True) -> Import:
    """Have the good rows written, in the background. One that failed on the way goes on where it stood."""
    one = _mine(one, by, at, _State.CHECKED, _State.FAILED)
    if one.state == _State.CHECKED:
        _check_worth(one, takes_changes=takes_changes)
        one.takes_changes = takes_changes
    elif one.piece == _State.CHECKING:
        raise Refused("这份表还没有核对完，请先重新核对。")
    elif one.piece == _State.UNDOING:
        raise Refused("这份表撤销到一半，不能再导入了。请继续撤销，然后重新上传。")
    one.committed_at = one.committed_at or at
    _begin(one, _State.COMMITTING, by, at, takes_changes=one.takes_changes, committed_at=one.committed_at)
    note(one, new=one.new_count, changed=one.changed_count)
    return one


def _check_worth(one: Import, *, takes_changes: bool) -> None:
    """Raises Refused where a checked sheet is not to be written as it stands."""
    if one.is_mended:
        raise Refused("有单元格改过还没有再核对，请先点“重新核对”，看清楚再导入。")
    if not one.new_count + (one.changed_count if takes_changes else 0):
        raise Refused("这份表里没有要写入的行：没有新增，也没有要更新的。")
    if refusal := importer_of(one.kind).refusal(one.organisation):
        raise Refused(refusal)


@verb("intake.undo", zh="撤销导入", may=SIGNED_IN)
def undo(*, one: Import, by: Actor, at: datetime) -> Import:
    """Have everything that this import wrote taken back, but for what was changed since. Begun within seven days."""
    one = _mine(one, by, at, _State.DONE, _State.FAILED)
    if not can_undo(one, at):
        raise Refused(f"导入超过 {UNDO_WITHIN.days} 天的不能整批撤销了，请逐个办理。")
    _begin(one, _State.UNDOING, by, at)
    return one


def can_undo(one: Import, at: datetime) -> bool:
    """Whether the time for it is not over; what is half undone can be gone on with until all is forgotten."""
    if not one.committed_at or is_over(one, at):
        return False
    return one.piece == _State.UNDOING or at <= one.committed_at + UNDO_WITHIN


def is_over(one: Import, at: datetime) -> bool:
    """Whether the day has come on which the file, and all that was kept of its rows, go."""
    return one.ends_on <= today_of(at)


def _mine(one: Import, by: Actor, at: datetime, *states: str) -> Import:
    """The import as it stands, locked, in one of the states that allow this. Raises Forbidden or Refused."""
    by.require(importer_of(one.kind).may, path=one.organisation.path)
    current = Import._base_manager.select_for_update(of=("self",)).select_related("organisation", "file").get(pk=one.pk)
    if current.state not in states:
        raise Refused(f"这份表{current.get_state_display()}，现在不能这样办。请刷新页面看看。")
    _check_kept(current, at)
    return current


def _check_kept(one: Import, at: datetime) -> None:
    if is_over(one, at):
        raise Refused(f"这份表 {KEPT_FOR.days} 天没有办理，原表和各行内容已经到期删除。要导入的，请重新上传。")


def _touch(one: Import, by: Actor, at: datetime, **facts: Any) -> None:
    """Write facts down, and put off the day on which all goes: once a day is enough."""
    ends_on = today_of(at) + KEPT_FOR
    if ends_on > one.ends_on and one.file is not None:
        file_services.keep_until(stored=one.file, day=ends_on, by=by, at=at)
        facts["ends_on"] = ends_on
    Import._base_manager.filter(pk=one.pk).update(**facts)


def _begin(one: Import, state: str, by: Actor, at: datetime, **facts: Any) -> None:
    """A new piece of work for a worker, who does it for whoever asked for it. What is committed goes on at its cursor,
    all else begins anew."""
    one.state, one.piece, one.error, one.asked_by_id = state, state, "", by.account_id
    facts |= {"state": state, "piece": state, "error": "", "asked_by_id": by.account_id, "tries": 0, "beat_at": None}
    facts |= {"done": one.cursor if state == _State.COMMITTING else 0}
    _touch(one, by, at, **facts)
    _hand_over(one)


def _hand_over(one: Import) -> None:
    from gongjia.engines.intake.tasks import work  # the tasks call what stands here

    work.enqueue(one.pk)


@contextmanager
def opened(one: Import, *, is_mended: bool = True, leaves_out: bool = True) -> Iterator[Reading]:
    """The sheet of an import as corrected and mended, unsealed into a temporary file that disappears with the block."""
    with unsealed(one) as clear:
        reading = read_as(clear, one, one.read_on, one.corrections, whole=True)
        yield mended(reading, *_by_hand(one, leaves_out=leaves_out)) if is_mended else reading


def marks_only_bad(one: Import) -> bool:
    """Whether a sheet is so long that only its bad rows are given back: somebody waits for it at a page."""
    return max(one.total, one.done) > _MARKED_WHOLE


def marked_sheet(one: Import) -> bytes:
    """The sender's sheet back as a workbook, mended cells in it, bad cells red and a column of reasons behind; of a
    long one only the bad rows."""
    with tempfile.TemporaryDirectory() as folder, opened(one, leaves_out=False) as reading:
        path = Path(folder) / "marked.xlsx"
        write_marked(path, reading, only_bad=marks_only_bad(one))
        return path.read_bytes()


def _by_hand(one: Import, *, leaves_out: bool) -> tuple[dict[Place, dict[str, str]], frozenset[Place]]:
    rows = list(ImportRow._base_manager.filter(source=one).exclude(mends=b""))
    mends = {(row.sheet, row.number): json.loads(row.reveal("mends")) for row in rows}
    out = ImportRow._base_manager.filter(source=one, state=_Row.LEFT_OUT).values_list("sheet", "number")
    return mends, frozenset(out) if leaves_out else frozenset()
