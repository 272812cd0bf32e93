"""What is asked about numbers, papers and templates."""

import re
from typing import Any

from django import forms

from gongjia.engines.papers.checking import MOST_BYTES
from gongjia.engines.papers.words import SERIES
from gongjia.kernel.references import new_tracking_code

_WORD = re.compile(r"[\u3400-\u9fff]{2,12}")
_CHOICES = [(code, f"{code}：{zh}") for code, zh in SERIES.items()]


class Keyed(forms.Form):
    """The key makes one act of a form that is sent twice."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, files, initial={"key": new_tracking_code(), **(initial or {})})


class WordForm(Keyed):
    """The word with which an organisation's numbers begin."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    word = forms.CharField(
        label="机关代字",
        max_length=12,
        help_text="单位简称，不带“发”“函”，例如：咸工",
        error_messages={"required": "请填写机关代字"},
    )

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if not _WORD.fullmatch(word):
            raise forms.ValidationError("机关代字只写汉字，两个到十二个，例如：咸工。")
        return word


class RegisterForm(Keyed):
    """A paper that was written outside the platform."""

    series = forms.ChoiceField(label="种类", choices=_CHOICES)
    subject = forms.CharField(label="标题", max_length=200, error_messages={"required": "请填写这份公文的标题"})


class SkipForm(Keyed):
    """How far the numbers were used before the platform was."""

    series = forms.ChoiceField(label="种类", choices=_CHOICES)
    up_to = forms.IntegerField(
        label="今年已经用到第几号", min_value=1, error_messages={"required": "请填写已经用到的最后一号"}
    )


class VoidForm(forms.Form):
    reason = forms.CharField(label="作废的原因", max_length=200, error_messages={"required": "请写明作废的原因"})


class TemplateForm(Keyed):
    """A clerk's own Word template."""

    file = forms.FileField(
        label="改好的 Word 文件",
        widget=forms.FileInput(
            attrs={"accept": ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
        ),
        error_messages={"required": "请选择改好的 Word 文件", "empty": "文件是空的，请检查是否选错了文件"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请删去或压缩里面的图片再上传。")
        return file
