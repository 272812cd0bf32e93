"""A flow as data: states, moves, who may make them, what must be filled. Pure; read by `services.move`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

#: What a matter calls the organisations that take part in it: columns of `Matter`. PERSON is whom it is about.
ORGANISATION, COUNTERPART, PERSON = "organisation", "counterpart", "person"


class Unit(StrEnum):
    """How a clock counts: hours run through nights, the others end with a day in Shanghai."""

    HOURS = "小时"
    DAYS = "日"
    WORKING_DAYS = "个工作日"


@dataclass(frozen=True)
class Clock:
    """By when a state is to be left. `length` gives the number from the day's parameters.

    With `then` silence makes that move: the event `casework.due` says so, and the domain's handler calls its verb.
    """

    zh: str
    length: Callable[[date], int]
    unit: Unit
    then: str = ""


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
    the reference.
    """

    code: str
    zh: str
    version: int
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    page: str = ""
    desk: str = ""
    _by_code: Mapping[str, State] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = {each.code: each for each in self.states}
        object.__setattr__(self, "_by_code", known)
        for move in self.moves:
            for code in (*move.from_states, move.to_state):
                if code not in known:
                    raise ValueError(f"flow {self.code}: move {move.code} names the unknown state {code}")
            if any(known[code].is_final for code in move.from_states):
                raise ValueError(f"flow {self.code}: move {move.code} leaves a final state")
        for state in self.states:
            if (
                state.clock
                and state.clock.then
                and state.clock.then not in {each.code for each in self._leaving(state)}
            ):
                raise ValueError(f"flow {self.code}: silence in {state.code} makes a move that does not leave it")
            if not state.is_final and not self._leaving(state):
                raise ValueError(f"flow {self.code}: nothing leads out of {state.code}")
        lost = set(known) - {self.first} - {move.to_state for move in self.moves}
        if lost:
            raise ValueError(f"flow {self.code}: no move leads to {sorted(lost)}")

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

    def _leaving(self, state: State) -> tuple[Move, ...]:
        return self.moves_from(state.code)


_registered: dict[str, Flow] = {}


def register(flow: Flow) -> None:
    known = _registered.setdefault(flow.code, flow)
    if known != flow:
        raise RuntimeError(f"flow {flow.code} is declared twice")


def flow(code: str) -> Flow:
    return _registered[code]


def registered() -> list[Flow]:
    return [_registered[code] for code in sorted(_registered)]
