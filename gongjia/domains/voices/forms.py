"""What workers and officers type about a voice."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.urls import reverse

from gongjia.domains.voices import attaching, queries, rules
from gongjia.domains.voices.words import BY_HAND, Channel, Identity, Refusal, Subject, Tag, Topic, Wish
from gongjia.kernel.numbers import is_mobile
from gongjia.kernel.references import is_tracking_code, new_tracking_code

MOST_WORDS = 3000
_UNSET = [("", "请选择")]


def _day(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **kwargs)


def _area(label: str, *, rows: int = 4, most: int = 300, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class _Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several pictures and sounds. What each is, is read from its content."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", _Files(attrs={"accept": "image/*,audio/*", "multiple": True}))
        super().__init__(required=False, **kwargs)
        self.on: date | None = None

    def clean(self, data: Any, initial: Any = None) -> Any:
        sent = [super(FilesField, self).clean(each, initial) for each in (data or [])]
        faults = attaching.faults_of(sent, on=self.on or date.max.replace(year=2100)) if sent else []
        if faults:
            raise forms.ValidationError([*faults, "其他内容都还在；照片和录音请重新选一次。"])
        return sent


class WordsForm(forms.Form):
    """The first step: in one's own words."""

    words = _area(
        "想说什么，直接写",
        rows=6,
        most=MOST_WORDS,
        help_text="什么单位、什么时候、什么事、希望怎样。写个大概就行，下一步可以附照片和录音",
        error_messages={"required": "还没有写。说一两句就行，例如：三个月没发工资了。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """While somebody types, what may help is looked up; without script that stands on the next page."""
        super().__init__(*args, **kwargs)
        self.fields["words"].widget.attrs |= {
            "hx-post": reverse("voices:suggest"),
            "hx-trigger": "keyup changed delay:700ms",
            "hx-target": "#suggested",
        }


class SpeakForm(WordsForm):
    """The second step: what was suggested and what is known stand there already; nothing but words must be typed."""

    subject = forms.ChoiceField(label="是哪一类事", choices=[*_UNSET, *Subject.choices()])
    employer_name = forms.CharField(
        label="单位名称", max_length=120, required=False, help_text="合同、工资条、厂牌上的名称；只知道叫法也可以写"
    )
    employer = forms.ChoiceField(label="是这个单位吗", required=False, widget=forms.RadioSelect)
    region = forms.ChoiceField(label="在哪个区县", error_messages={"required": "请选择区县，才知道由哪里的工会办。"})
    identity = forms.ChoiceField(label="让谁知道是我", widget=forms.RadioSelect, initial=Identity.HIDDEN)
    wish = forms.ChoiceField(
        label="希望工会怎么做", choices=[("", "还没想好"), *Wish.choices()], required=False, widget=forms.RadioSelect
    )
    tags = forms.MultipleChoiceField(
        label="我是", choices=Tag.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    attached = FilesField(label="照片、录音", help_text="手机里直接拍、直接录。照片里的位置和时间会先去掉")
    claimed = forms.DecimalField(label="涉及多少钱（元）", required=False, min_value=0, max_digits=12, decimal_places=2)
    people = forms.IntegerField(label="涉及几个人", required=False, min_value=1, max_value=100000)
    knew_on = _day("哪天知道的", required=False, help_text="用来提醒仲裁时效")
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    code = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, on: date, counties: Sequence[Any], offered: Sequence[Any], identities: Sequence[Identity],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["region"]).choices = [
            *_UNSET,
            *((each.code, each.name) for each in counties),
        ]
        cast("forms.ChoiceField", self.fields["identity"]).choices = [(each.value, each.zh) for each in identities]
        cast("FilesField", self.fields["attached"]).on = on
        if offered:
            choices = [(each.reference, each.name) for each in offered]
            cast("forms.ChoiceField", self.fields["employer"]).choices = [*choices, ("other", "不是，或者不确定")]
        else:
            del self.fields["employer"]

    def clean_region(self) -> Any:
        found = queries.county(self.cleaned_data["region"])
        if found is None:
            raise forms.ValidationError("请选择区县，才知道由哪里的工会办。")
        return found

    def clean_people(self) -> int:
        return self.cleaned_data["people"] or 1


class SupplyForm(forms.Form):
    words = _area("补充的内容", error_messages={"required": "请写一两句补充了什么。"})
    attached = FilesField(label="照片、录音")
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("FilesField", self.fields["attached"]).on = on


class RateForm(forms.Form):
    words = _area("想说的话", rows=3, required=False, help_text="不满意的，请写哪里不满意：会按这个重新办理")


class TakeForm(forms.Form):
    """A call, a visit, a letter, or what another body sent on, in one screen."""

    channel = forms.ChoiceField(
        label="从哪里来", choices=[(each.value, each.zh) for each in BY_HAND], initial=Channel.HOTLINE
    )
    organisation = forms.ChoiceField(label="登记到")
    received_on = _day("收到日期")
    words = _area("反映的内容", rows=6, most=MOST_WORDS, error_messages={"required": "请写下反映的内容，原话最好。"})
    subject = forms.ChoiceField(label="类别", choices=[("", "按内容判断"), *Subject.choices()], required=False)
    wish = forms.ChoiceField(label="希望", choices=[("", "没有说"), *Wish.choices()], required=False)
    is_urgent = forms.BooleanField(label="紧急：2 小时内要联系到人", required=False)
    employer_name = forms.CharField(label="单位名称", max_length=120, required=False)
    is_nickname = forms.BooleanField(label="只知道这个叫法，问过了", required=False)
    region = forms.ChoiceField(label="在哪个区县")
    caller_name = forms.CharField(label="姓名", max_length=30, required=False, help_text="不愿说的空着，按匿名登记")
    phone = forms.CharField(label="联系电话", max_length=20, required=False, help_text="加密保存；查阅有记录")
    is_open_to_own_union = forms.BooleanField(label="本人同意让单位的工会知道", required=False)
    tags = forms.MultipleChoiceField(
        label="群体", choices=Tag.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(label="涉及人数", required=False, min_value=1, max_value=100000)
    claimed = forms.DecimalField(label="涉及金额（元）", required=False, min_value=0, max_digits=12, decimal_places=2)
    knew_on = _day("哪天知道的", required=False)
    note = forms.CharField(label="来文编号、补登说明", max_length=200, required=False)
    attached = FilesField(label="照片、录音")
    seen = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    code = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, on: date, organisations: Sequence[Any], counties: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("received_on", on)
        offered = cast("forms.ChoiceField", self.fields["organisation"])
        offered.choices = [(each.reference, each.name) for each in organisations]
        cast("forms.ChoiceField", self.fields["region"]).choices = [
            *_UNSET,
            *((each.code, each.name) for each in counties),
        ]
        if len(counties) == 1:
            self.initial.setdefault("region", counties[0].code)
        cast("FilesField", self.fields["attached"]).on = on

    def clean_phone(self) -> str:
        typed = "".join(self.cleaned_data["phone"].split())
        if typed and not (is_mobile(typed) or (typed.lstrip("0").isdigit() and len(typed) >= 7)):
            raise forms.ValidationError("这不像一个电话号码：手机 11 位；座机写区号和号码，不加横线。")
        return typed

    def clean_region(self) -> Any:
        return queries.county(self.cleaned_data["region"])

    def clean_people(self) -> int:
        return self.cleaned_data["people"] or 1

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name = cleaned.get("employer_name", "")
        known = queries.employer_named(name)
        cleaned["employer"] = known
        if not cleaned.get("is_nickname") and (said := rules.name_warning(name, is_known=known is not None)):
            self.add_error("employer_name", f"{said}问过确实只知道叫法的，勾选下面一项再登记。")
        return cleaned


class FilterForm(forms.Form):
    """The list of the desk, as an address."""

    subject = forms.ChoiceField(label="类别", choices=[("", "全部类别"), *Subject.choices()], required=False)
    channel = forms.ChoiceField(label="渠道", choices=[("", "全部渠道"), *Channel.choices()], required=False)
    clock = forms.ChoiceField(
        label="期限", choices=[("", "不限"), ("late", "已超期"), ("today", "今天到期")], required=False
    )
    tag = forms.ChoiceField(label="群体", choices=[("", "全部"), *Tag.choices()], required=False)
    group = forms.ChoiceField(label="群体性", choices=[("", "不限"), ("yes", "只看群体性")], required=False)
    tab = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    words = _area("说明", rows=3, error_messages={"required": "请写明，本人会看到。"})


class RefuseForm(forms.Form):
    refusal = forms.ChoiceField(label="哪种情形", choices=Refusal.choices, widget=forms.RadioSelect)
    words = _area("怎样告诉本人", rows=3, error_messages={"required": "请写明理由，本人会看到。"})


class AnswerForm(forms.Form):
    words = _area(
        "答复",
        rows=8,
        most=MOST_WORDS,
        required=False,
        help_text="查了什么、结果怎样、依据什么、不同意的找谁。本人会看到全文",
    )


class VisitForm(forms.Form):
    outcome = forms.ChoiceField(
        label="回访结果",
        choices=[("yes", "满意"), ("no", "不满意，重新办理"), ("none", "联系不上")],
        widget=forms.RadioSelect,
    )
    words = _area("本人怎么说、怎样联系的", rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") in {"no", "none"} and not cleaned.get("words", "").strip():
            self.add_error("words", "不满意的写明哪里不满意；联系不上的写明怎样联系过几次。")
        return cleaned


class EmployerForm(forms.Form):
    """Which registered employer a voice is about; the nearest names where none has exactly this one."""

    name = forms.CharField(label="单位全称或者统一社会信用代码", max_length=120)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data.pop("name", "")
        found = queries.employer_named(typed)
        if typed and found is None:
            near = "、".join(each.name for each in queries.employers_like(typed))
            self.add_error("name", f"没有登记成这个名称的单位。{f'是不是：{near}？' if near else '请核对全称。'}")
        return {**self.cleaned_data, "employer": found}


class SmallForm(forms.Form):
    """A voice becomes part of a small matter: a new one, or one that stands."""

    title = forms.CharField(
        label="这件小事叫什么", max_length=60, help_text="公开时大家看到的就是这句话：不写人名、不写岗位"
    )


class PromiseForm(forms.Form):
    title = forms.CharField(label="什么事", max_length=60)
    promise = forms.CharField(label="办成什么样", max_length=200)
    promised_by = forms.CharField(label="谁来办", max_length=60, help_text="写部门或者职务，不写姓名")
    promised_for = _day("哪天以前办好")
    version = forms.IntegerField(widget=forms.HiddenInput)


class DoneForm(forms.Form):
    done_on = _day("哪天办好的")
    words = forms.CharField(label="办成了什么样", max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class DropForm(forms.Form):
    words = forms.CharField(label="为什么不列入", max_length=200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class EntryForm(forms.Form):
    """An answer of the book."""

    topic = forms.ChoiceField(label="分类", choices=Topic.choices)
    question = forms.CharField(label="问题", max_length=120)
    answer = _area("回答", rows=7, most=2000)
    source = forms.CharField(label="依据（法律、条文）", max_length=200)
    words = forms.CharField(label="还有人这样问", max_length=200, required=False, help_text="几个说法用空格分开")
    reviewed_on = _day("和条文核对的日期")
    is_shown = forms.BooleanField(label="在用", required=False, help_text="不用了就取消勾选，本会和下级的职工就看不到")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def code_in(cleaned: Mapping[str, Any]) -> str:
    """The code that a form brought along, so that sending it twice gives the same; a new one where it was damaged."""
    code: str = cleaned.get("code", "")
    return code if is_tracking_code(code) else new_tracking_code()
