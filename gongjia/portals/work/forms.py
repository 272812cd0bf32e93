"""Filters of the work portal's lists, and the forms that change the tree."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from django import forms
from django.db.models import TextChoices

from gongjia.backbone.accounts.words import ClosingReason, ResetReason
from gongjia.backbone.employers.words import INDUSTRIES
from gongjia.backbone.employers.words import Kind as EmployerKind
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.memberships.words import Origin
from gongjia.backbone.memberships.words import State as MembershipState
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.rules import may_stand_under
from gongjia.backbone.organisations.words import Kind, State
from gongjia.backbone.people.words import EmploymentForm, Group, Sex, SkillLevel
from gongjia.backbone.posts.words import PostEnding, Role
from gongjia.engines.figures.indicators import BLANK
from gongjia.kernel.numbers import BadNumber, uscc
from gongjia.portals.work.queries import COUNTED, unions_named

_ANY = ("", "全部")
#: So many unions that fit a name are looked at; but the last of them are named.
MOST_FITTING = 6


def _choices(words: type[TextChoices]) -> list[tuple[str, str]]:
    """Any, then each value; an empty value is asked for by the name that figures give it."""
    return [_ANY, *((value or BLANK, str(zh)) for value, zh in words.choices)]


class ListFilter(forms.Form):
    """What every list can be asked: the words, the subtree, and the day whose figure it opens."""

    q = forms.CharField(label="名称", required=False, max_length=40)
    under = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    on = forms.DateField(required=False, widget=forms.HiddenInput)

    #: What the hidden fields are set to, in words: the bar of filters shows each as a chip.
    hidden_zh: Mapping[str, str] = MappingProxyType({})

    def asked(self, today: date) -> dict[str, Any]:
        """The filters that are set, as the query takes them; a value that is no choice counts as not set. Today needs
        no day: the rows themselves are today's."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if "q" in found:
            found["words"] = found.pop("q")
        if found.get("on") and found["on"] >= today:
            del found["on"]
        self.hidden_zh = _scope_in_words(found.get("under", ""), found.get("on"))
        return found


def _scope_in_words(under: str, on: date | None) -> dict[str, str]:
    """The narrowing that stands in no field to see, as the chips above the list say it."""
    words = {}
    if organisation := organisations.found_or_none(under) if under else None:
        words["under"] = f"范围：{organisation.short_name or organisation.name}"
    if on is not None:
        words["on"] = f"日期：{on.year}年{on.month}月{on.day}日"
    return words


class UnionFilter(ListFilter):
    kind = forms.ChoiceField(
        label="类型", choices=[_ANY, (COUNTED, "基层工会（含联合）"), *Kind.choices], required=False
    )
    industry = forms.ChoiceField(label="行业", choices=[_ANY, *INDUSTRIES.items(), (BLANK, "未填")], required=False)
    state = forms.ChoiceField(label="状态", choices=[("", "正常和筹备中"), *State.choices], required=False)
    overdue = forms.ChoiceField(label="换届", choices=[_ANY, ("yes", "任期已满未换届")], required=False)


class EmployerFilter(ListFilter):
    kind = forms.ChoiceField(label="单位类型", choices=[*_choices(EmployerKind), (BLANK, "未填")], required=False)
    industry = forms.ChoiceField(label="行业", choices=[_ANY, *INDUSTRIES.items(), (BLANK, "未填")], required=False)
    covered = forms.ChoiceField(
        label="工会", choices=[_ANY, ("yes", "已有工会覆盖"), ("no", "没有工会")], required=False
    )
    least = forms.TypedChoiceField(
        label="职工人数",
        choices=[_ANY, ("25", "25 人以上"), ("100", "100 人以上"), ("200", "200 人以上")],
        required=False,
        coerce=int,
        empty_value=None,
    )
    state = forms.ChoiceField(label="登记状态", choices=_choices(EmployerState), required=False)


class MemberFilter(ListFilter):
    group = forms.ChoiceField(label="职业群体", choices=_choices(Group), required=False)
    sex = forms.ChoiceField(label="性别", choices=_choices(Sex), required=False)
    form = forms.ChoiceField(label="用工形式", choices=_choices(EmploymentForm), required=False)
    level = forms.ChoiceField(label="技能等级", choices=_choices(SkillLevel), required=False)
    state = forms.ChoiceField(label="会籍", choices=[("", "现有会籍"), *MembershipState.choices], required=False)
    origin = forms.ChoiceField(label="入会方式", choices=[_ANY, *Origin.choices], required=False)
    migrant = forms.ChoiceField(
        label="农民工", choices=[_ANY, ("yes", "是"), ("no", "不是"), (BLANK, "未填")], required=False
    )
    joined = forms.ChoiceField(choices=[_ANY, ("year", "本年新入会")], required=False, widget=forms.HiddenInput)

    def asked(self, today: date) -> dict[str, Any]:
        """Who joined in a year is asked until a day of it: today, where none is given."""
        found = super().asked(today)
        if found.pop("joined", ""):
            found["joined_until"] = found.pop("on", today)
            self.hidden_zh = {**self.hidden_zh, "joined": f"{found['joined_until'].year} 年新入会"}
        return found


class UnionField(forms.CharField):
    """A union in reach, named by its reference, its full name, its initials or two characters of it, when only one
    fits. A full name wins over all that merely hold it."""

    def clean(self, value: Any) -> Any:
        words = str(super().clean(value)).strip()
        fitting = unions_named(words, most=MOST_FITTING) if words else []
        if not fitting:
            raise forms.ValidationError("没有找到这个工会。请核对名称，或者它不在您负责的范围内。")
        if len(fitting) > 1:
            names = "、".join(each.name for each in fitting[: MOST_FITTING - 1])
            more = "等" if len(fitting) == MOST_FITTING else ""
            raise forms.ValidationError(f"有好几个工会符合：{names}{more}。请写其中一个的全称。")
        return fitting[0]


class DatedForm(forms.Form):
    """A form with a day that is today or gone by: what is still to come is registered when it comes."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField):
                self.initial.setdefault(name, today)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name, value in cleaned.items() if isinstance(value, date) and value > self.today]:
            self.add_error(name, "日期不能晚于今天；到了那天再来办理。")
        return cleaned


def _day(label: str) -> forms.DateField:
    """A day in the browser's own field, which reads no other writing of a day than this one."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class MoveForm(DatedForm):
    """Where a union goes."""

    superior = UnionField(label="新的上级工会", max_length=120, help_text="写全称或简称，找到唯一一个为止")
    on = _day("从哪一天起")
    reason = forms.CharField(label="原因", max_length=120, help_text="例如：企业迁入、理顺组织关系，写明批复文号")


class FoundForm(DatedForm):
    """An organisation to set up: the kinds are those that may stand under the superior."""

    kind = forms.ChoiceField(label="类型")
    name = forms.CharField(label="工会全称", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    founded_on = _day("成立日期")
    approval_number = forms.CharField(label="批复文号", max_length=60, help_text="例如：咸工发〔2026〕12号")
    uscc = forms.CharField(label="工会统一社会信用代码", max_length=18, required=False)
    term_years = forms.TypedChoiceField(
        label="每届任期", choices=[("", "不设届次"), ("3", "三年"), ("5", "五年")], coerce=int, required=False,
        empty_value=None,
    )  # fmt: skip

    def __init__(self, *args: Any, superior_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.value, each.label) for each in Kind if may_stand_under(each, superior_kind)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def clean_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"])

    def clean_uscc(self) -> str:
        return _code(self.cleaned_data["uscc"])


class AmendForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="工会全称", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    short_name = forms.CharField(label="简称", max_length=60, required=False)
    uscc = forms.CharField(label="工会统一社会信用代码", max_length=18, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    approval_number = forms.CharField(label="批复文号", max_length=60, required=False)

    @classmethod
    def of(cls, organisation: Any) -> dict[str, Any]:
        return {name: getattr(organisation, name) for name in cls.base_fields}

    def clean_uscc(self) -> str:
        return _code(self.cleaned_data["uscc"])


class MergeForm(DatedForm):
    into = UnionField(label="由哪个工会承接", max_length=120, help_text="写全称或简称，找到唯一一个为止")
    on = _day("从哪一天起")
    approval_number = forms.CharField(label="批复文号", max_length=60)


class DissolveForm(DatedForm):
    on = _day("从哪一天起")
    approval_number = forms.CharField(label="批复文号", max_length=60)
    reason = forms.CharField(label="原因", max_length=120, help_text="例如：企业注销")


class HeadsForm(DatedForm):
    count = forms.IntegerField(
        label="职工人数", min_value=0, max_value=10_000_000, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    on = _day("哪一天核实的")


class CoverForm(DatedForm):
    union = UnionField(label="由哪个工会覆盖", max_length=120, help_text="写全称或简称，找到唯一一个为止")
    from_on = _day("从哪一天起")
    reason = forms.CharField(label="说明", max_length=120, required=False)


class UncoverForm(DatedForm):
    until_on = _day("到哪一天为止")
    reason = forms.CharField(label="原因", max_length=120)


class AppointForm(forms.Form):
    union = UnionField(label="在哪个工会任职", max_length=120)
    role = forms.TypedChoiceField(label="职务", choices=Role.choices, coerce=Role)
    from_on = _day("从哪一天起")
    is_full_time = forms.BooleanField(label="专职", required=False)
    basis = forms.CharField(
        label="依据", max_length=60, required=False, help_text="批复文号或会议决议；原来已有这个职务的人时必填"
    )

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = cast("forms.TypedChoiceField", self.fields["role"])
        role.choices = [("", "请选择"), *((each, each.label) for each in roles)]


class AuditFilter(forms.Form):
    """What the record can be asked."""

    q = forms.CharField(label="人员姓名", required=False, max_length=30)
    union = forms.CharField(label="工会", required=False, max_length=60)
    since = forms.DateField(label="从哪一天", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到哪一天", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    action = forms.ChoiceField(label="事项", required=False)
    only = forms.CharField(required=False, max_length=6, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["action"]).choices = [_ANY, *actions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("since", "开始的日子晚于结束的日子，两个都没有用上")
            cleaned.pop("until")
        return cleaned

    def asked(self) -> dict[str, Any]:
        """The filters as the query takes them; a value that is no day or no choice counts as not set."""
        self.is_valid()
        found = {"words": "q", "union": "union", "since": "since", "until": "until", "action": "action"}
        return {name: value for name, key in found.items() if (value := self.cleaned_data.get(key))}


class AccountFilter(forms.Form):
    """What the list of accounts can be asked."""

    q = forms.CharField(label="姓名或登录名", required=False, max_length=40)
    show = forms.ChoiceField(
        label="任职",
        choices=[_ANY, ("officers", "要用密码登录的干部"), ("others", "基层工会任职的人"), ("former", "已经离任")],
        required=False,
    )
    state = forms.ChoiceField(
        label="账号",
        choices=[
            _ANY, ("open", "使用中"), ("none", "还没有账号"), ("bare", "使用中，没有设动态码"), ("closed", "已停用"),
        ],
        required=False,
    )  # fmt: skip

    def asked(self) -> dict[str, str]:
        """The filters as the query takes them; a value that is no choice counts as not set."""
        self.is_valid()
        return {
            name: self.cleaned_data.get(key, "") for name, key in (("words", "q"), ("show", "show"), ("state", "state"))
        }


def _username(**facts: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    hint = "3 到 40 个小写字母、数字或 . _ -，以字母开头"
    return forms.CharField(label="登录名", max_length=40, widget=forms.TextInput(attrs=attrs), help_text=hint, **facts)


def _seen(words: str) -> forms.BooleanField:
    return forms.BooleanField(label=words, error_messages={"required": "请先核对，再勾选"})


class OpenAccountForm(forms.Form):
    username = _username()
    seen = _seen("我已核对，确实是任职的本人需要账号")


class IssuePasswordForm(forms.Form):
    """The name is asked only of whoever came by phone so far and never had a password."""

    username = _username()
    seen = _seen("我已当面或打登记的电话核对，确实是本人要求")

    def __init__(self, *args: Any, username: str, suggested: str, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_password:
            del self.fields["username"]
        else:
            self.initial.setdefault("username", suggested or username)


class ResetSecondFactorForm(forms.Form):
    reason = forms.TypedChoiceField(label="原因", choices=[("", "请选择"), *ResetReason.choices], coerce=ResetReason)
    seen = _seen("我已当面或打登记的电话核对，确实是本人要求")


class CloseAccountForm(forms.Form):
    reason = forms.TypedChoiceField(
        label="原因", choices=[("", "请选择"), *ClosingReason.choices], coerce=ClosingReason
    )


class ReopenAccountForm(forms.Form):
    seen = _seen("我已核对，本人现在还需要这个账号")


class EndPostForm(forms.Form):
    """Which of some posts ends, when and why. A day that is still to come is taken: access ends when it comes."""

    post = forms.TypedChoiceField(label="谁离任", widget=forms.RadioSelect)
    until_on = _day("从哪一天起不再任职")
    ending = forms.TypedChoiceField(label="原因", choices=[("", "请选择"), *PostEnding.choices], coerce=PostEnding)
    ending_basis = forms.CharField(
        label="依据",
        max_length=60,
        required=False,
        help_text="批复文号、会议决议；主席、副主席任期未满调动或罢免的必填",
    )

    def __init__(self, *args: Any, posts: Sequence[Any], with_names: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = {str(each.pk): each for each in posts}
        field: Any = self.fields["post"]
        field.coerce = found.__getitem__
        field.choices = [(pk, _post_zh(each, with_name=with_names)) for pk, each in found.items()]
        self.initial.setdefault("until_on", today)
        if len(found) == 1:
            self.initial.setdefault("post", next(iter(found)))


def _post_zh(post: Any, *, with_name: bool) -> str:
    who = post.person.name if with_name else post.organisation.name
    ends = f"，已登记 {post.ended_zh}" if post.until_on else ""
    return f"{who}　{post.get_role_display()}（从 {post.from_on:%Y-%m-%d}{ends}）"


def _code(words: str) -> str:
    try:
        return uscc(words) if words else ""
    except BadNumber as error:
        raise forms.ValidationError(error.reason_zh) from error


class OnDayForm(forms.Form):
    """Which past day a list is asked for."""

    on = _day("查看哪一天")
