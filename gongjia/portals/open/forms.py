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


class VerifyForm(forms.Form):
    """What was scanned, as it is."""

    code = forms.CharField(
        label="二维码里的文字",
        max_length=3000,
        help_text="用手机相机或扫码工具扫一下，把扫到的网址整段粘贴进来",
        error_messages={"required": "请把二维码里的文字粘贴进来", "max_length": "内容太长，不是本平台的二维码"},
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
    )
