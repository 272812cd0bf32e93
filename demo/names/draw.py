"""Drawing from the word lists: weighted, fast, and the same on every machine."""

from collections.abc import Mapping, Sequence
from functools import cache
from math import gcd
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import yaml

FOLDER = Path(__file__).parent
GOLDEN = 0.618033988749895
T = TypeVar("T")


@cache
def words(name: str) -> Any:
    """The content of one of the YAML lists beside this file."""
    with (FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


class Draw:
    """One source of chance for one purpose, so that what one room draws never shifts what another draws."""

    def __init__(self, seed: int, purpose: str) -> None:
        self.random = Random(f"{seed} {purpose}").random

    def one(self, items: Sequence[T]) -> T:
        return items[int(self.random() * len(items))]

    def early(self, items: Sequence[str]) -> str:
        """One item, those nearer the front more often."""
        chance = self.random()
        return items[int(chance * (0.4 + 0.6 * chance) * len(items))]


def table(weights: Mapping[T, float], size: int = 1000) -> tuple[T, ...]:
    """Each key about as often as its weight says, in `size` places and once at least: one look-up draws from it."""
    total = sum(weights.values())
    return tuple(key for key, weight in weights.items() for _ in range(max(1, round(weight * size / total))))


class Permutation:
    """The numbers 0 … size-1, each once, in an order that looks random: a linear congruence, so it holds no list."""

    __slots__ = ("size", "start", "step", "taken")

    def __init__(self, size: int, chance: float) -> None:
        step = max(1, int(size * GOLDEN))
        while gcd(step, size) != 1:
            step += 1
        self.size, self.step, self.start, self.taken = size, step, int(chance * size), 0

    def take(self) -> int:
        """The next number; -1 when all are taken."""
        if self.taken == self.size:
            return -1
        self.taken += 1
        return (self.start + self.step * self.taken) % self.size
