"""What a field says is wrong, it says with the way on; no form is left with the sentences of the library."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.CharField(), "", "还没有填，请填写后再提交。"),
        (forms.CharField(max_length=3), "一二三四", "最多 3 个字，现在是 4 个，请删短一些。"),
        (forms.IntegerField(min_value=0), "-1", "不能小于 0，请改一下。"),
        (forms.IntegerField(), "很多", "请填数字，例如 25；不要带单位和文字。"),
        (forms.DateField(), "2026-13-45", "这不是一个日期。请写成 2026-11-21 这样，或者点日历选择。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "", "还没有选，请选择一项。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "b", "这个选项现在没有了，请重新选择一项。"),
        (forms.BooleanField(), "", "请先核对，再勾选。"),
        (forms.FileField(), None, "还没有选文件，请选择一个文件。"),
        (forms.FileField(), SimpleUploadedFile("a.xlsx", b""), "这个文件是空的，请检查是否选错了，或者重新导出一次。"),
        (forms.CharField(error_messages={"required": "请填写姓名"}), "", "请填写姓名"),
    ],
)
def test_what_is_wrong_is_said_with_the_way_on(field: forms.Field, value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    assert refused.value.messages == [said]
