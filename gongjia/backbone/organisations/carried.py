"""What a move carries along: each room that hangs rows on organisations says how it counts them."""

from collections.abc import Callable

_counters: dict[str, Callable[[str], int]] = {}


def register(zh: str, count: Callable[[str], int]) -> None:
    """`count` takes a tree path and answers how many rows of the room lie in that subtree."""
    _counters[zh] = count


def counted(path: str) -> dict[str, int]:
    """The dry run of a move, a merger or a dissolution: what goes along, by name."""
    return {zh: count(path) for zh, count in _counters.items()}
