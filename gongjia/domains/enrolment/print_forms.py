"""What is asked before a certificate is issued."""

from typing import Any

from django import forms

from gongjia.domains.enrolment.certificates import MOST_USE
from gongjia.engines.papers.forms import WithFirstWord
from gongjia.kernel.references import new_tracking_code


class CertifyForm(WithFirstWord):
    """The key makes one certificate of a form that is sent twice."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    use = forms.CharField(
        label="用途",
        max_length=MOST_USE,
        help_text="印在证明上，例如：子女入学",
        error_messages={"required": "请写明证明的用途"},
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, initial={"key": new_tracking_code()}, **more)
