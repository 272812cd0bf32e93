"""What is asked while a roster is imported."""

from django import forms

from gongjia.engines.intake.heading_form import ENDINGS


class UploadForm(forms.Form):
    """A roster as it is. The key makes one import of a form that is sent twice."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="花名册", widget=forms.FileInput(attrs={"accept": ENDINGS}), allow_empty_file=False,
        error_messages={"empty": "文件是空的，请检查是否选错了文件", "required": "请选一份花名册"},
    )  # fmt: skip
