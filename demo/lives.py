"""One person's life as far as unions know it: joined, moved, kept or ended. Draws and dates only.

Days are ordinals (date.toordinal): a million lives add and compare them many million times.
"""

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

from demo.names import Person
from demo.names.draw import Draw
from demo.world import Cast, City, Cover, Firm, Union
from gongjia.backbone.memberships.words import Ending, State
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.organisations.words import State as UnionState

YEAR = 365
RETIRE = {"m": 61, "f": 56}
COUNTED_YEARS = 20
"""How far back the dates of joining go: who joined before has no record."""
BEGINNING_SHARE = 0.42
"""Of those who could, so many joined when the union was founded."""
MOVED_SHARE = 0.038
FOLLOWED_SHARE = 0.5
JOBLESS_SHARE = 0.005
ON_AGAIN_SHARE = 0.55
ELSEWHERE_SHARE = 0.12
OUT = ((0.52, Ending.LEFT), (0.88, Ending.TRANSFERRED), (0.98, Ending.DIED), (1.0, Ending.EXPELLED))
"""How a membership ends for good, by cumulated share; `transferred` went to a union outside the city."""


@dataclass(slots=True)
class Spell:
    """A membership at one union, or at one part of it, and the employer of that time."""

    at: Union
    firm: Firm | None
    from_on: int
    until_on: int | None = None
    state: State = State.ACTIVE
    ending: Ending = Ending.NONE
    retained_on: int | None = None
    """Kept from its first day: the union of before was dissolved."""

    def end(self, ending: Ending, on: int) -> None:
        self.state, self.ending, self.until_on = State.ENDED, ending, on


@dataclass(slots=True)
class Life:
    adult: int
    """First day of an age to work."""
    retired: int
    """First day after working age, perhaps still to come."""
    spells: list[Spell]


class Workforce:
    """Whom a union's members work for, each employer as often as its staff says."""

    def __init__(self, union: Union) -> None:
        self._firms = union.firms
        self._sums = list(accumulate(firm.staff for firm in union.firms))
        self._flexible = union.flexible / union.size

    def one(self, draw: Draw) -> Firm | None:
        if draw.random() < self._flexible:
            return None
        return self._firms[bisect(self._sums, int(draw.random() * self._sums[-1]))] if self._firms else None


class Lives:
    def __init__(self, city: City) -> None:
        self._draw = city.draw("lives")
        self._today = city.today.toordinal()
        self._pool: dict[str, list[Union]] = defaultdict(list)
        for union in city.unions:
            may = union.kind in {Kind.GRASSROOTS_UNION, Kind.JOINT_GRASSROOTS_UNION} and not union.is_fixed
            if may and union.state == UnionState.STANDING:
                self._pool[union.county].append(union)
        self._counties = sorted(self._pool)

    def live(self, union: Union, leaf: Union, firm: Firm | None, person: Person) -> Life:
        """A life that leads to a membership in the union: there today, or as long as the union stood."""
        adult = birthday(person.born, 18)
        if adult > self._today - 60:
            adult = birthday(person.born, 16)
        life = Life(adult, birthday(person.born, RETIRE[person.sex]), [])
        last = min(self._today - 1, life.retired - 30, (union.ended or date.max).toordinal() - 1)
        first = min(last, max(since(firm, union), adult, self._today - COUNTED_YEARS * YEAR))
        joined = self._joined(first, last, since(firm, union) + 60)
        life.spells = [*self._before(union, firm, adult, joined), Spell(leaf, firm, joined)]
        self._after(life, union)
        return life

    def cast(self, union: Union, leaf: Union, firm: Firm | None, person: Person, cast: Cast) -> Life:
        """The life of a persona, as it is written down."""
        life = Life(birthday(person.born, 18), birthday(person.born, RETIRE[person.sex]), [])
        joined = max(cast.joined.toordinal(), union.founded.toordinal())
        if cast.came:
            known = (
                other
                for other in self._pool[union.county]
                if other.firms and not other.firms[0].is_public and other.founded < cast.joined
            )
            old = min(known, key=lambda other: (other.founded, other.id), default=None)
            if old:
                joined = cast.came.toordinal()
                first = max(cast.joined.toordinal(), since(old.firms[0], old))
                if first < joined:
                    life.spells.append(Spell(old, old.firms[0], first))
                    life.spells[0].end(Ending.TRANSFERRED, joined)
        life.spells.append(Spell(leaf, firm, joined))
        return life

    def leave(self, life: Life) -> None:
        """The membership of today ended for good, some time after it began."""
        spell = life.spells[-1]
        chance = self._draw.random()
        ending = next(ending for share, ending in OUT if chance < share)
        spell.end(ending, self._between(min(spell.from_on + 20, self._today), self._today))

    def suits(self, year: int, sex: str, first: int, last: int) -> bool:
        """Whether somebody of that year was of working age at some time between the days."""
        return (year + RETIRE[sex] - 1) * 365.25 > first + YEAR and (year + 18) * 365.25 < last

    def _joined(self, first: int, last: int, beginning: int) -> int:
        if first < beginning and self._draw.random() < BEGINNING_SHARE:
            return self._between(first, min(last, beginning))
        return self._between(first, last)

    def _before(self, union: Union, firm: Firm | None, adult: int, joined: int) -> list[Spell]:
        """Where the person was a member before: with the same employer, or with another one."""
        chance = self._draw.random()
        old = earlier_cover(firm, union)
        if old and old.until_on and chance < FOLLOWED_SHARE:
            first = max(old.from_on.toordinal(), adult, self._today - COUNTED_YEARS * YEAR)
            if first < old.until_on.toordinal() <= joined:
                spell = Spell(old.union, firm, self._between(first, old.until_on.toordinal() - 1))
                spell.end(Ending.TRANSFERRED, joined)
                return [spell]
        elif chance < MOVED_SHARE:
            return self._moved(union, adult, joined)
        return []

    def _moved(self, union: Union, adult: int, joined: int) -> list[Spell]:
        county = union.county if union.county in self._pool else self._draw.one(self._counties)
        if self._draw.random() < ELSEWHERE_SHARE:
            county = self._draw.one(self._counties)
        for _ in range(8):
            old = self._draw.one(self._pool[county])
            firm = self._draw.one(old.firms) if old.firms else None
            first = max(since(firm, old), adult, self._today - COUNTED_YEARS * YEAR)
            if old is not union and first < joined - 200:
                spell = Spell(leaf_of(old, self._draw.random()), firm, self._between(first, joined - 200))
                spell.end(Ending.TRANSFERRED, joined)
                before = self._moved(old, adult, spell.from_on) if self._draw.random() < 0.12 else []
                return [*before, spell]
        return []

    def _after(self, life: Life, union: Union) -> None:
        """What became of the membership: it lives, is kept, or went over with the union."""
        spell = life.spells[-1]
        if union.ended and union.heir:
            self._hand_over(life, union, union.heir, union.ended.toordinal())
        elif life.retired <= self._today or self._draw.random() < JOBLESS_SHARE:
            spell.state = State.RETAINED

    def _hand_over(self, life: Life, union: Union, heir: Union, ended: int) -> None:
        old = life.spells[-1]
        merged = union.state == UnionState.MERGED
        old.end(Ending.MERGED if merged else Ending.DISSOLVED, ended)
        is_old = life.retired <= self._today
        kept = Spell(leaf_of(heir, self._draw.random()) if merged else heir, old.firm if merged else None, ended)
        kept.state = State.RETAINED if is_old or not merged else State.ACTIVE
        kept.retained_on = None if merged else ended
        life.spells.append(kept)
        if not merged and not is_old and self._draw.random() < ON_AGAIN_SHARE:
            self._go_on(life, union.county, ended)

    def _go_on(self, life: Life, county: str, ended: int) -> None:
        """Somebody whose union was dissolved is a member elsewhere by now."""
        for _ in range(8):
            new = self._draw.one(self._pool[county])
            firm = self._draw.one(new.firms) if new.firms else None
            first = max(since(firm, new), ended + 30)
            if first < self._today - 30:
                on = self._between(first, self._today - 1)
                life.spells[-1].end(Ending.TRANSFERRED, on)
                life.spells.append(Spell(leaf_of(new, self._draw.random()), firm, on))
                return

    def _between(self, first: int, last: int) -> int:
        return first + int(self._draw.random() * max(0, last - first + 1))


def birthday(born: date, age: int) -> int:
    """The day on which somebody is that old; who was born on a 29 February has it on the 28th."""
    return date(born.year + age, born.month, min(born.day, 28)).toordinal()


def since(firm: Firm | None, union: Union) -> int:
    """The first day on which somebody of the employer could be a member of the union."""
    days: Iterable[date] = (cover.from_on for cover in firm.covers if cover.union is union) if firm else ()
    return max(union.founded, min(days, default=union.founded)).toordinal()


def earlier_cover(firm: Firm | None, union: Union) -> Cover | None:
    """The cover just before this union's, if another union that still stands had it."""
    covers = firm.covers if firm else []
    for old, new in pairwise(covers):
        if new.union is union and old.union.state == UnionState.STANDING:
            return old
    return None


def leaf_of(union: Union, share: float) -> Union:
    """The branch or group in which a member stands; the union itself where there is none."""
    return union.leaves[int(share * len(union.leaves))] if union.leaves else union
