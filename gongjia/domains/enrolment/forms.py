"""What people type when they join, and what the union answers."""

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.urls import reverse

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.words import Group
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment import queries, rules
from gongjia.domains.enrolment.words import MENDED_BY, RefusalReason
from gongjia.kernel.forms import ReachChoiceField
from gongjia.kernel.masking import mask_identity

OTHER = "other"


class WhoForm(forms.Form):
    """Name and identity number: the two facts that make a membership real-name."""

    name = forms.CharField(
        label="姓名", max_length=40, help_text="和身份证上一样", error_messages={"required": "请填写姓名"}
    )
    id_number = forms.CharField(
        label="身份证号",
        max_length=30,
        help_text="用来核实身份、避免重复入会；加密保存，页面上不会完整显示",
        error_messages={"required": "请填写身份证号"},
    )

    def __init__(self, *args: Any, on: date, kept: str = "", **kwargs: Any) -> None:
        """`kept`: the number given before. It is never written into the page again; an empty field leaves it."""
        super().__init__(*args, **kwargs)
        self.on, self.kept = on, kept
        if kept and "id_number" in self.fields:
            self.fields["id_number"].required = False
            self.fields["id_number"].help_text = f"已经填了 {mask_identity(kept)}；不改就空着"

    def clean_name(self) -> str:
        return _cleaned(rules.clean_name, self.cleaned_data["name"])

    def clean_id_number(self) -> str:
        typed = self.cleaned_data["id_number"]
        if self.kept and not typed:
            return self.kept
        return _cleaned(lambda text: rules.clean_id_number(text, on=self.on), typed)


class WorkForm(forms.Form):
    """Where the applicant works: chosen where the union covers few employers, typed otherwise."""

    workplace = forms.ChoiceField(
        label="您在哪里工作",
        widget=forms.RadioSelect,
        error_messages={
            "required": "请选择您在哪里工作",
            "invalid_choice": "您选的单位刚刚有变动，请重新选，或者选“别的单位”写上名称",
        },
    )
    employer_name = forms.CharField(
        label="单位或平台名称", max_length=120, required=False, error_messages={"required": "请填写单位或平台的名称"}
    )
    job = forms.CharField(label="做什么工作", max_length=60, required=False, help_text="例如：装配工、骑手、护士")
    group = forms.ChoiceField(label="是不是下面的职业", choices=Group.choices, required=False, help_text="不是就不用选")
    is_migrant = forms.BooleanField(label="我是农民工（农村户口，在外务工）", required=False)

    def __init__(self, *args: Any, employers: list[Employer], groups: Collection[str] = (), **kwargs: Any) -> None:
        """`groups`: those that are asked about today."""
        super().__init__(*args, **kwargs)
        asked = [(value, zh) for value, zh in Group.choices if not value or value in groups]
        cast("forms.ChoiceField", self.fields["group"]).choices = asked
        self.employers = {each.reference: each for each in employers}
        choices = [(reference, each.name) for reference, each in self.employers.items()]
        workplace = cast("forms.ChoiceField", self.fields["workplace"])
        workplace.choices = [*choices, (OTHER, "别的单位，或者没有固定单位")]
        if choices:
            self.fields["employer_name"].help_text = "选了“别的单位”时必填；没有固定单位的，写“灵活就业”"
        else:
            del self.fields["workplace"]
            self.fields["employer_name"].required = True
            self.fields["employer_name"].help_text = "和营业执照或工资条上一样；没有固定单位的，写“灵活就业”"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("workplace") == OTHER and not cleaned.get("employer_name"):
            self.add_error("employer_name", "请写上单位或平台的名称；没有固定单位就写“灵活就业”")
        return cleaned

    @property
    def employer(self) -> Employer | None:
        """The one that was chosen; None for another, or a typed one."""
        return self.employers.get(self.cleaned_data.get("workplace", OTHER))


class JoinForm(WhoForm, WorkForm):
    """All that is asked of an applicant, on one page: three answers that must be given, three that may."""

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        """`is_known`: name and number stand in the own file, and are not asked again."""
        super().__init__(*args, **kwargs)
        self.fields["place"] = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
        self.order_fields(("name", "id_number", "workplace", "employer_name", "job", "group", "is_migrant"))
        if is_known:
            del self.fields["name"], self.fields["id_number"]

    @property
    def region(self) -> Region | None:
        """Where the worker said to be; None for what is no place."""
        return queries.region_with(self.cleaned_data["place"]) if self.cleaned_data["place"] else None


class MendForm(WhoForm, WorkForm):
    """Only the answers that the union named."""

    def __init__(self, *args: Any, wanted: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() - set(wanted):
            del self.fields[name]


class ApproveForm(forms.Form):
    """What an approver vouches for, where the number has a file and the phone is not the one on it."""

    seen = forms.BooleanField(
        label="已当面核对：本人和身份证原件一致",
        error_messages={"required": "请当面核对本人和身份证原件，再勾选"},
    )


class AssignForm(forms.Form):
    """To which union the county gives an application: one that is proposed, or another of the county by its name."""

    to = forms.ChoiceField(
        label="转给哪个工会",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "所选的工会不在列表里，请重新选"},
    )
    words = forms.CharField(
        label="别的工会", max_length=120, required=False, help_text="上面没有合适的，写工会全称或编号，找到唯一一个为止"
    )

    def __init__(self, *args: Any, proposed: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["to"]).choices = proposed
        if not proposed:
            del self.fields["to"]
            self.fields["words"].label = "转给哪个工会"
        self.union: Organisation | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        words = cleaned.get("words") or cleaned.get("to") or ""
        if not words:
            self.add_error("words", "请选一个工会，或者写出它的名称")
            return cleaned
        found = queries.takers_named(words)
        if len(found) == 1:
            self.union = found[0]
        elif found:
            self.add_error("words", f"有好几个工会符合：{'、'.join(each.name for each in found)}。请写其中一个的全称")
        else:
            self.add_error("words", "没有找到能接收会员的这个工会，请核对名称")
        return cleaned


class RevokeForm(forms.Form):
    """Why a poster ends: whoever scans it reads this."""

    why = forms.CharField(
        label="为什么停用",
        max_length=60,
        help_text="扫码的人会看到，例如：换了新海报、海报丢失",
        error_messages={"required": "请写明为什么停用，扫码的人会看到"},
    )


class _ReasonForm(forms.Form):
    """A reason, of which none is chosen beforehand, and the words that the applicant reads."""

    reason = forms.ChoiceField(
        label="原因", widget=forms.RadioSelect, error_messages={"required": "请选择原因，申请人会看到"}
    )
    words = forms.CharField(max_length=200, widget=forms.Textarea(attrs={"rows": 3}), required=False)
    #: The reasons that say too little without words, and what to say.
    spoken: ClassVar[dict[str, str]] = {RefusalReason.OTHER: "选“其他原因”时请写明原因，申请人会看到"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("words") and (wanted := self.spoken.get(cleaned.get("reason", ""))):
            self.add_error("words", wanted)
        return cleaned


class SendBackForm(_ReasonForm):
    """What the applicant is to mend: only reasons that can be mended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = cast("forms.ChoiceField", self.fields["reason"])
        reason.choices = [choice for choice in RefusalReason.choices if MENDED_BY[choice[0]]]
        self.fields["words"].label = "告诉申请人怎么改"


class RefuseForm(_ReasonForm):
    """Why an application is refused for good."""

    spoken: ClassVar[dict[str, str]] = _ReasonForm.spoken | {
        RefusalReason.NOT_OURS: "请写明该加入哪个工会，申请人会看到"
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["reason"]).choices = RefusalReason.choices
        self.fields["words"].label = "告诉申请人"


class PosterForm(forms.Form):
    """For whom a poster is and where it will hang. The key makes one poster of a form that is sent twice."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    words = forms.CharField(label="找单位", max_length=40, required=False)
    employer = ReachChoiceField(
        queries.no_employer,
        label="给哪个单位",
        required=False,
        help_text="选了单位，扫码的人不用再填；不选，就是工会服务范围内的职工都能用",
        error_messages={"invalid_choice": "所选单位不在这个工会的涵盖范围内，或者已经变动，请重新选择"},
    )
    place = forms.CharField(
        label="张贴在哪里", max_length=60, required=False, help_text="例如：一号车间门口；方便以后知道该收回哪一张"
    )

    def __init__(self, *args: Any, organisation: Organisation, offered: queries.Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation, self.offered = organisation, offered
        employer = cast("ReachChoiceField", self.fields["employer"])
        employer.queryset = queries.covered(organisation)
        rows = [(each.reference, each.name) for each in offered.employers]
        employer.widget.choices = [("", "不限单位"), *rows]
        asks = {"hx-get": reverse("enrolment:poster_employers", args=[organisation.reference])}
        asks |= {
            "hx-target": "#employer-choice",
            "hx-swap": "outerHTML",
            "hx-trigger": "input changed delay:300ms, search",
        }
        asks |= {"type": "search", "autocomplete": "off", "placeholder": "名称里的两个字，或拼音首字母"}
        self.fields["words"].widget.attrs |= asks

    def clean(self) -> dict[str, Any]:
        """An employer that was chosen, or the only one whose name holds what was typed."""
        cleaned = super().clean() or self.cleaned_data
        words = cleaned.get("words", "")
        if not words or cleaned.get("employer") or "employer" in self.errors:
            return cleaned
        found = queries.offered(self.organisation, words=words).employers
        if len(found) == 1:
            cleaned["employer"] = found[0]
        elif found:
            self.add_error("employer", f"有 {len(found)} 个单位的名称里有“{words}”，请选其中一个")
        else:
            self.add_error("words", f"这个工会涵盖的单位里，没有找到“{words}”，请换两个字再找，或者清空")
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What the verb takes."""
        return {name: self.cleaned_data[name] for name in ("employer", "place", "key")}


def _cleaned(rule: Any, text: str) -> str:
    try:
        cleaned: str = rule(text)
    except ValueError as wrong:
        raise forms.ValidationError(str(wrong)) from None
    return cleaned
