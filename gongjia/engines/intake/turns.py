"""One worker's turn at an import: what it may still write, how far it is, and in whose name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from gongjia.backbone.accounts.queries import actor_by_account
from gongjia.engines.intake.importers import Importer
from gongjia.engines.intake.models import Import
from gongjia.kernel import events
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.moments import today_of

#: Rows that are checked, or written, in one transaction: many enough that a block costs little beside its rows.
TOGETHER = 15_000
#: Rows that are judged or written one by one, those of people who have a file: so many together.
ONE_BY_ONE = 500
Now = Callable[[], datetime]
_DEADLOCK = "40P01"  # two imports that share people have waited for each other: PostgreSQL ends one of them


class TakenOver(RuntimeError):
    """This worker was silent for so long that another one has the import in hand: what this one did is undone."""


@dataclass
class Turn:
    """One worker's turn at an import."""

    one: Import
    importer: Importer
    moment: Now
    counts: dict[str, int] = field(default_factory=dict)

    def update(self, **facts: Any) -> None:
        """Write down how it stands. Raises TakenOver when another worker has it."""
        mine = Import.objects.filter(pk=self.one.pk, attempts=self.one.attempts, state=self.one.state)
        if not mine.update(beat_at=self.moment(), **facts):
            raise TakenOver(self.one.pk)

    def fail(self, error: str) -> None:
        mine = Import.objects.filter(pk=self.one.pk, attempts=self.one.attempts, state=self.one.state)
        with transaction.atomic():
            if mine.update(state=Import.State.FAILED, error=error[:300], beat_at=None):
                tell(self.one, Import.State.FAILED, self.moment())

    def end(self, state: str, **facts: Any) -> None:
        """This piece of work is done; whoever asked for it learns of it."""
        with transaction.atomic():
            self.update(state=state, **facts)
            tell(self.one, state, self.moment())

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    @property
    def actor(self) -> Actor:
        """Who asked for this piece of work, with the posts of today: the right is asked for again with every block."""
        if self.one.asked_by_id is None:
            return COMMAND
        return actor_by_account(self.one.asked_by_id, on=today_of(self.moment()), channel="task")


def tell(one: Import, state: str, at: datetime) -> None:
    key = f"import-{one.pk}-{one.attempts}-{state}"
    events.emit("intake.ended", key=key, at=at, import_id=one.pk, state=str(state))


def tried_again(act: Callable[[], int], most: int = 3) -> int:
    """A block that ran into somebody who wrote the same person at once finds him there the next time."""
    for _ in range(most - 1):
        try:
            return act()
        except IntegrityError:
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != _DEADLOCK:
                raise
    return act()
