"""The forms of sealing."""

from django import forms

from gongjia.engines.casework.handing.forms import ReceiverForm


class SealForm(ReceiverForm):
    """What the other unit will read, covered already where something was found."""

    covered = forms.CharField(
        label="对方看到的内容",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="找到的姓名、电话、号码、住址已经盖住。请再读一遍，还能看出是谁的也改掉",
    )
    words = forms.CharField(label="转办的理由和要求", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    words = forms.CharField(
        label="为什么必须知道是谁", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="本人会看到"
    )


class AnswerForm(forms.Form):
    words = forms.CharField(label="意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
