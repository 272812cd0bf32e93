"""What only the whole file can tell: numbers that stand in it twice, and values that too many rows share."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gongjia.engines.intake.core.rows import Row
from gongjia.engines.intake.core.spec import Problem, SheetSpec


class Whole:
    """Sees every row once (`see`), and then judges them again in the same order (`judge`).

    Only hashes are kept, about a hundred bytes a row. A row takes part with a number without fault and a name without
    fault; rows that are passed over take no part.
    """

    def __init__(self, spec: SheetSpec) -> None:
        self.once, self.shared = spec.once, spec.shared
        self._first: dict[int, int] = {}
        self._clash: set[int] = set()
        self._again: set[int] = set()
        self._shares: Counter[int] = Counter()

    def see(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.skipped:
                continue
            if (pair := self._pair(row)) is not None:
                key, name = pair
                known = self._first.setdefault(key, name)
                if known != name:
                    self._clash.add(key)
            if (value := self._share(row)) is not None:
                self._shares[value] += 1
        most = self.shared.most if self.shared else 0
        self._shares = Counter({value: count for value, count in self._shares.items() if count > most})

    def judge(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            yield row if row.skipped else self._judged(row)

    def _judged(self, row: Row) -> Row:
        pair = self._pair(row)
        problem = self._problem(pair[0]) if pair else None
        if problem:
            return row._replace(problems=(*row.problems, problem))
        value = self._share(row)
        if self.shared and value is not None and value in self._shares:
            note = shared_note(self.shared.field, self.shared.zh, self._shares[value])
            return row._replace(notes=(*row.notes, note))
        return row

    def _problem(self, key: int) -> Problem | None:
        if self.once is None:
            return None
        if key in self._clash:
            return conflict(self.once.key, self.once.zh)
        if key in self._again:
            return duplicate(self.once.key, self.once.zh)
        self._again.add(key)
        return None

    def _pair(self, row: Row) -> tuple[int, int] | None:
        if self.once is None:
            return None
        key, name = row.values.get(self.once.key), row.values.get(self.once.name)
        return (hash(key), hash(name)) if key and name else None

    def _share(self, row: Row) -> int | None:
        value = row.values.get(self.shared.field) if self.shared else None
        return hash(value) if value else None


def conflict(field: str, zh: str) -> Problem:
    return Problem("conflict_in_file", field, f"同一个{zh}在这份表里写给了不同的名字，请核对是谁的，改正后再导入")


def duplicate(field: str, zh: str) -> Problem:
    return Problem(
        "duplicate_in_file", field, f"这份表里前面已经有同一个{zh}、同一个名字，这一行不再导入，请核对后删去"
    )


def shared_note(field: str, zh: str, count: int) -> Problem:
    return Problem("shared_phone", field, f"这份表里有{count}行写了同一个{zh}，请核对是不是本人的")
