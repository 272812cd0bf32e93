"""The learnt model: which of a record's likely entries is the right one, or none of them.

Each pair gets a score from a small network; a record's scores, and a nought that stands for “none of them”, become
shares that add up to one. Two entries that fit equally well have at most a half each, and a person decides.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from gongjia.engines.matching.core.errors import BadModel
from gongjia.engines.matching.core.features import FEATURES
from gongjia.engines.matching.core.texts import Floats, Ints

SHIPPED = Path(__file__).with_name("model.json")
_VERSION = 1
_CHUNK = 200_000
_TOGETHER = 240  # rows multiplied at once: more would wake threads that wait for one another on a busy machine


@dataclass(frozen=True)
class Layer:
    weights: Floats
    bias: Floats


@dataclass(frozen=True)
class Model:
    """Networks of the same shape whose scores are averaged; `near_from` is the share from which a pair links."""

    centre: Floats
    spread: Floats
    networks: tuple[tuple[Layer, ...], ...]
    near_from: float
    learnt_from: dict[str, Any] = field(default_factory=dict)

    def scores(self, features: Floats) -> Floats:
        """One score for each row of features."""
        found = np.zeros(len(features), np.float32)
        for start in range(0, len(features), _CHUNK):
            part = slice(start, start + _CHUNK)
            scaled = (features[part] - self.centre) / self.spread
            for network in self.networks:
                found[part] += forward(network, scaled)[-1][:, 0]
        return found / np.float32(len(self.networks))

    def save(self, path: Path) -> None:
        networks = [[[layer.weights.tolist(), layer.bias.tolist()] for layer in one] for one in self.networks]
        facts = {
            "version": _VERSION,
            "features": list(FEATURES),
            "centre": self.centre.tolist(),
            "spread": self.spread.tolist(),
            "near_from": self.near_from,
            "learnt_from": self.learnt_from,
            "networks": networks,
        }
        path.write_text(json.dumps(_rounded(facts), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def forward(network: tuple[Layer, ...], rows: Floats) -> list[Floats]:
    """What each layer gives, the last one the scores."""
    held = [rows]
    for at, layer in enumerate(network):
        out = times(held[-1], layer.weights) + layer.bias
        held.append(np.tanh(out) if at < len(network) - 1 else out)
    return held


def times(rows: Floats, weights: Floats) -> Floats:
    """`rows @ weights`, a few rows at a time."""
    whole = len(rows) // _TOGETHER * _TOGETHER
    found = np.empty((len(rows), weights.shape[1]), np.float32)
    np.matmul(_blocks(rows, whole), weights, out=_blocks(found, whole))
    found[whole:] = rows[whole:] @ weights
    return found


def times_across(rows: Floats, others: Floats) -> Floats:
    """`rows.T @ others`, a few rows at a time."""
    whole = len(rows) // _TOGETHER * _TOGETHER
    found: Floats = np.matmul(_blocks(rows, whole).transpose(0, 2, 1), _blocks(others, whole)).sum(axis=0)
    return found + rows[whole:].T @ others[whole:]


def _blocks(rows: Floats, whole: int) -> Floats:
    return rows[:whole].reshape(-1, _TOGETHER, rows.shape[1])


def shares(scores: Floats, records: Ints, count: int) -> Floats:
    """The share of each pair among its record's and “none”; `records` are sorted numbers below `count`."""
    highest = np.zeros(count, np.float32)
    np.maximum.at(highest, records, scores)
    raised = np.exp(scores - highest[records])
    total = np.exp(-highest) + np.bincount(records, weights=raised, minlength=count)
    found: Floats = (raised / total[records]).astype(np.float32)
    return found


def load(path: Path) -> Model:
    """Raises BadModel for a file that is no model of this version."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["version"] != _VERSION or facts["features"] != list(FEATURES):
            _other_version(path)
        return Model(
            centre=_numbers(facts["centre"], (len(FEATURES),)),
            spread=_numbers(facts["spread"], (len(FEATURES),)),
            networks=tuple(_network(layers) for layers in facts["networks"]),
            near_from=float(facts["near_from"]),
            learnt_from=dict(facts["learnt_from"]),
        )
    except BadModel:
        raise
    except (UnicodeDecodeError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as broken:
        raise BadModel(f"“{path.name}”不是比对模型文件，或者已经损坏。请用 gongjia train 重新训练。") from broken
    except ValueError as broken:
        raise BadModel(f"模型“{path.name}”里的数字不完整。请用 gongjia train 重新训练。") from broken


def _other_version(path: Path) -> NoReturn:
    raise BadModel(f"模型“{path.name}”是用另一个版本训练的，请用 gongjia train 重新训练。")


@cache
def shipped() -> Model:
    """The model that comes with the project, learnt from invented names."""
    return load(SHIPPED)


def _network(layers: Any) -> tuple[Layer, ...]:
    made, width = [], len(FEATURES)
    for weights, bias in layers:
        out = len(bias)
        made.append(Layer(_numbers(weights, (width, out)), _numbers(bias, (out,))))
        width = out
    if width != 1:
        raise ValueError("a network ends in one score")
    return tuple(made)


def _numbers(given: Any, shape: tuple[int, ...]) -> Floats:
    found = np.array(given, np.float32)
    if found.shape != shape or not np.isfinite(found).all():
        raise ValueError("numbers are missing")
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return value
