"""Imports in the background: check, write in blocks, take back. Killed at any step it goes on, and doubles nothing.

Every block is written in one transaction together with the cursor, under the number of the worker's turn.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django_tasks import task

from gongjia.engines.intake import undoing, writing
from gongjia.engines.intake.core import Unreadable
from gongjia.engines.intake.importers import importer_of
from gongjia.engines.intake.importing import UNDO_WITHIN
from gongjia.engines.intake.models import Import, ImportBlock, ImportRow, ImportTrace
from gongjia.engines.intake.turns import Now, TakenOver, Turn, tell
from gongjia.kernel import clock
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.intake")
_SILENT = timedelta(minutes=10)
_MOST_TRIES = 3
_UNEXPECTED = "处理时出了意外。原表和已经写入的都在，可以继续；仍不行请联系系统管理员。"
_TOO_MUCH = "试了几次都没有做完，可能是表太大、机器内存不够。请把表拆成几份，或联系系统管理员。"
_State = Import.State
_Row = ImportRow.State


@task()
def work(import_id: int) -> None:
    """A worker's entry point."""
    work_now(import_id, now=clock.now)


def work_now(import_id: int, *, now: Now) -> None:
    """Do what the import waits for. One that another worker has in hand is left to it."""
    with everywhere(reason="import in the background"):
        waiting = Import.objects.filter(pk=import_id, state__in=Import.AT_WORK, beat_at=None)
        if not waiting.update(beat_at=now(), attempts=F("attempts") + 1, tries=F("tries") + 1):
            return
        one = Import.objects.select_related("organisation", "file").get(pk=import_id)
        turn = Turn(one, importer_of(one.kind), now)
        try:
            _step_of(one.state)(turn)
        except TakenOver:
            log.warning("import %s was taken over", import_id)
        except (Unreadable, Refused) as refused:
            turn.fail(str(refused))
        except Forbidden as forbidden:
            turn.fail(f"交办的人现在没有“{forbidden.needed}”的权限，没有继续。请由有权限的人接着办。")
        except Exception:
            log.exception("import %s failed", import_id)
            turn.fail(_UNEXPECTED)
            raise


def _step_of(state: str) -> Callable[[Turn], None]:
    from gongjia.engines.intake import checking  # polars comes with it, which no page needs

    steps = {_State.CHECKING: checking.check, _State.COMMITTING: writing.commit, _State.UNDOING: undoing.undo}
    return steps[_State(state)]


# ── the tick ───────────────────────────────────────────────────────────────────────────────────────────────
@every(timedelta(minutes=2), name="intake.put_back")
def put_back(*, at: datetime) -> int:
    """Imports whose worker fell silent are handed over again; one that has silenced three at one place is given up."""
    with everywhere(reason="put imports back"):
        silent = Import.objects.filter(beat_at__lt=at - _SILENT, state__in=Import.AT_WORK)
        for one in silent.filter(tries__gte=_MOST_TRIES)[:20]:
            with transaction.atomic():
                mine = silent.filter(pk=one.pk, attempts=one.attempts)
                if mine.update(state=_State.FAILED, error=_TOO_MUCH, beat_at=None):
                    tell(one, _State.FAILED, at)
        numbers = list(silent.filter(tries__lt=_MOST_TRIES).values_list("pk", flat=True)[:20])
        for number in numbers:
            with transaction.atomic():
                if silent.filter(pk=number).update(beat_at=None):
                    work.enqueue(number)
        lost = Import.objects.filter(beat_at=None, state__in=Import.AT_WORK, sent_at__lt=at - _SILENT)
        for number in lost.values_list("pk", flat=True)[:20]:
            work.enqueue(number)
    return len(numbers)


@every(timedelta(days=1), name="intake.forget", aside=True)
def forget(*, at: datetime) -> int:
    """When nothing can be undone any more, what was kept for that, and the rows' contents, go; at an import's end, be
    it as it may, whatever is left. Returns of how many something was kept."""
    with everywhere(reason="forget what imports kept"):
        settled = Import.objects.filter(state__in=(_State.DONE, _State.UNDONE), committed_at__lt=at - UNDO_WITHIN)
        ended = Import.objects.filter(ends_on__lte=today_of(at))
        forgotten = _forget(settled, ImportRow.objects.exclude(state=_Row.KEPT))
        return len(forgotten | _forget(ended, ImportRow.objects.all()))


def _forget(imports: QuerySet[Import], rows: QuerySet[ImportRow]) -> set[int]:
    """Delete the traces, the blocks and these rows of the imports that still have any, one import after the other."""
    kept = (ImportTrace.objects.all(), ImportBlock.objects.all(), rows)
    holding = imports.filter(reduce(or_, (Q(Exists(each.filter(source=OuterRef("pk")))) for each in kept)))
    numbers = set(holding.values_list("pk", flat=True))
    for number in sorted(numbers):
        for each in kept:
            each.filter(source=number).delete()
    return numbers
