"""What officers type: the lists to compare, the filters of leads, assignments and approvals."""

import re
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.queries import found_or_none
from gongjia.domains.organising import params, queries, rules, worklist
from gongjia.domains.organising.drives.rows import drive_or_none
from gongjia.domains.organising.drives.words import Beside, Stage
from gongjia.domains.organising.models import Lead
from gongjia.domains.organising.words import (
    GROUPS,
    PROGRESS_TOGETHER,
    UNNAMED,
    LeadState,
    Met,
    Outcome,
    Paper,
    Progress,
    Refusal,
    Reviewed,
    SiteKind,
    Size,
    Told,
)  # fmt: skip
from gongjia.domains.organising.worklist import last_step_before
from gongjia.kernel.forms import ReachChoiceField

_ANY = ("", "全部")
#: How far an employer of a drive has come, as the drive's page asks for it.
STAGES = [_ANY, *Stage.choices, *Beside.choices]
#: What the form sends when each lead should go to the union of its place.
SUGGESTED = "suggested"


def _day_input() -> forms.DateInput:
    """A browser shows a day that is set only if it comes in this one format."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ReviewForm(forms.Form):
    """What the keys of the review queue send: the record's place, and yes-0 … yes-4, no or later."""

    place = forms.IntegerField(min_value=0)
    answer = forms.RegexField(r"^(?:yes-[0-9]|no|later)$")

    @property
    def said(self) -> tuple[Reviewed, int]:
        """The answer, and for a yes which candidate it is."""
        word, _, chosen = str(self.cleaned_data["answer"]).partition("-")
        return Reviewed(word), int(chosen or 0)


class LeadFilter(forms.Form):
    q = forms.CharField(label="单位", required=False, max_length=40)
    region = forms.CharField(label="市", required=False, max_length=30)
    county = forms.CharField(label="县（市、区）", required=False, max_length=30)
    size = forms.ChoiceField(label="规模", choices=[_ANY, *Size.choices], required=False)
    state = forms.ChoiceField(label="办理", choices=[("", "还没有建会的"), *LeadState.choices], required=False)
    progress = forms.ChoiceField(label="进展", choices=[_ANY, *Progress.choices, *PROGRESS_TOGETHER], required=False)
    site_kind = forms.ChoiceField(label="聚集地", choices=[_ANY, *SiteKind.choices, (UNNAMED, UNNAMED)], required=False)
    stalled = forms.BooleanField(label="停滞的", required=False)
    migrants = forms.BooleanField(label="农民工较多的", required=False)
    under = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    run = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    on = forms.DateField(required=False, widget=forms.HiddenInput)
    drive = forms.CharField(label="攻坚行动", required=False, max_length=10, widget=forms.HiddenInput)
    stage = forms.ChoiceField(label="步骤", choices=STAGES, required=False, widget=forms.HiddenInput)
    refusal = forms.ChoiceField(
        label="拒绝的原因", choices=[_ANY, *Refusal.choices], required=False, widget=forms.HiddenInput
    )
    township = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    community = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    site = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    union = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    owner = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def asked(self) -> dict[str, Any]:
        """The filters that are set, as the query takes them; a value that is no choice counts as not set."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}
        if "migrants" in found:
            found["migrants"] = "yes"
        if "stalled" in found:
            found["stalled"] = last_step_before(self.today, params.stall_days(on=self.today)).isoformat()
        if "q" in found:
            found["words"] = found.pop("q")
        return found

    def in_words(self) -> list[str]:
        """The filters that are set, as people read them."""
        self.is_valid()
        shown = {each.name for each in self.visible_fields()}
        asked = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}
        words = [f"{self[name].label}：{_shown(self[name], value)}" for name, value in asked.items() if name in shown]
        return words + [zh for name, zh in self.narrowed()]

    def narrowed(self) -> list[tuple[str, str]]:
        """What narrows the rows without a field to be seen, as a figure or the work list has opened them: field and
        words."""
        asked = self.asked()
        places = worklist.names_of([asked[name] for name in ("township", "community") if name in asked])
        found: list[tuple[str, str]] = []
        if "under" in asked:
            union = found_or_none(asked["under"])
            found.append(("under", f"{union.name if union else '所选工会'}及其下级"))
        found += [("run", "一次比对列出的，不管后来办得怎样")] if "run" in asked else []
        found += [("on", f"{day.year}年{day.month}月{day.day}日以前发现的") for day in [asked.get("on")] if day]
        if "drive" in asked:
            drive = drive_or_none(asked["drive"])
            found.append(("drive", f"攻坚行动“{drive.name if drive else '所选的'}”的单位，不管后来办得怎样"))
        found += [("stage", dict(STAGES)[asked["stage"]])] if "stage" in asked else []
        found += [("refusal", f"拒绝的原因：{Refusal(asked['refusal']).label}")] if "refusal" in asked else []
        for name in ("township", "community"):
            found += [(name, places.get(asked[name], asked[name]))] if name in asked else []
        found += [("site", asked["site"])] if "site" in asked else []
        found += [("union", "所选工会现在负责的")] if "union" in asked else []
        if "owner" in asked:
            found.append(("owner", "还没有责任人" if asked["owner"] == UNNAMED else "所选责任人的"))
        return found


def _shown(bound: forms.BoundField, value: Any) -> str:
    if isinstance(bound.field, forms.BooleanField):
        return "是"
    choices = dict(getattr(bound.field, "choices", ()))
    return str(choices.get(value, value))


class UnionField(ReachChoiceField):
    """Offers some unions and accepts any that a lead can be assigned to; or that each lead goes where it belongs."""

    def clean(self, value: Any) -> Any:
        return SUGGESTED if value == SUGGESTED else super().clean(value)


class AssignForm(forms.Form):
    """To which union, and until when. What is typed is looked up by the page at once, by the form when it is sent."""

    words = forms.CharField(label="找工会", max_length=40, required=False)
    to = UnionField(queries.answering, label="派给", required=False)
    due_on = forms.DateField(label="要求完成", required=False, widget=_day_input())

    def __init__(
        self, *args: Any, today: date, offered: queries.Offered | None = None, suggesting: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.offered = today, offered
        first = ("", "请选择") if not suggesting else (SUGGESTED, "各按建议，派给不同的工会")
        unions = offered.unions if offered else []
        self.fields["to"].widget.choices = [first, *((each.reference, each.name) for each in unions)]
        asks = {"hx-get": reverse("organising:unions"), "hx-target": "#union-choice", "hx-swap": "outerHTML"}
        asks |= {"hx-trigger": "input changed delay:300ms, search", "autocomplete": "off", "type": "search"}
        asks["placeholder"] = "名称里的两个字，或拼音首字母"
        if suggesting:
            asks["hx-vals"] = '{"suggesting": "1"}'
        self.fields["words"].widget.attrs |= asks

    def clean_due_on(self) -> date | None:
        due_on: date | None = self.cleaned_data["due_on"]
        if due_on is not None and due_on < self.today:
            raise forms.ValidationError("要求完成的日期不能早于今天")
        return due_on

    def clean(self) -> dict[str, Any]:
        """The union that was chosen; where something is typed, one whose name holds it: what a page has chosen
        beforehand is not what somebody typed."""
        cleaned = super().clean() or self.cleaned_data
        words = cleaned.get("words", "")
        if "to" not in cleaned:
            return cleaned
        if words:
            cleaned["to"] = self._named(words, cleaned["to"])
        elif not cleaned["to"]:
            self.add_error("to", "请选派给哪个工会")
        return cleaned

    def _named(self, words: str, chosen: Any) -> Organisation | None:
        """The only union whose name holds the words, or the one of them that was chosen."""
        if len(words) < queries.SHORTEST_WORDS:
            self.add_error("words", "找工会至少要输入两个字；不找就把这一格清空")
            return None
        found = queries.unions_named(words).unions
        if len(found) == 1 or chosen in found:
            return found[0] if len(found) == 1 else chosen
        several = f"有 {len(found)} 个工会的名称里有“{words}”，请选其中一个"
        self.add_error("to", several if found else f"没有找到名称里有“{words}”的工会，请换两个字再找")
        return None

    @property
    def chosen(self) -> Organisation | None:
        """None: each lead goes to the union that is suggested for it."""
        to = self.cleaned_data["to"]
        return None if to == SUGGESTED else to


class MadeFrom(forms.Form):
    """A form that changes a lead, and the version of it that the page showed; templates write that themselves."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class SetAsideForm(MadeFrom):
    unfit = forms.ChoiceField(
        label="怎么处理",
        choices=[
            ("no", "暂缓，下次比对再看"),
            ("yes", "不符合（已停业、人数不够、已有工会等）；过了复查期名单上仍有它，再请人看"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="原因", max_length=200)


class ReopenForm(forms.Form):
    again = forms.CharField(label="为什么恢复", max_length=150)


class EntrustForm(MadeFrom):
    """Who works on a lead: somebody with a post at the union that has it."""

    owner = forms.ChoiceField(label="责任人")
    next_on = forms.DateField(label="下次联系", required=False, widget=_day_input())

    def __init__(self, *args: Any, lead: Lead, today: date, **kwargs: Any) -> None:
        found = worklist.owners_at(lead.organisation, on=today)
        initial = {"owner": lead.owner.reference if lead.owner else "", "next_on": lead.next_on}
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.today, self.people = today, {each.reference: each for each in found}
        first = "请选择" if found else f"{lead.organisation.name}还没有登记能办理线索的人"
        choices = [("", first), *((each.reference, each.name) for each in found)]
        hint = "" if found else "请先在这个工会的档案里登记任职（如组织部干部），再来确定责任人。"
        self.fields["owner"] = forms.ChoiceField(label="责任人", choices=choices, help_text=hint)

    def clean_next_on(self) -> date | None:
        return _not_before(self.cleaned_data["next_on"], self.today)

    @property
    def chosen(self) -> Any:
        return self.people[self.cleaned_data["owner"]]


def _not_before(day: date | None, today: date) -> date | None:
    if day is not None and day < today:
        raise forms.ValidationError("下次联系的日期不能早于今天")
    return day


class PlaceForm(MadeFrom):
    """Where an employer is, where the address did not say it or said it wrong."""

    community = forms.CharField(label="村、社区", max_length=60, required=False)
    site_kind = forms.ChoiceField(
        label="聚集地", choices=[("", "不在园区、楼宇、市场、商街里"), *SiteKind.choices], required=False
    )
    site = forms.CharField(label="聚集地名称", max_length=60, required=False)

    field_order = ("township", "community", "site_kind", "site")

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        initial = {
            "township": lead.township.code if lead.township else "",
            "community": lead.community.name if lead.community else "",
            "site_kind": lead.site_kind,
            "site": lead.site,
        }
        super().__init__(*args, **{**kwargs, "initial": initial})
        choices = [("", "还不知道"), *((each.code, each.name) for each in worklist.townships_of(lead))]
        if lead.township and lead.township.code not in dict(choices):
            choices.append((lead.township.code, lead.township.name))
        self.fields["township"] = forms.ChoiceField(label="乡镇、街道", choices=choices, required=False)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        township, name = cleaned.get("township", ""), cleaned.get("community", "").strip()
        code = worklist.community_named(township, name) if township else ""
        if name and not township:
            self.add_error("township", "写了村、社区，请把它在哪个乡镇、街道也选上")
        elif name and not code:
            self.add_error("community", f"这个乡镇、街道里没有叫“{name}”的村或社区，请核对名称，不清楚的可以先空着")
        if bool(cleaned.get("site")) != bool(cleaned.get("site_kind")):
            self.add_error("site", "聚集地的类别和名称要一起填")
        cleaned["community"] = code
        return cleaned


class GroupForm(forms.Form):
    by = forms.ChoiceField(label="分组", choices=GROUPS)

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["by"]) if self.is_valid() else "township"


_UNKNOWN_OR = [("", "不清楚"), ("yes", "是"), ("no", "不是")]
#: The fields that a phone keeps until a visit is sent: codes and days, nothing that names anybody.
_KEPT_ON_THE_PHONE = ("on", "met", "told", "papers", "outcome", "refusal", "has_migrants", "next_on")


class VisitForm(forms.Form):
    """A visit, on one page, in the order in which it happens."""

    on = forms.DateField(label="走访日期", widget=_day_input())
    met = forms.ChoiceField(label="见到谁", choices=Met.choices, widget=forms.RadioSelect)
    met_name = forms.CharField(label="姓名或称呼", max_length=40, required=False)
    told = forms.MultipleChoiceField(
        label="讲了什么", choices=Told.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    papers = forms.MultipleChoiceField(
        label="留下什么材料", choices=Paper.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    outcome = forms.ChoiceField(label="结果", choices=Outcome.choices, widget=forms.RadioSelect)
    refusal = forms.ChoiceField(label="拒绝的原因", choices=[("", "没有拒绝"), *Refusal.choices], required=False)
    headcount = forms.IntegerField(label="现场了解的职工人数", min_value=0, max_value=1_000_000, required=False)
    has_migrants = forms.ChoiceField(label="农民工较多", choices=_UNKNOWN_OR, required=False)
    words = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    next_on = forms.DateField(label="下次联系", required=False, widget=_day_input())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"on": today}})
        self.today = today
        for name in _KEPT_ON_THE_PHONE:
            self.fields[name].widget.attrs["data-keep"] = ""

    def clean_has_migrants(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["has_migrants"])

    def clean_words(self) -> str:
        return _without_numbers(self.cleaned_data["words"])

    def clean_met_name(self) -> str:
        return _without_numbers(self.cleaned_data["met_name"])

    def clean(self) -> dict[str, Any]:
        """What cannot be so is said at its field, before anything is sent on."""
        cleaned = super().clean() or self.cleaned_data
        if {"on", "met", "outcome"} <= cleaned.keys() and not self.errors:
            at_least = params.listed_headcount(on=self.today)
            for name, why in rules.wrong_with(self.said, today=self.today, at_least=at_least).items():
                self.add_error(name, why)
        return cleaned

    @property
    def said(self) -> rules.Said:
        return rules.Said(**rules.kept(self.cleaned_data, self.fields))


_NUMBER = re.compile(r"\d{11,}")


def _without_numbers(text: str) -> str:
    """Phones and identity numbers have no place in what a visit says."""
    if _NUMBER.search(text):
        raise forms.ValidationError("这里不要写手机号、身份证号或别的长号码，请删去后再提交")
    return text


class StepForm(MadeFrom):
    """A step from a refusal: what the move asks to be said."""

    words = forms.CharField(label="说明", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
