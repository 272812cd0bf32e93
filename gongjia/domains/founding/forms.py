"""The forms of founding: one a step, with what is known filled in."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms

from gongjia.domains.founding.queries import Ahead, Members
from gongjia.domains.founding.words import OF_SEVERAL, OF_UNIONS, Body, ChairBy, Meeting, NumberFrom, Tie, Way
from gongjia.engines.papers.forms import WithFirstWord
from gongjia.kernel.moments import day_zh

_WRITTEN_IN = re.compile(r"([^\s\d，、；;,:：]+)[\s:：]*(\d{1,6})\s*票?")


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class BeginForm(forms.Form):
    """For whom a union is founded: how, in whose name, and which units were ticked."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    organisation = forms.ChoiceField(label="由谁报送")
    way = forms.ChoiceField(label="怎么建", choices=Way.choices(), widget=forms.RadioSelect)
    name = forms.CharField(
        label="拟建工会名称",
        max_length=120,
        required=False,
        help_text="单独建会可以不填，按单位名称生成；联合建会要填，例如：浮山街道商圈联合工会委员会",
    )

    def __init__(self, *args: Any, organisations: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ChoiceField", self.fields["organisation"])
        choice.choices = [(each.reference, each.name) for each in organisations]
        if len(organisations) == 1:
            choice.initial = organisations[0].reference

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("way") in OF_SEVERAL and not cleaned.get("name"):
            self.add_error("name", "几个单位一起建的，请填写工会名称")
        return cleaned


class RequestForm(WithFirstWord):
    """The request (请示). Of each unit: `heads_<n>` and `women_<n>`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    way = forms.ChoiceField(label="建会方式", widget=forms.RadioSelect)
    name = forms.CharField(label="拟建工会名称", max_length=120)
    head_name = forms.CharField(label="筹备组负责人", max_length=30, required=False, help_text="报送前要填")
    party_names = forms.CharField(
        label="党组织代表", max_length=120, required=False, help_text="有党组织的单位填写；几个人用顿号分开"
    )
    staff_names = forms.CharField(
        label="职工代表", max_length=120, required=False, help_text="报送前要填；几个人用顿号分开"
    )
    sent_names = forms.CharField(label="上级派的人", max_length=120, required=False)
    why = forms.CharField(
        label="建会理由", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="写进请示"
    )

    def __init__(self, *args: Any, units: Sequence[Any], of_unions: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = [each for each in units if each.employer_id]
        way = cast("forms.ChoiceField", self.fields["way"])
        way.choices = [(each.value, each.zh) for each in Way if (each in OF_UNIONS) == of_unions]
        for each in self.units:
            shown = each.name if len(self.units) > 1 else ""
            heads = forms.IntegerField(
                label=f"{shown}职工人数", min_value=1, max_value=999_999, required=False, initial=each.headcount
            )
            women = forms.IntegerField(
                label=f"{shown}其中女职工", min_value=0, max_value=999_999, required=False, initial=each.women
            )
            self.fields |= {f"heads_{each.pk}": heads, f"women_{each.pk}": women}

    def heads(self) -> dict[int, tuple[int, int | None]]:
        """Staff and women of each unit whose staff was given."""
        said = self.cleaned_data
        return {
            each.pk: (said[f"heads_{each.pk}"], said[f"women_{each.pk}"])
            for each in self.units
            if said.get(f"heads_{each.pk}")
        }


class Numbered(WithFirstWord):
    """A form that takes a document number, once."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class ReplyForm(Numbered):
    """The superior agrees: number and day."""

    number_from = forms.ChoiceField(
        label="文号", choices=NumberFrom.choices(), widget=forms.RadioSelect, initial=NumberFrom.HERE
    )
    number = forms.CharField(
        label="批复文号", max_length=60, required=False, help_text="已有纸质批复的填写，例如：咸工发〔2026〕12号"
    )
    on = DayField(label="批复日期", required=False)


class ReasonForm(forms.Form):
    """Why something is returned, refused, withdrawn or ended: the other side reads it."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class PlanForm(forms.Form):
    """How the first election is held."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    has_committee = forms.ChoiceField(
        label="选什么", choices=[("yes", "选工会委员会"), ("no", "只选组织员一人")], widget=forms.RadioSelect
    )
    seats_committee = forms.IntegerField(label="委员名额", min_value=0, max_value=99, required=False)
    seats_vice_chair = forms.IntegerField(label="副主席名额", min_value=0, max_value=9, required=False)
    seats_fund_audit = forms.IntegerField(
        label="经费审查委员名额", min_value=0, max_value=11, required=False, help_text="会员少的可以只选一名"
    )
    seats_womens = forms.IntegerField(label="女职工委员名额", min_value=0, max_value=21, required=False)
    term_years = forms.TypedChoiceField(label="任期", coerce=int, widget=forms.RadioSelect)
    meeting = forms.ChoiceField(label="选举形式", choices=Meeting.choices(), widget=forms.RadioSelect)
    chair_by = forms.ChoiceField(label="主席怎样产生", choices=ChairBy.choices(), widget=forms.RadioSelect)
    shown_on = DayField(label="候选人名单公示从哪天起", required=False)
    planned_on = DayField(label="哪天开大会", required=False)
    place = forms.CharField(label="地点", max_length=60, required=False)

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.TypedChoiceField", self.fields["term_years"]).choices = [(each, f"{each} 年") for each in years]

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("term_years", "shown_on", "planned_on", "place", "version")
        seats = {body: said.get(f"seats_{body}") or 0 for body in (Body.COMMITTEE, Body.VICE_CHAIR, Body.FUND_AUDIT)}
        return {
            **{name: said[name] for name in names},
            "has_committee": said["has_committee"] == "yes",
            "meeting": Meeting(said["meeting"]),
            "chair_by": ChairBy(said["chair_by"]),
            "seats": {**seats, Body.WOMENS: said.get("seats_womens") or 0},
        }


class CandidateForm(forms.Form):
    """Who stands for what. A long roster is looked through by name."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    body = forms.ChoiceField(label="选什么")
    member = forms.ChoiceField(label="会员")
    tie = forms.ChoiceField(
        label="本人声明：与单位负责人的关系",
        choices=Tie.choices(),
        widget=forms.RadioSelect,
        initial=Tie.NONE,
        help_text="负责人、法定代表人、合伙人和他们的近亲属，依法不能当候选人",
    )
    named_on = DayField(label="哪天提名的", help_text="名单公示以后才提名的，名单要重新公示")

    def __init__(self, *args: Any, bodies: Sequence[Body], members: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        cast("forms.ChoiceField", self.fields["body"]).choices = [(each.value, each.zh) for each in bodies]
        cast("forms.ChoiceField", self.fields["member"]).choices = [
            ("", "请选一位会员"),
            *(
                (reference, f"{each.person.name}（{day_zh(each.joined_on)}入会）")
                for reference, each in members.items()
            ),
        ]

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        facts = {"body": Body(said["body"]), "tie": Tie(said["tie"]), "named_on": said["named_on"]}
        return {**facts, "membership": self.members[said["member"]]}


class ShowForm(forms.Form):
    """From which day the list of candidates is shown."""

    on = DayField(label="候选人名单从哪天起公示")


class MeetingForm(forms.Form):
    """The meeting as it was held."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    held_on = DayField(label="大会日期")
    expected = forms.IntegerField(label="应到会人数", min_value=1, max_value=999_999)
    present = forms.IntegerField(label="实到会人数", min_value=0, max_value=999_999)
    scrutineers = forms.CharField(label="监票人", max_length=120, help_text="候选人不能当监票人；几个人用顿号分开")
    tellers = forms.CharField(label="计票人", max_length=120, required=False)

    def __init__(self, *args: Any, members: Members, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = f"；保留会籍的 {members.retained} 人没有表决权，不计" if members.retained else ""
        self.fields["expected"].help_text = f"名册上现在有正式会员 {members.all} 人{kept}"
        self.fields["held_on"].widget.attrs["max"] = day.isoformat()


class CountForm(forms.Form):
    """A tally sheet: of each candidate `yes_<n>`, `no_<n>`, `abstain_<n>`."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    round = forms.IntegerField(widget=forms.HiddenInput)
    issued = forms.IntegerField(label="发出选票", min_value=0, max_value=999_999)
    collected = forms.IntegerField(label="收回选票", min_value=0, max_value=999_999)
    valid = forms.IntegerField(label="有效票", min_value=0, max_value=999_999)
    void = forms.IntegerField(label="无效票", min_value=0, max_value=999_999)
    write_ins = forms.CharField(
        label="另选人",
        max_length=200,
        required=False,
        help_text="写“姓名 票数”，几个人用分号分开，例如：李木 2；陈石 1",
    )

    def __init__(self, *args: Any, ahead: Ahead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ahead = ahead
        if ahead.present is None:
            fields = {"present": forms.IntegerField(label="实到会委员", min_value=0, max_value=ahead.expected)}
            self.fields = {**fields, **self.fields}
        for each in ahead.runners:
            name = each.membership.person.name
            for part, zh in (("yes", "赞成"), ("no", "反对"), ("abstain", "弃权")):
                needed = part == "yes" or not each.is_write_in
                self.fields[f"{part}_{each.pk}"] = forms.IntegerField(
                    label=f"{name} {zh}", min_value=0, max_value=999_999, required=needed
                )

    @property
    def lines(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each candidate with the three fields."""
        return [(each, [self[f"{part}_{each.pk}"] for part in ("yes", "no", "abstain")]) for each in self.ahead.runners]

    def clean_write_ins(self) -> dict[str, int]:
        text = self.cleaned_data["write_ins"]
        found = {name: int(number) for name, number in _WRITTEN_IN.findall(text)}
        left = _WRITTEN_IN.sub("", text).strip(" ，、；;,。")
        if left:
            raise forms.ValidationError(f"没有看懂“{left}”：请写“姓名 票数”，几个人用分号分开")
        return found

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("round", "issued", "collected", "valid", "void", "write_ins", "key")
        votes = {
            each.pk: tuple(said.get(f"{part}_{each.pk}") or 0 for part in ("yes", "no", "abstain"))
            for each in self.ahead.runners
        }
        return {**{name: said[name] for name in names}, "present": said.get("present"), "votes": votes}


class ReduceForm(forms.Form):
    agree = forms.IntegerField(label="大会同意减少名额的人数", min_value=0, max_value=999_999)


class FilterForm(forms.Form):
    """The list of foundings; an address, so that it can be kept."""

    q = forms.CharField(label="工会名称", max_length=40, required=False)
    state = forms.ChoiceField(label="办到哪一步", required=False)

    def __init__(self, *args: Any, states: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        head = [("", "全部"), ("open", "办理中"), ("late", "已到期")]
        cast("forms.ChoiceField", self.fields["state"]).choices = [*head, *states]
