"""Pinyin to sort and search names by; surnames of several readings are read as surnames."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from gongjia.kernel.names import SEPARATOR, surname_of, surname_readings

_SYLLABLE = re.compile(r"[^\s·]+")
_HAN = re.compile(r"[\u4e00-\u9fff]{1,6}")


def pinyin_key(name: str) -> str:
    """Syllables without tones, parted by blanks, lower case: 单雄信 → "shan xiong xin", 吕布 → "lv bu".

    The blank sorts before every letter, so 陈 stands before 程. What has no reading stays as it is, at the end.
    """
    return " ".join(_syllables(name))


def initials(name: str) -> str:
    """First letters: 欧阳娜 → "oyn"."""
    return "".join(syllable[0] for syllable in _syllables(name))


@lru_cache(maxsize=65536)
def _syllables(name: str) -> tuple[str, ...]:
    surname = surname_of(name)
    reading = surname_readings().get(surname)
    if reading is None:
        return _read(name)
    return (*reading.split(), *_read(name[len(surname) :]))


def _read(text: str) -> tuple[str, ...]:
    # Most given names hold no word that the library reads as a whole: then it reads sign by sign, and so may we.
    if _HAN.fullmatch(text) and not any(text[at:end] in PHRASES_DICT for at, end in _spans(len(text))):
        return tuple(syllable for sign in text for syllable in _sign(sign))
    return _whole(text)


@lru_cache(maxsize=64)
def _spans(length: int) -> tuple[tuple[int, int], ...]:
    return tuple((at, end) for at in range(length) for end in range(at + 2, length + 1))


@lru_cache(maxsize=32768)
def _sign(sign: str) -> tuple[str, ...]:
    return _whole(sign)


def _whole(text: str) -> tuple[str, ...]:
    pieces = lazy_pinyin(text.replace(SEPARATOR, " "))
    return tuple(syllable for piece in pieces for syllable in _SYLLABLE.findall(piece.lower()))
