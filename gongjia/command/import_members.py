"""`gongjia import-members`: a roster into one union, by whoever runs this machine."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongjia.command import wake

if TYPE_CHECKING:
    from gongjia.backbone.organisations.models import Organisation
    from gongjia.engines.intake.models import Import

SUMMARY = "把一份会员花名册导入一个工会"
_WAIT = 1.0  # seconds between two looks at what another worker has in hand


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="文件", help="会员花名册：.xlsx、.xls、.ods、.csv、.csv.gz、.txt")
    parser.add_argument("--union", required=True, metavar="代码", help="工会的十位编号，或统一社会信用代码")
    parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")


def run(argv: Sequence[str]) -> int:
    """0 when the roster was checked, and written unless it is a dry run; 2 with a Chinese reason otherwise.

    Ends with a line of JSON: what would become of the rows, or what did.
    """
    parser = argparse.ArgumentParser(prog="gongjia import-members", description=SUMMARY)
    add_arguments(parser)
    given = parser.parse_args(argv)
    wake()
    from gongjia.kernel.errors import Refused  # models: Django has to be awake
    from gongjia.kernel.reach import everywhere

    try:
        with everywhere(reason="import-members on the command line"):
            one = _imported(given.file, given.union, dry_run=given.dry_run)
    except (Refused, OSError) as refused:
        print(_reason(refused, given.file), file=sys.stderr)
        return 2
    if one.state == "failed":
        print(one.error, file=sys.stderr)
        return 2
    print(json.dumps(_summary(one), ensure_ascii=False))
    return 0


def _reason(refused: Exception, file: Path) -> str:
    return f"打不开文件“{file}”：{refused.strerror}。" if isinstance(refused, OSError) else str(refused)


def _imported(file: Path, code: str, *, dry_run: bool) -> "Import":
    """The import when all that was asked for is done, or it failed."""
    from gongjia.domains.enrolment.rosters import KIND
    from gongjia.engines.intake import importing
    from gongjia.engines.intake.recognising import sheet_recognised
    from gongjia.kernel import clock
    from gongjia.kernel.actors import COMMAND

    by: dict[str, Any] = {"by": COMMAND, "at": clock.now()}
    union = _union(code)
    given: dict[str, Any] = {"organisation": union, "kind": KIND, "name": file.name} | by
    with sheet_recognised(chunks=_pieces(file), **given) as sheet:
        one = importing.send(sheet=sheet, **given)
    one = _worked(one)
    if dry_run or one.state != "checked" or not one.new_count + one.changed_count:
        return one
    return _worked(importing.commit(one=one, **by))


def _union(code: str) -> "Organisation":
    """By its own number or its credit code. Raises Refused."""
    from gongjia.backbone.organisations.queries import by_code
    from gongjia.kernel.errors import Refused

    found = by_code(code)
    if found is None:
        raise Refused(f"没有编号或统一社会信用代码是“{code}”的工会。请在系统里打开这个工会的档案，核对代码。")
    return found


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(1 << 20):
            yield piece


def _worked(one: "Import") -> "Import":
    """Do the work here, or wait for the worker that has it in hand."""
    from gongjia.engines.intake import queries, tasks
    from gongjia.kernel import clock

    tasks.work_now(one.pk, now=clock.now)
    while (one := queries.import_by_reference(one.reference)).state in one.AT_WORK:
        time.sleep(_WAIT)
    return one


def _summary(one: "Import") -> dict[str, Any]:
    counts = ("new", "changed", "same", "conflict", "bad", "skipped", "added", "amended")
    return {"import": one.reference, "state": one.state} | {name: getattr(one, f"{name}_count") for name in counts}
