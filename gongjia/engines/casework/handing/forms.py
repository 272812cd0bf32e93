"""The forms of handing on: one for each way, with the unit found by its name."""

from typing import Any

from django import forms

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework.handing.queries import receivers_named
from gongjia.engines.casework.handing.words import GuestUnit


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


def _words(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text=help_text)


class ReceiverForm(forms.Form):
    """To which unit: the one that its name, or its number, leads to."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    to = forms.CharField(label="交给哪个工会", max_length=120, help_text="写工会全称、简称或者编号，找到唯一一个为止")

    def clean_to(self) -> Organisation:
        words = self.cleaned_data["to"]
        found = receivers_named(words)
        if len(found) > 1:
            names = "、".join(each.name for each in found)
            raise forms.ValidationError(f"有好几个工会符合：{names}。请写其中一个的全称")
        if not found:
            raise forms.ValidationError("没有找到这个工会，请核对名称")
        return found[0]


class ForwardForm(ReceiverForm):
    words = _words("转办的理由和要求", "对方接收以前，这件事仍由本会负责，时限照走")


class AssignForm(ReceiverForm):
    words = _words("要办什么", "对方只看到这里写的，看不到原件；不要写当事人的姓名、电话、证件号")
    due_on = DayField(label="什么时候反馈")


class SuperviseForm(forms.Form):
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    words = _words("督办要求")
    due_on = DayField(label="什么时候反馈")


class InviteForm(forms.Form):
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    secret = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    unit = forms.ChoiceField(label="单位类别", choices=GuestUnit.choices)
    unit_name = forms.CharField(label="单位名称", max_length=120)
    contact = forms.CharField(label="联系人", max_length=60, required=False)
    words = _words("请对方办什么", "对方只看到这里写的，看不到原件")


class ReasonForm(forms.Form):
    """What a step needs in words. `asks` is the label; a day is asked for where `with_day`."""

    words = _words("说明")
    due_on = DayField(label="改到哪天反馈")

    def __init__(self, *args: Any, asks: str, with_day: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = asks
        if not with_day:
            del self.fields["due_on"]


class ClockForm(forms.Form):
    """Standing still or more time for one clock."""

    code = forms.CharField(widget=forms.HiddenInput)
    units = forms.IntegerField(label="延长多少", min_value=1, max_value=999, required=False)
    words = forms.CharField(label="原因", max_length=300, required=False)
