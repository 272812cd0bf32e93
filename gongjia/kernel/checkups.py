"""What `gongjia check` asks besides its own questions: each room registers how to tell that it is well.

    checkups.register("消息", "gongjia.engines.messages.checkups.unsent")

The function takes the instant and answers with a level and a sentence that says what to do when it is not good.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.module_loading import import_string

from gongjia.kernel.words import Word


class Level(Word):
    GOOD = "good", "好"
    WARNING = "warning", "警告"
    ERROR = "error", "错误"


@dataclass(frozen=True)
class Result:
    zh: str
    level: Level
    text: str


Checkup = Callable[[datetime], tuple[Level, str]]
_registered: dict[str, str] = {}


def register(zh: str, checkup: str) -> None:
    """Name a function of the instant that answers with level and sentence. Called in apps.py only."""
    _registered[zh] = checkup


def registered(*, at: datetime) -> Iterator[Result]:
    """The answers of all rooms. One that fails is an error of its own and stops no other."""
    for zh, checkup in _registered.items():
        yield asked(zh, import_string(checkup), at)


def asked(zh: str, checkup: Checkup, at: datetime) -> Result:
    try:
        return Result(zh, *checkup(at))
    except Exception as failure:  # noqa: BLE001 - whatever it is, the operator must read of it here
        return Result(zh, Level.ERROR, f"检查没有做成：{type(failure).__name__}：{str(failure).strip()}")
