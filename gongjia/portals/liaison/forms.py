"""What an officer types: an answer, a notice to many."""

from collections.abc import Sequence
from typing import Any

from django import forms

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.words import Group, Sex
from gongjia.engines.messages.queries import Audience

MOST_ANSWERS, LONGEST_ANSWER = 5, 20


class AnswerForm(forms.Form):
    """The key makes one answer of a form that is sent twice."""

    body = forms.CharField(
        label="回复",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="以本工会的名义回复，职工会收到消息",
        error_messages={"required": "请写上回复的内容"},
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class CircularForm(forms.Form):
    """A notice: who speaks, to whom, what, and which answers are asked for."""

    organisation = forms.ChoiceField(label="以谁的名义")
    group = forms.ChoiceField(label="发给哪个群体", required=False, help_text="不选就是全体会员")
    sex = forms.ChoiceField(
        label="性别", required=False, choices=[("", "不限"), (Sex.FEMALE, "只发女会员"), (Sex.MALE, "只发男会员")]
    )
    is_for_migrants = forms.BooleanField(label="只发农民工会员", required=False)
    title = forms.CharField(label="标题", max_length=60, error_messages={"required": "请写上标题"})
    body = forms.CharField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": "请写上通知的内容"},
    )
    answers = forms.CharField(
        label="请会员回答",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "参加\n不参加"}),
        help_text=f"一行一个回答，最多 {MOST_ANSWERS} 个，每个不超过 {LONGEST_ANSWER} 个字。只统计人数，不显示是谁选的",
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, speakers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speakers = {each.reference: each for each in speakers}
        self.fields["organisation"].choices = [(each.reference, each.name) for each in speakers]  # type: ignore[attr-defined]
        self.fields["group"].choices = [("", "全体会员"), *((v, zh) for v, zh in Group.choices if v)]  # type: ignore[attr-defined]
        if len(speakers) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.initial["organisation"] = speakers[0].reference

    def clean_organisation(self) -> Organisation:
        return self.speakers[self.cleaned_data["organisation"]]

    def clean_answers(self) -> list[str]:
        """Raises ValidationError for too many, too long or equal ones."""
        lines = [line.strip() for line in self.cleaned_data["answers"].splitlines() if line.strip()]
        if len(lines) == 1:
            raise forms.ValidationError("只有一个回答没有可选的，请至少写两行；不需要回答就空着。")
        if len(lines) > MOST_ANSWERS:
            raise forms.ValidationError(f"最多 {MOST_ANSWERS} 个回答，现在有 {len(lines)} 个。")
        if long := next((line for line in lines if len(line) > LONGEST_ANSWER), ""):
            raise forms.ValidationError(f"“{long[:LONGEST_ANSWER]}…”太长，每个回答不超过 {LONGEST_ANSWER} 个字。")
        if len(set(lines)) < len(lines):
            raise forms.ValidationError("有两个一样的回答，请删去一个。")
        return lines

    @property
    def audience(self) -> Audience:
        found = self.cleaned_data
        return Audience(found["group"], found["sex"], found["is_for_migrants"])


class WithdrawForm(forms.Form):
    why = forms.CharField(label="撤回的原因", max_length=120, error_messages={"required": "请写明为什么撤回，留作记录"})
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
