"""What is asked while a roster is imported: the file, and by hand the heading and its columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from gongjia.engines.intake.core import SheetSpec

_ENDINGS = ".csv,.gz,.xlsx,.xlsm,.xls,.ods,.txt"
_PREFIX = "column_"


class UploadForm(forms.Form):
    """A roster as it is. The key makes one import of a form that is sent twice."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="花名册", widget=forms.FileInput(attrs={"accept": _ENDINGS}), allow_empty_file=False,
        error_messages={"empty": "文件是空的，请检查是否选错了文件", "required": "请选一份花名册"},
    )  # fmt: skip


class HeadingForm(forms.Form):
    """Where the heading is, and which column holds what."""

    heading_row = forms.IntegerField(label="表头在第几行", min_value=1, max_value=20)

    def __init__(
        self, *args: Any, spec: SheetSpec, texts: Sequence[str], found: Mapping[str, Sequence[Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "没有这一列"),
            *((str(at), f"{letters(at)} 列：{text or '（空）'}") for at, text in enumerate(texts)),
        ]
        for column in spec.columns:
            place = found.get(column.field)
            self.fields[_PREFIX + column.field] = forms.ChoiceField(
                label=column.zh,
                choices=choices,
                required=column.required,
                initial=str(place[0]) if place else "",
                error_messages={
                    "required": f"请选出“{column.zh}”是哪一列",
                    "invalid_choice": "表里没有这一列，请重新选",
                },
            )

    @property
    def columns(self) -> dict[str, int | None]:
        """field → column from 0, None where the sheet does not hold it."""
        given = {
            name.removeprefix(_PREFIX): value for name, value in self.cleaned_data.items() if name.startswith(_PREFIX)
        }
        return {field: int(value) if value else None for field, value in given.items()}


def letters(at: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
