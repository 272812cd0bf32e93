"""What people do at work, and the groups of new employment: the words of work.yaml, ready to draw from."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from demo.names.draw import table


@cache
def work() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("work.yaml").read_text("utf-8"))
    return content


@cache
def weighed(*keys: str) -> tuple[str, ...]:
    """One of the lists of weights, by its keys, in a thousand places."""
    weights: Any = work()
    for key in keys:
        weights = weights[key]
    return table(weights)


def group_of(name: str) -> str:
    """The group of new employment that an employer's name tells of; "" for the others."""
    return next((group for word, group in work()["groups"].items() if word in name), "")
