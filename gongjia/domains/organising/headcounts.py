"""How many people an employer has, by source, each with the day that it holds for. Pure."""

from datetime import date
from typing import NamedTuple


class Headcounts(NamedTuple):
    """Numbers of people by source; None where the source says nothing (which is not zero). Behind them the days that
    they hold for, None where the list gives none."""

    insured: int | None = None
    taxed: int | None = None
    declared: int | None = None
    insured_on: date | None = None
    taxed_on: date | None = None
    declared_on: date | None = None

    @property
    def counts(self) -> tuple[int | None, int | None, int | None]:
        return self[:3]

    @property
    def most(self) -> int | None:
        """The largest known one, whatever its day."""
        return self.most_since(None)

    def most_since(self, since: date | None) -> int | None:
        """The largest of those that still count."""
        return max(self._counting(since), default=None)

    def contradict(self, at_least: int, since: date | None) -> bool:
        """Whether of those that still count one reaches `at_least` and another does not."""
        known = self._counting(since)
        return bool(known) and min(known) < at_least <= max(known)

    def is_only_old(self, since: date | None) -> bool:
        """Whether there are numbers, and none of them still counts."""
        return self.most is not None and not self._counting(since)

    def _counting(self, since: date | None) -> list[int]:
        """Numbers of `since` or later, and those without a day: nothing says that they are old."""
        if since is None:
            return [count for count in self[:3] if count is not None]
        dated = zip(self[:3], self[3:], strict=True)
        return [count for count, on in dated if count is not None and (on is None or on >= since)]

    def joined(self, other: "Headcounts") -> "Headcounts":
        """For each source the later number; of two of one day, or without days, the larger."""
        if self == _UNKNOWN:  # so it is nearly always
            return other
        counts: list[int | None] = []
        days: list[date | None] = []
        for one, one_on, two, two_on in zip(self[:3], self[3:], other[:3], other[3:], strict=True):
            count, on = _later(one, one_on, two, two_on)
            counts.append(count)
            days.append(on)
        return Headcounts(counts[0], counts[1], counts[2], *days)

    def dated(self, on: date | None) -> "Headcounts":
        """With a day for those that have none: that of the whole list."""
        if on is None:
            return self
        days = [known or (None if count is None else on) for count, known in zip(self[:3], self[3:], strict=True)]
        return Headcounts(*self[:3], *days)


_UNKNOWN = Headcounts()


def _later(
    one: int | None, one_on: date | None, other: int | None, other_on: date | None
) -> tuple[int | None, date | None]:
    if one is None or other is None:
        return (other, other_on) if one is None else (one, one_on)
    if one_on == other_on:
        return max(one, other), one_on
    return (other, other_on) if (other_on or date.min) > (one_on or date.min) else (one, one_on)
