"""What is asked of a sheet whose heading a person corrects: where it is, and which column holds what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from gongjia.engines.intake.core import SheetSpec

#: The endings of files that are taken; what is inside counts.
ENDINGS = ".csv,.gz,.xlsx,.xlsm,.xls,.ods,.txt"
_PREFIX = "column_"


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


def heading_form(
    data: Any,
    *,
    spec: SheetSpec,
    parts: Sequence[Mapping[str, Any]],
    sheet: str,
    rows: Sequence[Sequence[str]],
    asked: str,
) -> tuple[HeadingForm, int]:
    """The form over the cells of the row that is, or is asked to be (`asked`, from 1), the heading; and that row.

    `parts` as `recognising.parts_of` keeps them, `rows` the first rows of the sheet.
    """
    unknown: dict[str, Any] = {"heading_row": 1, "columns": {}}
    part = next((each for each in parts if each["sheet"] == sheet), unknown)
    row = int(asked) if asked.isdecimal() and len(asked) < 3 else part["heading_row"]
    width = max((len(each) for each in rows), default=0)
    texts = list(rows[row - 1]) if 0 < row <= len(rows) else []
    found = part["columns"] if row == part["heading_row"] else {}
    form = HeadingForm(
        data, spec=spec, texts=[*texts, *[""] * (width - len(texts))], found=found, initial={"heading_row": row}
    )
    return form, row
