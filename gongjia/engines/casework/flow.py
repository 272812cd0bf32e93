"""A flow as data: states, moves, who may make them, what must be filled. Pure; read by `services.move`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

#: What a matter calls the organisations that take part in it: columns of `Matter`. PERSON is whom it is about.
ORGANISATION, COUNTERPART, PERSON = "organisation", "counterpart", "person"


class Unit(StrEnum):
    """How a clock counts: hours run through nights, the others end with a day in Shanghai."""

    HOURS = "小时"
    DAYS = "日"
    WORKING_DAYS = "个工作日"


@dataclass(frozen=True)
class Clock:
    """By when something is to be done. `length` gives the number from the day's parameters.

    A state's own clock starts anew whenever the state is entered. One of a flow (`code`, `runs`, `pauses`) starts when
    one of the states in `runs` is first entered, goes on through all of them, stands still in those of `pauses`, and
    stops in every other. A clock that runs out while an organisation is to act climbs: its superior is told.
    With `then` silence makes that move: the event `casework.due` says so, and the domain's handler calls its verb.
    `when` says for which matters it is at all, `since` from which moment it counts where that is not the move's.
    `most_extension` gives by how much, all in all, a second person may lengthen it; without, nobody may.
    """

    zh: str
    length: Callable[[date], int]
    unit: Unit
    then: str = ""
    code: str = ""
    runs: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    when: Callable[[Any], bool] | None = None
    since: Callable[[Any], datetime] | None = None
    most_extension: Callable[[date], int] | None = None


@dataclass(frozen=True)
class State:
    """`tone` is how it is shown: good, doing, waiting, late, off, plain. A final state closes the matter.

    `waits_for` says who is to act: ORGANISATION, COUNTERPART or PERSON. Work lists are read by it.
    """

    code: str
    zh: str
    is_final: bool = False
    tone: str = "plain"
    waits_for: str = ORGANISATION
    clock: Clock | None = None


@dataclass(frozen=True)
class Move:
    """From some states to one. `may` is a permission, or SIGNED_IN for the person the matter is about.

    The permission is asked for at the organisation that `at` names (ORGANISATION, COUNTERPART): who holds it at the one
    side does not hold it at the other. `needs` names what must be filled when it is made, each with its Chinese word
    (a reason, a number).
    """

    code: str
    zh: str
    from_states: tuple[str, ...]
    to_state: str
    may: str
    needs: Mapping[str, str] = field(default_factory=dict)
    at: str = ORGANISATION


@dataclass(frozen=True)
class Flow:
    """The first state is where a matter begins. A change ships a new version and a mapping for open matters.

    `page` names the page on which the person follows the matter, `desk` that of the officers who handle it; both take
    the reference. `handled_by` is the permission of those who handle it: it lets them hand the matter on, pause its
    clocks and ask for more time, which `approved_by` (the same where it is empty) grants. `reopen` names the move that
    follows when the person is not satisfied.
    """

    code: str
    zh: str
    version: int
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    page: str = ""
    desk: str = ""
    clocks: tuple[Clock, ...] = ()
    handled_by: str = ""
    approved_by: str = ""
    reopen: str = ""
    _by_code: Mapping[str, State] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = {each.code: each for each in self.states}
        object.__setattr__(self, "_by_code", known)
        wrong = [*self._wrong_moves(), *self._wrong_clocks()]
        lost = set(known) - {self.first} - {move.to_state for move in self.moves}
        wrong += [f"no move leads to {sorted(lost)}"] if lost else []
        if wrong:
            raise ValueError(f"flow {self.code}: {'; '.join(wrong)}")

    def _wrong_moves(self) -> Iterator[str]:
        known = self._by_code
        for move in self.moves:
            yield from (
                f"move {move.code} names the unknown state {code}"
                for code in (*move.from_states, move.to_state)
                if code not in known
            )
            if any(known[code].is_final for code in move.from_states if code in known):
                yield f"move {move.code} leaves a final state"
        if self.reopen and self.reopen not in {move.code for move in self.moves}:
            yield f"no move {self.reopen} opens it again"

    def _wrong_clocks(self) -> Iterator[str]:
        for state in self.states:
            leaving = {each.code for each in self.moves_from(state.code)}
            if state.clock and state.clock.then and state.clock.then not in leaving:
                yield f"silence in {state.code} makes a move that does not leave it"
            if not state.is_final and not leaving:
                yield f"nothing leads out of {state.code}"
        for clock in self.clocks:
            unknown = {*clock.runs, *clock.pauses} - set(self._by_code)
            if unknown or not clock.code or not clock.runs or clock.then:
                yield f"the clock {clock.zh} needs a code and states that exist {sorted(unknown)}"

    @property
    def first(self) -> str:
        return self.states[0].code

    def state(self, code: str) -> State:
        return self._by_code[code]

    def move(self, code: str) -> Move:
        for each in self.moves:
            if each.code == code:
                return each
        raise KeyError(code)

    def moves_from(self, state: str) -> tuple[Move, ...]:
        return tuple(each for each in self.moves if state in each.from_states)

    def clock(self, code: str) -> Clock | None:
        """The clock of this code: one of the flow's own, or that of the state of this code."""
        for each in self.clocks:
            if each.code == code:
                return each
        return self._by_code[code].clock if code in self._by_code else None


_registered: dict[str, Flow] = {}


def register(flow: Flow) -> None:
    known = _registered.setdefault(flow.code, flow)
    if known != flow:
        raise RuntimeError(f"flow {flow.code} is declared twice")


def flow(code: str) -> Flow:
    return _registered[code]


def registered() -> list[Flow]:
    return [_registered[code] for code in sorted(_registered)]
