"""What is asked about numbers, papers and templates."""

import re
from typing import Any

from django import forms

from gongjia.engines.papers.checking import MOST_BYTES
from gongjia.engines.papers.queries import word_to_confirm
from gongjia.engines.papers.words import SERIES, WORD_LENGTH
from gongjia.kernel.references import new_tracking_code

_WORD = re.compile(r"[\u3400-\u9fff]{2,12}")
_CHOICES = [(code, f"{code}：{zh}") for code, zh in SERIES.items()]


class Keyed(forms.Form):
    """The key makes one act of a form that is sent twice."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, files, initial={"key": new_tracking_code(), **(initial or {})})


class WordField(forms.CharField):
    """The word with which an organisation's numbers begin."""

    def __init__(self, **kwargs: Any) -> None:
        facts = {
            "label": "机关代字",
            "help_text": "单位简称，不带“发”“函”，例如：咸工",
            "error_messages": {"required": "请填写机关代字"},
        }
        super().__init__(**{"max_length": WORD_LENGTH, **facts, **kwargs})

    def clean(self, value: Any) -> str:
        word: str = super().clean(value)
        if word and not _WORD.fullmatch(word):
            raise forms.ValidationError("机关代字只写汉字，两个到十二个，例如：咸工。")
        return word


def word_field(organisation: Any) -> WordField | None:
    """What asks for the word of an organisation's first number: what is offered is seen, and may be changed. None where
    a word is set."""
    offered = word_to_confirm(organisation)
    words = f"{organisation.name}第一次编文号，请确定文号开头的字，编成例如“{offered}发〔2026〕1号”；以后一直用它"
    return WordField(initial=offered, required=False, help_text=words) if offered else None


class WithFirstWord(forms.Form):
    """A form that brings a document number; `word` is what `word_field` gives."""

    def __init__(self, *args: Any, word: WordField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if word is not None:
            self.fields["word"] = word


class WordForm(Keyed):
    """An organisation's word is set, or changed."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    word = WordField()

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0


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
