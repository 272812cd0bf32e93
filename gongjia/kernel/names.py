"""Names of persons: which part of one is the surname, and how that is read."""

from functools import lru_cache
from pathlib import Path

import yaml

SEPARATOR = "·"


@lru_cache(maxsize=1)
def surname_readings() -> dict[str, str]:
    """Surname → pinyin without tones, where a character alone would be read otherwise; all compound surnames."""
    data = yaml.safe_load(Path(__file__).with_name("data").joinpath("surnames.yaml").read_text("utf-8"))
    readings: dict[str, str] = data["readings"] | data["compound"]
    return readings


def surname_of(name: str) -> str:
    """One character, or two of a compound surname before a given name; "" where · shows that there is none."""
    if SEPARATOR in name:
        return ""
    return name[:2] if len(name) > 2 and name[:2] in surname_readings() else name[:1]
