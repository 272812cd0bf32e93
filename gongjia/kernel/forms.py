"""A choice among rows, offered and accepted as far as the reach goes and no further; and what fields say by themselves.

Django's own sentences name the fault and not the way on: `speak_plainly` puts others in their place, once, for every
form. What a field of ours says (`error_messages`) still comes first.
"""

from collections.abc import Callable, Collection
from typing import Any, Self

from django import forms
from django.core import validators
from django.db.models import QuerySet

_DAY = "这不是一个日期。请写成 2026-11-21 这样，或者点日历选择。"
_NUMBER = "请填数字，例如 25；不要带单位和文字。"
_CHOICE = "这个选项现在没有了，请重新选择一项。"
_SAID: dict[type[forms.Field], dict[str, str]] = {
    forms.Field: {"required": "还没有填，请填写后再提交。"},
    forms.BooleanField: {"required": "请先核对，再勾选。"},
    forms.ChoiceField: {"required": "还没有选，请选择一项。", "invalid_choice": _CHOICE},
    forms.MultipleChoiceField: {"required": "还没有选，请至少选择一项。", "invalid_choice": _CHOICE},
    forms.ModelChoiceField: {"required": "还没有选，请选择一项。"},
    forms.IntegerField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _DAY},
    forms.DateTimeField: {"invalid": _DAY},
    forms.FileField: {
        "required": "还没有选文件，请选择一个文件。",
        "missing": "还没有选文件，请选择一个文件。",
        "invalid": "文件没有传上来，请重新选择一次。",
        "empty": "这个文件是空的，请检查是否选错了，或者重新导出一次。",
    },
}
_LIMITS: dict[type[validators.BaseValidator], str] = {
    validators.MinValueValidator: "不能小于 %(limit_value)s，请改一下。",
    validators.MaxValueValidator: "不能大于 %(limit_value)s，请改一下。",
    validators.MinLengthValidator: "至少 %(limit_value)d 个字，现在是 %(show_value)d 个，请补充。",
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在是 %(show_value)d 个，请删短一些。",
}


def speak_plainly() -> None:
    """Give fields and limits the sentences above. Called once, when the kernel is ready."""
    for field, said in _SAID.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **said}
    for limit, sentence in _LIMITS.items():
        limit.message = sentence


def status_of(form: forms.BaseForm | None, reasons: Collection[str] = ()) -> int:
    """With what a page of a form answers: 409 where the verb refused, 422 where fields are to be mended, else 200."""
    if reasons:
        return 409
    return 422 if form is not None and form.errors else 200


class ReachChoiceField(forms.ModelChoiceField[Any]):
    """Chooses a row by its reference. `query` is asked anew for every form, under the reach in force.

    A field made with a queryset would carry the rows of whoever loaded the module; a ModelForm would accept any key
    that exists, because Django checks foreign keys past the managers.
    """

    default_error_messages = {"invalid_choice": "所选项目不在您可办理的范围内，或者已经变动，请重新选择。"}

    def __init__(self, query: Callable[[], QuerySet[Any]], *, to_field_name: str = "reference", **kwargs: Any) -> None:
        super().__init__(None, to_field_name=to_field_name, **kwargs)
        self.query = query

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A form copies its fields when it is made: that is when the choices are set."""
        copied = super().__deepcopy__(memo)
        copied.queryset = self.query()
        return copied
