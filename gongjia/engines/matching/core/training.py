"""Learning a model from what people have decided.

A decision names the entry that a record belongs to, says that it belongs to none of the likely ones, or that one
entry is not the right one. What is made as likely as can be is each record's right share (see `model.shares`).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gongjia.engines.matching.core.features import FEATURES
from gongjia.engines.matching.core.model import Layer, Model, forward, shares, times, times_across
from gongjia.engines.matching.core.texts import Floats, Ints

_HIDDEN = (24,)
_RATE = 0.01
_DECAY = 2e-4
_HOLD = 0.3  # weaker than this, what was learnt of other registers is forgotten (README: elsewhere)
_MANY = 1000
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8


class Examples(NamedTuple):
    """Pairs of decided records. `records` are sorted numbers from 0; a record without a right pair belongs to none."""

    features: Floats
    records: Ints
    right: npt.NDArray[np.bool_]
    """pairs that are right; of records of which only a wrong pair is known, all others"""
    none: npt.NDArray[np.bool_]
    """for each record: whether “none” is right, or may be"""


def train(
    examples: Examples,
    *,
    near_from: float,
    prior: Model | None = None,
    steps: int = 400,
    networks: int = 3,
    hold: float | None = None,
    learnt_from: dict[str, object] | None = None,
) -> Model:
    """A model that fits the examples; with a `prior` it begins there and is held near it, less firmly where there are
    thousands of examples (`hold` says how much, if that shall not be worked out).

    The same examples give the same model.
    """
    if prior is None:
        centre = examples.features.mean(axis=0)
        spread = np.maximum(examples.features.std(axis=0), 0.1)
        begun: Sequence[tuple[Layer, ...]] = [_fresh(np.random.default_rng(seed)) for seed in range(networks)]
    else:
        centre, spread, begun = prior.centre, prior.spread, prior.networks
    scaled = ((examples.features - centre) / spread).astype(np.float32)
    if prior is not None and hold is None:
        hold = min(_HOLD, _HOLD * _MANY / max(1, len(examples.none)))
    made = tuple(_fitted(network, scaled, examples, steps, hold) for network in begun)
    return Model(centre.astype(np.float32), spread.astype(np.float32), made, near_from, dict(learnt_from or {}))


def agreement_of(model: Model, examples: Examples) -> float:
    """The share of the decisions that the model's best answer for the record agrees with."""
    count = len(examples.none)
    mine = shares(model.scores(examples.features), examples.records, count)
    none = 1 - np.bincount(examples.records, weights=mine, minlength=count)
    best, right = np.zeros(count), np.zeros(count)
    np.maximum.at(best, examples.records, mine)
    np.maximum.at(right, examples.records, mine * examples.right)
    said_none = none >= best
    return float(np.where(said_none, examples.none, (right == best) & (best > 0)).mean()) if count else 0.0


def _fresh(draw: np.random.Generator) -> tuple[Layer, ...]:
    widths = (len(FEATURES), *_HIDDEN, 1)
    return tuple(
        Layer(
            draw.normal(0, 1 / np.sqrt(width), (width, out)).astype(np.float32),
            np.zeros(out, np.float32),
        )
        for width, out in pairwise(widths)
    )


def _fitted(
    network: tuple[Layer, ...], rows: Floats, examples: Examples, steps: int, hold: float | None
) -> tuple[Layer, ...]:
    """Adam on all examples at once."""
    values = [part.copy() for layer in network for part in (layer.weights, layer.bias)]
    home = [part.copy() for part in values]
    means, squares = [np.zeros_like(part) for part in values], [np.zeros_like(part) for part in values]
    for step in range(1, steps + 1):
        gradients = _gradients(_layers(values), rows, examples)
        rate = _RATE * (1 - step / (steps + 1)) * (1 if hold is None else 0.3)
        for at, gradient in enumerate(gradients):
            pull = hold * (values[at] - home[at]) if hold is not None else _DECAY * values[at]
            slope: Floats = gradient + pull
            means[at] = _FIRST * means[at] + (1 - _FIRST) * slope
            squares[at] = _SECOND * squares[at] + (1 - _SECOND) * (slope * slope)
            move = means[at] / (1 - _FIRST**step) / (np.sqrt(squares[at] / (1 - _SECOND**step)) + _TINY)
            values[at] -= (rate * move).astype(np.float32)
    return _layers(values)


def _layers(values: Sequence[Floats]) -> tuple[Layer, ...]:
    return tuple(Layer(values[at], values[at + 1]) for at in range(0, len(values), 2))


def _gradients(network: tuple[Layer, ...], rows: Floats, examples: Examples) -> list[Floats]:
    """Of the mean negative logarithm of the right share, for each layer's weights and bias."""
    held = forward(network, rows)
    count = len(examples.none)
    mine = shares(held[-1][:, 0], examples.records, count)
    right = np.bincount(examples.records, weights=mine * examples.right, minlength=count)
    none = 1 - np.bincount(examples.records, weights=mine, minlength=count)
    right = np.maximum(right + none * examples.none, 1e-9)
    missing = mine - np.where(examples.right, mine / right[examples.records], 0)
    back: Floats = missing.astype(np.float32)[:, None] / np.float32(count)
    found: list[Floats] = []
    for at in range(len(network) - 1, -1, -1):
        found[:0] = [times_across(held[at], back), back.sum(axis=0)]
        if at:
            back = times(back, network[at].weights.T) * (1 - held[at] ** 2)
    return found
