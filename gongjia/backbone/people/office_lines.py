"""Office telephones, which may be published where a mobile number may not."""

import re
import unicodedata
from typing import Any

from django import forms

_MOBILE = re.compile(r"1[3-9]\d{9}")
#: A number with its area, a service number of five digits, or 400 and 800.
_OFFICE = re.compile(r"(0\d{2,3}-?\d{7,8}(-\d{1,5})?|[48]00-?\d{3}-?\d{4}|12351)")
_SIGNS = str.maketrans({**dict.fromkeys("－—–", "-"), **dict.fromkeys("（）()", "")})


def clean_office_line(text: str) -> str:
    """An office telephone that may be published, "" for none. Raises ValueError: a mobile number is somebody's own."""
    line = "".join(unicodedata.normalize("NFKC", text).translate(_SIGNS).split())
    if not line:
        return ""
    if _MOBILE.fullmatch(line.replace("-", "")):
        raise ValueError("这里要公开给所有人看，请填办公电话，不要填个人手机号。")
    if not _OFFICE.fullmatch(line):
        raise ValueError("电话请写成 0715-8000000 这样，要带区号；没有办公电话就空着。")
    return line


class OfficeLineField(forms.CharField):
    """An office telephone to be published; a mobile number is refused at the field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        try:
            return clean_office_line(super().clean(value))
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
