"""What visitors type: a name to look for."""

from django import forms


class FindForm(forms.Form):
    """A union or an employer, by two characters or more."""

    q = forms.CharField(
        label="单位或工会的名称",
        min_length=2,
        max_length=40,
        help_text="两个字就可以，也可以用拼音首字母",
        error_messages={"required": "请输入单位或工会的名称", "min_length": "请至少输入两个字"},
    )
