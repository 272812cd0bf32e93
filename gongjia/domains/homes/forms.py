"""What a union types of its public face, and how a superior asks for what is missing."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from django import forms

from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.office_lines import OfficeLineField
from gongjia.backbone.posts.models import Post
from gongjia.domains.homes import params, rules
from gongjia.domains.homes.coverage import ANY
from gongjia.domains.homes.models import Duty, UnionSite
from gongjia.domains.homes.queries import SITE, SITE_ZH
from gongjia.domains.homes.words import DisplayKind

_SITE_FIELDS = ("name", "is_union", "is_station", "is_home", "address", "hours", "service_line", "staff", "words")


def _day_input() -> forms.DateInput:
    """A browser shows a day that is set only if it comes in this one format."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class _KeyForm(forms.Form):
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class ShowForm(_KeyForm):
    """Since when, and where, a thing is shown."""

    shown_on = forms.DateField(label="哪天开始展示", widget=_day_input())
    place = forms.CharField(
        label="展示在哪里", max_length=60, required=False, help_text="例如：办公楼一层大厅、厂门口公告栏"
    )


class CheckForm(_KeyForm):
    """What a superior saw; neither answer is chosen beforehand."""

    is_there = forms.ChoiceField(
        label="现场看到了吗",
        choices=[("yes", "看到了，和登记的一样"), ("no", "没有看到，或者和登记的不一样")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择现场有没有看到。"},
    )
    on = forms.DateField(label="核实日期", widget=_day_input())
    words = forms.CharField(
        label="看到的情况", max_length=200, required=False, help_text="没有看到的必须写，主席会收到这句话",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class DutyForm(_KeyForm):
    """What a post is to do, and what its holder promises."""

    duty = forms.CharField(
        label="岗位职责", max_length=600, widget=forms.Textarea(attrs={"rows": 6}), help_text="一行一条"
    )
    promise = forms.CharField(
        label="履职承诺", max_length=600, required=False, help_text="一行一条；写做得到、看得见的",
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, data: Any, *, row: Duty | None, offered: tuple[str, str], key: str) -> "DutyForm":
        duty, promise = (row.duty, row.promise) if row else offered
        initial = {"duty": duty, "promise": promise, "version": row.version if row else 0, "key": key}
        return cls(data, initial=initial)


class PaperConsentForm(_KeyForm):
    """Who agreed on paper; the holders are those of the union that are not named yet."""

    holder = forms.ChoiceField(label="谁同意公开", widget=forms.RadioSelect)
    office_line = OfficeLineField(label="办公电话", help_text="会公开给所有人看；没有就空着，不要填个人手机号")
    seen = forms.BooleanField(
        label="本人已在同意书上签字，原件存在工会",
        error_messages={"required": "没有本人签字的同意书，不能公开姓名。"},
    )

    def __init__(self, *args: Any, posts: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {f"{each.role}-{each.person.reference}": each for each in posts}
        choices = [(code, f"{each.get_role_display()} {each.person.name}") for code, each in self.posts.items()]
        cast("forms.ChoiceField", self.fields["holder"]).choices = choices

    @property
    def post(self) -> Post:
        return self.posts[self.cleaned_data["holder"]]


class AgreeForm(_KeyForm):
    """The holder of a post agrees to be named."""

    post = forms.CharField(max_length=60, widget=forms.HiddenInput)
    office_line = OfficeLineField(label="办公电话", help_text="会公开给所有人看；没有就空着，不要填个人手机号")


class SiteForm(_KeyForm):
    """The one record of a site."""

    name = forms.CharField(label="阵地名称", max_length=60, help_text="例如：某某公司职工之家")
    is_union = forms.BooleanField(label="工会在这里办公", required=False)
    is_station = forms.BooleanField(label="职工服务站在这里", required=False)
    is_home = forms.BooleanField(label="职工之家在这里", required=False)
    address = forms.CharField(label="地址", max_length=200, help_text="写到门牌和楼层，第一次来的人找得到")
    hours = forms.CharField(
        label="开放时间", max_length=100, required=False, help_text="例如：周一至周六 8:30–20:00，节假日照常"
    )
    service_line = OfficeLineField(label="服务电话", help_text="办公电话，要带区号；没有就空着")
    staff = forms.IntegerField(label="在岗服务的人数", min_value=0, max_value=500, required=False)
    services = forms.MultipleChoiceField(label="服务项目", required=False, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(
        label="还要说明的", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：从二号门进，电梯到三楼",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, site: UnionSite | None, offered: Sequence[str], **kwargs: Any) -> None:
        kwargs["initial"] = {**_initial_site(site), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        kept = [each for each in (site.services if site else []) if each not in offered]
        field = cast("forms.MultipleChoiceField", self.fields["services"])
        field.choices = [(each, each) for each in [*offered, *kept]]

    def clean(self) -> dict[str, Any]:
        """What cannot be so is said at its field."""
        cleaned = super().clean() or self.cleaned_data
        said = {name: cleaned.get(name, False) for name in ("is_union", "is_station", "is_home")}
        more = {"hours": cleaned.get("hours", ""), "services": cleaned.get("services", [])}
        for name, why in rules.wrong_with_site(**said, **more).items():
            if name not in self.errors:
                self.add_error(name, why)
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What the verb takes of it."""
        return {name: self.cleaned_data[name] for name in (*_SITE_FIELDS, "services")}


def _initial_site(site: UnionSite | None) -> dict[str, Any]:
    if site is None:
        return {"version": 0, "is_union": True}
    return {name: getattr(site, name) for name in (*_SITE_FIELDS, "services", "version")}


class UseSiteForm(_KeyForm):
    """The site of another union that serves this one."""

    site = forms.ChoiceField(
        label="用哪一个阵地", widget=forms.RadioSelect, error_messages={"required": "请选一个阵地。"}
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["site"]).choices = list(offered)


class BoardFilter(forms.Form):
    """Which unions: what they show, what they lack, under which organisation, on which day."""

    q = forms.CharField(label="名称", required=False, max_length=40)
    missing = forms.ChoiceField(label="缺什么", required=False)
    shown = forms.ChoiceField(label="有什么", required=False)
    under = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    on = forms.DateField(required=False, widget=forms.HiddenInput)

    #: What the hidden fields are set to, in words: the bar of filters shows each as a chip.
    hidden_zh: Mapping[str, str] = MappingProxyType({})

    def __init__(self, *args: Any, words: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lacking = [(code, f"没有{zh}") for code, zh in words.items()]
        missing, shown = (
            cast("forms.ChoiceField", self.fields["missing"]),
            cast("forms.ChoiceField", self.fields["shown"]),
        )
        missing.choices = [("", "不限"), (ANY, "缺任意一项"), *lacking, (SITE, f"没有{SITE_ZH}")]
        shown.choices = [
            ("", "不限"),
            *words.items(),
            (DisplayKind.ALL.value, str(DisplayKind.ALL.label)),
            (SITE, f"有{SITE_ZH}"),
        ]

    def asked(self, today: date) -> dict[str, Any]:
        """The filters that are set, as the query takes them; a value that is no choice counts as not set."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if "q" in found:
            found["words"] = found.pop("q")
        if found.get("on") and found["on"] >= today:
            del found["on"]
        words: dict[str, str] = {}
        self.union: Organisation | None = organisations.found_or_none(found["under"]) if "under" in found else None
        if self.union is not None:
            words["under"] = f"范围：{self.union.short_name or self.union.name}"
        if on := found.get("on"):
            words["on"] = f"日期：{on.year}年{on.month}月{on.day}日"
        self.hidden_zh = words
        return found


def words_of(organisation: Organisation, *, on: date) -> dict[str, str]:
    """What the three are called at an organisation, for forms and pages."""
    return params.display_words(on=on, region=organisation.region.code)
