"""Who may join. Pure functions: facts and day → what is wrong, as sentences for the person who asks."""

import re
import unicodedata
from datetime import date

from gongjia.kernel import numbers

#: 劳动法 (1994) 第十五条: nobody under sixteen may be employed.
YOUNGEST = 16
_DOTS = str.maketrans(dict.fromkeys("•・．‧.∙●⋅", "·"))
_NAME = re.compile(r"[^\W\d_a-zA-Z]([^\W\d_a-zA-Z]|·(?!·)){0,28}[^\W\d_a-zA-Z]")


def clean_name(text: str) -> str:
    """A person's name as on the identity card. Raises ValueError with a sentence in Chinese."""
    name = "".join(unicodedata.normalize("NFKC", text).split()).translate(_DOTS)
    if not name:
        raise ValueError("请填写姓名")
    if not _NAME.fullmatch(name) or any(not _is_han(sign) for sign in name.replace("·", "")):
        raise ValueError("姓名请按身份证填写：两个字以上，只含汉字和间隔号“·”")
    return name


def _is_han(sign: str) -> bool:
    return sign == "〇" or unicodedata.name(sign, "").startswith("CJK")


def clean_id_number(text: str, *, on: date) -> str:
    """The 18-digit number of somebody old enough to work. Raises ValueError with a sentence in Chinese."""
    read = numbers.identity_number(text, on=on)
    if numbers.age_on(read.birth_on, on) < YOUNGEST:
        raise ValueError(f"未满 {YOUNGEST} 周岁，还不能入会（劳动法第十五条）")
    return read.full
