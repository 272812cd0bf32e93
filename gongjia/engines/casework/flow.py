"""A flow as data: states, moves, who may make them, what must be filled. Pure; read by `services.move`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class State:
    """`tone` is how it is shown: good, doing, waiting, late, off, plain. A final state closes the matter."""

    code: str
    zh: str
    is_final: bool = False
    tone: str = "plain"


@dataclass(frozen=True)
class Move:
    """From some states to one. `may` is a permission, or SIGNED_IN for the person the matter is about.

    `needs` names what must be filled when it is made, each with its Chinese word (a reason, a number).
    """

    code: str
    zh: str
    from_states: tuple[str, ...]
    to_state: str
    may: str
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """The first state is where a matter begins. A change ships a new version and a mapping for open matters.

    `page` names the page on which the person follows the matter; it takes the reference.
    """

    code: str
    zh: str
    version: int
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    page: str = ""
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


_registered: dict[str, Flow] = {}


def register(flow: Flow) -> None:
    known = _registered.setdefault(flow.code, flow)
    if known != flow:
        raise RuntimeError(f"flow {flow.code} is declared twice")


def flow(code: str) -> Flow:
    return _registered[code]


def registered() -> list[Flow]:
    return [_registered[code] for code in sorted(_registered)]
