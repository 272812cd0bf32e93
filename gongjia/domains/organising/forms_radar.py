"""What officers say of the lists of a comparison, and what they look for in its result."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms

from gongjia.domains.organising.classes import Contradiction, EmployerClass
from gongjia.domains.organising.listing import MOST_LISTS, ListKind
from gongjia.engines.intake.heading_form import ENDINGS

if TYPE_CHECKING:
    from gongjia.domains.organising.models import RunList


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) and data else [None]
        return [super(FilesField, self).clean(each, initial) for each in given]


class ListsForm(forms.Form):
    """The lists of a comparison as they come, any layout, which is which is found out."""

    lists = FilesField(
        label="名单",
        widget=_ManyFiles(attrs={"accept": ENDINGS, "multiple": True}),
        allow_empty_file=False,
        error_messages={"required": "请选要比对的名单", "empty": "有一份文件是空的，请检查是否选错了文件"},
    )

    def clean_lists(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["lists"]
        if len(files) > MOST_LISTS:
            raise forms.ValidationError(
                f"一次最多 {MOST_LISTS} 份名单，现在选了 {len(files)} 份。同一类的请先合成一份。"
            )
        return files


class ArrangeForm(forms.Form):
    """What each list is, and of which day its numbers are."""

    def __init__(self, *args: Any, lists: Sequence["RunList"], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists, self.today = lists, today
        for each in lists:
            self.fields[f"kind_{each.place}"] = forms.ChoiceField(
                label="这是什么名单", choices=ListKind.choices(), initial=each.kind
            )
            self.fields[f"as_of_{each.place}"] = forms.DateField(
                label="数据日期",
                required=False,
                initial=each.as_of,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, day in list(cleaned.items()):
            if name.startswith("as_of_") and day is not None and day > self.today:
                self.add_error(name, "数据日期不能晚于今天")
        return cleaned

    @property
    def kinds(self) -> dict[int, str]:
        return {each.place: self.cleaned_data[f"kind_{each.place}"] for each in self.lists}

    @property
    def days(self) -> dict[int, date | None]:
        return {each.place: self.cleaned_data[f"as_of_{each.place}"] for each in self.lists}


_ANY = ("", "全部")
#: Asks for employers that stood on no list of the last comparison.
NOT_BEFORE = "new"
#: Asks for employers that the lists hold, each once.
LISTED = "listed"
#: Asks for every contradiction.
SOME = "some"


class ResultFilter(forms.Form):
    """Which employers of a comparison are shown."""

    q = forms.CharField(label="单位", required=False, max_length=40)
    found = forms.ChoiceField(
        label="结果", choices=[_ANY, (LISTED, "名单上的，重复的只算一次"), *EmployerClass.choices()], required=False
    )
    before = forms.ChoiceField(
        label="上一次", choices=[_ANY, (NOT_BEFORE, "名单上没有"), *EmployerClass.choices()], required=False
    )
    odd = forms.ChoiceField(
        label="数据矛盾", choices=[_ANY, (SOME, "有矛盾的"), *Contradiction.choices()], required=False
    )

    def asked(self) -> dict[str, str]:
        """The filters that are set; what is no choice counts as not set."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
