"""Random references for addresses, prints and QR codes, and longer tracking codes; each ends in a check sign.

31 signs, a prime number: with a different weight at each place every single wrong sign and every swap of two signs is
caught. I, L, O, S and Z are left out and read as the 1, 0, 5 and 2 that people mean by them.
"""

import hashlib
import os
import secrets
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRTUVWXY"
REFERENCE_LENGTH = 10
TRACKING_LENGTH = 16

_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_BASE = len(ALPHABET)
_MEANT = str.maketrans("ILOSZ", "11052", " -")

Pick = Callable[[int], int]


def new_reference(random: Pick | None = None) -> str:
    """Nine random signs (44 bits) and a check sign. `random(n)` gives 0 to n-1; for the demo `Random(seed).randrange`.

    Among ten million references about two pairs meet by chance. The column is UNIQUE: the database refuses the second
    of a pair, nothing is written, and the form that is sent once more gets another. Only what also names a file on the
    disk draws again by itself.
    """
    return _new(REFERENCE_LENGTH, random)


def new_references(count: int) -> list[str]:
    """Many of them at once, for who writes rows by the ten thousand; as random as one by one (but for a millionth)."""
    import numpy as np

    length = REFERENCE_LENGTH - 1
    drawn = np.frombuffer(os.urandom(8 * count), dtype="<u8") % np.uint64(_BASE**length)
    values = np.empty((count, REFERENCE_LENGTH), dtype=np.uint64)
    for place in range(length):
        drawn, values[:, place] = np.divmod(drawn, np.uint64(_BASE))
    weights = np.arange(2, 2 + length, dtype=np.uint64)
    values[:, length] = (_BASE - (values[:, :length] * weights).sum(axis=1) % _BASE) % _BASE
    signs = np.frombuffer(ALPHABET.encode(), dtype="S1")[values]
    text = signs.tobytes().decode()
    return [text[at : at + REFERENCE_LENGTH] for at in range(0, len(text), REFERENCE_LENGTH)]


def new_tracking_code(random: Pick | None = None) -> str:
    """Fifteen random signs (74 bits) and a check sign, for whoever has no account: the code alone opens the matter."""
    return _new(TRACKING_LENGTH, random)


def normalise(text: str) -> str:
    """As it is stored: upper case, no blanks or hyphens, look-alikes mended. Does not check."""
    return text.strip().upper().translate(_MEANT)


def is_reference(text: str) -> bool:
    return _holds(normalise(text), REFERENCE_LENGTH)


def is_tracking_code(text: str) -> bool:
    return _holds(normalise(text), TRACKING_LENGTH)


def digest_of(code: str) -> str:
    """What is kept of a tracking code, or of another secret of more than 70 bits: a plain hash, from which it cannot be
    found again."""
    return hashlib.sha256(code.encode()).hexdigest()


def grouped(code: str) -> str:
    """A tracking code as it is printed: four groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def _new(length: int, random: Pick | None) -> str:
    number = (random or secrets.randbelow)(_BASE ** (length - 1))
    signs = []
    for _ in range(length - 1):
        number, value = divmod(number, _BASE)
        signs.append(ALPHABET[value])
    return "".join(signs) + ALPHABET[_check_value("".join(signs))]


def _check_value(body: str) -> int:
    """The value of weight 1 that brings the weighted sum to 0; the body has the weights 2, 3, 4 and so on."""
    return -sum(weight * _VALUE[sign] for weight, sign in enumerate(body, start=2)) % _BASE


def _holds(code: str, length: int) -> bool:
    return len(code) == length and all(sign in _VALUE for sign in code) and _VALUE[code[-1]] == _check_value(code[:-1])
