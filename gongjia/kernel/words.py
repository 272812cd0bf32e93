"""Words with a fixed set of values: a stored identifier beside the Chinese that people read."""

from enum import StrEnum, nonmember
from typing import Self


class Word(StrEnum):
    """`class Sex(Word): MALE = "male", "男"`. A member is its stored string; `.zh` is its label.

    For a model field: `choices=Sex.choices` (Django calls it, and a migration stores only its name).
    """

    zh: str
    do_not_call_in_templates = nonmember(True)

    def __new__(cls, value: str, zh: str = "") -> Self:
        if not zh:
            raise TypeError(f"the word {value!r} needs its Chinese label")
        word = str.__new__(cls, value)
        word._value_ = value
        word.zh = zh
        return word

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(word.value, word.zh) for word in cls]

    @classmethod
    def from_zh(cls, zh: str) -> Self | None:
        """The word whose label is `zh`, or None."""
        return next((word for word in cls if word.zh == zh), None)
