"""What members and officers type about a membership that changes."""

from datetime import date
from typing import Any

from django import forms

from gongjia.backbone.memberships.words import Retention
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.words import EmploymentForm, Group
from gongjia.domains.enrolment import rules as joining
from gongjia.domains.enrolment.changes import queries
from gongjia.domains.enrolment.changes.evidence import EvidenceField
from gongjia.domains.enrolment.changes.words import Fact, Why
from gongjia.engines.intake.core.persons import ethnicity, is_ethnicity
from gongjia.kernel.db import is_within

_AREA = {"rows": 3}


class UnionField(forms.CharField):
    """A union that takes members, by its name, a part of it that fits no other, or its reference. With `under` only one
    below these paths."""

    under: tuple[str, ...] = ()

    def clean(self, value: Any) -> Any:
        words = str(super().clean(value)).strip()
        found = queries.taking(words)
        if self.under:
            found = [each for each in found if any(is_within(each.path, path) for path in self.under)]
        exact = [each for each in found if words in {each.name, each.reference}]
        found = exact or found
        if not found:
            raise forms.ValidationError("没有找到接收会员的工会。请核对名称：写全称，或者写其中连着的几个字。")
        if len(found) > 1:
            names = "、".join(f"{each.name}（编号 {each.reference}）" for each in found[:4])
            raise forms.ValidationError(
                f"有好几个工会符合：{names}{'等' if len(found) > 4 else ''}。请写全称或者编号。"
            )
        return found[0]


def _day(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def _words(label: str, *, required: bool = True, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs=_AREA), required=required, **kwargs)


class BeginForm(forms.Form):
    """Why a member goes to another union."""

    why = forms.ChoiceField(label="为什么转", choices=Why.choices, widget=forms.RadioSelect)
    employer_name = forms.CharField(
        label="新单位的名称", max_length=120, required=False, help_text="没有新单位的，空着"
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    words = _words("您的说明", help_text="转出工会看过您的说明，再办一次")


class LeaveForm(forms.Form):
    """A cooling question, and no barrier: nothing has to be answered but that the consequences were read."""

    why = _words("愿意说说为什么吗", required=False, help_text="可以不写；写了，工会才知道哪里没有做好")
    sure = forms.BooleanField(
        label="我看过退会以后会怎样，仍然要退会",
        error_messages={"required": "请先看过上面的内容，再勾选；不想退的，点“不退了”"},
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class FactForm(forms.Form):
    """One fact of the file: what it should be, and why."""

    value = forms.CharField(max_length=120)
    why = _words("哪里错了、凭什么材料", required=False, help_text="例如：登记时写错了一个字，身份证上是……")
    evidence = EvidenceField(label="材料照片", required=False)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, fact: str, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fact, self.on = Fact(fact), on
        label = f"{self.fact.label}应当是"
        self.fields["value"].label = label
        self.fields["value"].error_messages["required"] = f"请写上{self.fact.label}应当是什么"
        if self.fact == Fact.ID_NUMBER:
            self.fields["value"].help_text = "18 位；加密保存，办理的人核对证件原件后更正"

    def clean_value(self) -> str:
        typed: str = self.cleaned_data["value"].strip()
        try:
            if self.fact == Fact.NAME:
                return joining.clean_name(typed)
            if self.fact == Fact.ID_NUMBER:
                return joining.clean_id_number(typed, on=self.on)
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        if self.fact == Fact.ETHNICITY:
            found = ethnicity(typed)
            if not is_ethnicity(found):
                raise forms.ValidationError("没有这个民族。请按身份证填写，例如：汉族、土家族；没有识别的写“其他”。")
            return found
        return typed[:60] if self.fact == Fact.JOB else typed


class ReasonForm(forms.Form):
    """A reason that the person reads."""

    words = _words("原因", error_messages={"required": "请写明原因，本人会看到"})


class CounselForm(forms.Form):
    words = _words("谈话情况", error_messages={"required": "请写明谈了什么、本人怎么说"})


class CodeForm(forms.Form):
    """The code that a member shows, and the union that takes them."""

    code = forms.CharField(label="转会码", max_length=20, help_text="请本人在“我的工会”里取，十位，30 分钟内有效")
    to = UnionField(label="转到哪个工会", max_length=120)
    why = forms.ChoiceField(label="为什么转", choices=Why.choices)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, under: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, UnionField):
            field.under = under


class _ActForm(forms.Form):
    """What a union decides about one membership; days are today or gone by."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if "on" in self.fields:
            self.initial.setdefault("on", today)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name, value in cleaned.items() if isinstance(value, date) and value > self.today]:
            self.add_error(name, "日期不能晚于今天；到了那天再来办理。")
        return cleaned


class TransferOutForm(_ActForm):
    to = UnionField(label="转到哪个工会", max_length=120, help_text="写全称，或者只有它才有的几个字")
    why = forms.ChoiceField(label="为什么转", choices=Why.choices)
    employer_name = forms.CharField(label="新单位的名称", max_length=120, required=False)


class RetainForm(_ActForm):
    """Who is retired within the unit (内退) stays a full member: the form says so."""

    reason = forms.ChoiceField(
        label="原因",
        choices=[(each.value, each.label) for each in (Retention.RETIRED, Retention.UNEMPLOYED, Retention.MILITARY)],
        widget=forms.RadioSelect,
        help_text="内部退养（内退）的不办保留：到正式退休前仍是正式会员",
    )
    on = _day("从哪一天起保留")
    words = _words("说明", required=False)


class ResumeForm(_ActForm):
    on = _day("从哪一天起恢复")
    words = _words("说明", required=False, help_text="例如：重新上岗、退伍返岗")


class LeftForm(_ActForm):
    talked_on = _day("谈话日期", help_text="退会自由：谈话是为了说明后果，不能不办")
    on = _day("宣布退会的日期")
    words = _words("本人说的原因", required=False)


class LapsedForm(_ActForm):
    unpaid_since = _day("从哪一天起不交会费、不参加活动")
    talked_on = _day("教育谈话日期", help_text="谈过话，本人仍不改正，才能视为退会")
    on = _day("委员会决定的日期")
    words = _words("谈话和改正情况")


class ExpelledForm(_ActForm):
    group_on = _day("工会小组讨论日期")
    committee_on = _day("委员会决定日期")
    reported_on = _day("报上级工会备案日期")
    on = _day("开除会籍的日期")
    words = _words("事由", help_text="严重违法犯罪的事实和依据")


class DiedForm(_ActForm):
    on = _day("死亡日期")
    words = _words("依据", required=False, help_text="例如：家属提供的证明")


class ReinstatedForm(_ActForm):
    words = _words("错在哪里、依据什么更正")


class BulkForm(forms.Form):
    """Which members of a union go, and where to."""

    to = UnionField(label="转到哪个工会", max_length=120, help_text="写全称，或者只有它才有的几个字")
    why = forms.ChoiceField(label="为什么转", choices=[(Why.CLOSED.value, Why.CLOSED.label), *Why.choices[:1]])
    group = forms.ChoiceField(label="只转这个职业群体", choices=[("", "不限"), *Group.choices[1:]], required=False)
    form = forms.ChoiceField(
        label="只转这种用工形式", choices=[("", "不限"), *EmploymentForm.choices[:-1]], required=False
    )
    q = forms.CharField(label="只转姓名里有", max_length=30, required=False)
    words = _words("给对方工会的说明", required=False)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


def offered_zh(union: Organisation) -> str:
    """A union as a list of destinations names it."""
    return f"{union.name}（{union.region.name}）"
