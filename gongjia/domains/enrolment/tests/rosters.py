"""Rosters for tests: invented people in a sheet, sent and worked through as a worker would."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.enrolment.rosters import KIND
from gongjia.engines.intake import importing, recognising, tasks
from gongjia.engines.intake.models import Import
from gongjia.kernel.actors import Actor
from gongjia.kernel.reach import entering
from tests import factories

HEADING = ("姓名", "身份证号", "手机号", "民族", "学历", "入会时间")


def line(name: str, number: int, *more: str) -> tuple[str, ...]:
    """A row of an invented person; `number` makes the ID number and the phone."""
    return (name, factories.id_number(number), factories.phone_number(number), *more)


def sheet(*rows: Sequence[str], heading: Sequence[str] = HEADING) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue().encode()


def sent(content: bytes, union: Organisation, by: Actor, at: datetime, *, name: str = "花名册.csv") -> Import:
    given: dict[str, Any] = {"organisation": union, "kind": KIND, "name": name, "by": by, "at": at}
    with entering(by.reach("memberships.write")), recognising.sheet_recognised(chunks=[content], **given) as read:
        return importing.send(sheet=read, **given)


def corrected(one: Import, by: Actor, at: datetime, *, heading_row: int, columns: Mapping[str, int | None]) -> Import:
    """The heading said by hand."""
    with entering(by.reach("memberships.write")):
        read = recognising.correction_read(one=again(one), heading_row=heading_row, columns=columns, at=at)
        return importing.correct(one=again(one), sheet=read, by=by, at=at)


def worked(one: Import, at: datetime) -> Import:
    """As it stands after a worker came by."""
    tasks.work_now(one.pk, now=lambda: at)
    return again(one)


def again(one: Import) -> Import:
    return Import._base_manager.select_related("organisation", "file").get(pk=one.pk)


def act(verb: Any, one: Import, by: Actor, at: datetime, **given: Any) -> Any:
    with entering(by.reach("memberships.write")):
        return verb(one=again(one), by=by, at=at, **given)


def imported(content: bytes, union: Organisation, by: Actor, at: datetime) -> Import:
    """Sent, checked and committed."""
    one = worked(sent(content, union, by, at), at)
    act(importing.commit, one, by, at)
    return worked(one, at)
