"""What is typed of plans, visits and what they found."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django import forms

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.queries import found_or_none
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork import params, rules
from gongjia.domains.fieldwork.forms import (
    KeyForm,
    WordsField,
    day_input,
    long_text,
    post_code,
    post_words,
    set_choices,
    union_choices,
)
from gongjia.domains.fieldwork.visits.observing import Seen
from gongjia.domains.fieldwork.words import COUNTED, Again, Checked, Grade, ObservationKind, Spoken
from gongjia.kernel.moments import SHANGHAI, local

#: So many observations can be written in the form of a visit; further ones each on a page of its own.
IN_ONE_FORM = 3
_CHOOSE = ("", "请选择")


class PlanForm(KeyForm):
    """A plan: why, what is looked at, when, who, where."""

    purpose = forms.CharField(label="走访目的", max_length=120)
    items = forms.CharField(
        label="查看清单", required=False, max_length=1200, widget=long_text(5),
        help_text="一行一项，写成看得出“是”还是“不是”的话，例如：驿站按公布的时间开门",
    )  # fmt: skip
    from_on = forms.DateField(label="从哪天", widget=day_input())
    to_on = forms.DateField(label="到哪天", widget=day_input())
    goers = forms.MultipleChoiceField(label="谁去", widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(label="同去的其他人", max_length=120, required=False)
    topic = forms.ChoiceField(label="属于哪个课题", required=False)
    place = forms.MultipleChoiceField(label="去哪里", widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, posts: Sequence[Post], topics: Sequence[Any], places: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {post_code(each): each for each in posts}
        self.topics = {each.reference: each for each in topics}
        set_choices(self, "goers", [(code, post_words(each)) for code, each in self.posts.items()])
        set_choices(self, "topic", [("", "不属于课题"), *((each.reference, each.name) for each in topics)])
        set_choices(self, "place", places)

    def clean_items(self) -> list[str]:
        lines = [line.strip()[:80] for line in self.cleaned_data["items"].splitlines()]
        return [line for line in lines if line][:30]

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        kept = {name: said[name] for name in ("purpose", "items", "from_on", "to_on", "others", "key")}
        goers = [self.posts[code] for code in said["goers"]]
        return {**kept, "goers": goers, "topic": self.topics.get(said["topic"])}


class PlacesForm(KeyForm):
    """More places for a plan."""

    place = forms.MultipleChoiceField(label="去哪里", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "place", places)


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class VisitForm(KeyForm):
    """A visit on a phone. `data-keep`: codes, numbers and moments that the phone keeps until it has arrived."""

    arrived_at = forms.DateTimeField(
        label="到达时间",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    words = WordsField(label="总的情况", max_length=600, required=False)
    spoken_names = forms.CharField(
        label="愿意留名的人", max_length=120, required=False, help_text="本人愿意才写；不写也可以"
    )
    photos = forms.FileField(
        label="照片", required=False, widget=_ManyFiles(attrs={"accept": "image/jpeg,image/png"}),
        help_text="可以不拍。最多 6 张，照片里的位置、时间和机型会自动去掉",
    )  # fmt: skip

    def __init__(self, *args: Any, items: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item_names = [f"item_{number}" for number, _ in enumerate(items)]
        for name, zh in zip(self.item_names, items, strict=True):
            self.fields[name] = forms.ChoiceField(
                label=zh, required=False, choices=Checked.choices, widget=forms.RadioSelect
            )
        self.spoken_field_names = [f"spoken_{each}" for each in Spoken]
        for each in Spoken:
            self.fields[f"spoken_{each}"] = forms.IntegerField(
                label=str(each.label), required=False, min_value=0, max_value=1000
            )
        for name in ("arrived_at", *self.item_names, *self.spoken_field_names):
            self.fields[name].widget.attrs["data-keep"] = ""

    @classmethod
    def of(cls, data: Any, files: Any, *, visit: Any, at: datetime, key: str) -> "VisitForm":
        initial: dict[str, Any] = {"arrived_at": local(visit.arrived_at or at), "key": key}
        initial |= {"words": visit.words, "spoken_names": visit.spoken_names}
        initial |= {f"item_{number}": said for number, said in visit.answers.items()}
        initial |= {f"spoken_{kind}": count for kind, count in visit.spoken.items()}
        return cls(data, files, items=visit.plan.items, initial=initial)

    @property
    def items(self) -> list[Any]:
        return [self[name] for name in self.item_names]

    @property
    def people(self) -> list[Any]:
        return [self[name] for name in self.spoken_field_names]

    def clean_arrived_at(self) -> datetime:
        at: datetime = self.cleaned_data["arrived_at"]
        return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "arrived_at": said["arrived_at"],
            "answers": {name[5:]: said[name] for name in self.item_names if said[name]},
            "spoken": {str(each): said[f"spoken_{each}"] for each in Spoken if said[f"spoken_{each}"]},
            "spoken_names": said["spoken_names"],
            "words": said["words"],
            "key": said["key"],
        }


class ObservationForm(forms.Form):
    """What was found, with its owner. `is_block`: one of several in the form of a visit, which may stay empty."""

    kind = forms.ChoiceField(label="类别", required=False, choices=[_CHOOSE, *ObservationKind.choices])
    grade = forms.ChoiceField(label="轻重", required=False, choices=[_CHOOSE, *Grade.choices])
    words = WordsField(label="问题", max_length=300, required=False)
    owner = forms.ChoiceField(label="由谁负责（工会）", required=False, help_text="没有人负责的问题不能保存")
    person = forms.ChoiceField(label="负责的人", required=False, help_text="还不知道是谁就先不选")
    due_on = forms.DateField(label="最迟哪天解决", required=False, widget=day_input())

    def __init__(
        self,
        *args: Any,
        owners: Sequence[Organisation],
        people: Sequence[Post],
        found_on: date,
        region: str,
        is_block: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {each.reference: each for each in owners}
        self.people = {each.person.reference: each for each in people}
        self.found_on, self.region, self.is_block = found_on, region, is_block
        set_choices(self, "owner", [_CHOOSE, *union_choices(owners)])
        known = [(code, post_words(each)) for code, each in self.people.items()]
        set_choices(self, "person", [("", "还不知道"), *known])
        days = "、".join(f"{each.label} {self._days(each)} 天" for each in Grade)
        self.fields["due_on"].help_text = f"空着的，按轻重：{days}"
        for name in ("kind", "grade", "owner", "due_on"):
            self.fields[name].widget.attrs["data-keep"] = ""

    def _days(self, grade: str) -> int:
        return params.due_days(grade, on=self.found_on, region=self.region)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it was filled in."""
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        """An empty block says nothing; anything else says all that an observation needs."""
        said = super().clean() or self.cleaned_data
        if self.is_block and self.is_empty:
            return said
        for name in ("kind", "grade"):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, "还没有选，请选择一项。")
        if not said.get("due_on") and said.get("grade") and "due_on" not in self.errors:
            said["due_on"] = self.found_on + timedelta(days=self._days(said["grade"]))
        owner, post = self.owners.get(said.get("owner", "")), self.people.get(said.get("person", ""))
        fits = post is None or (owner is not None and post.organisation_id == owner.pk)
        wrong = rules.wrong_with_observation(
            words=said.get("words", ""), has_owner=owner is not None, due_on=said.get("due_on"),
            found_on=self.found_on, names_person=post is not None, person_fits=fits,
        )  # fmt: skip
        for name, why in wrong.items():
            if name not in self.errors and not (name == "due_on" and "grade" in self.errors):
                self.add_error(name, why)
        return said

    @property
    def seen(self) -> Seen:
        said = self.cleaned_data
        post = self.people.get(said["person"])
        return Seen(
            kind=ObservationKind(said["kind"]),
            grade=Grade(said["grade"]),
            words=said["words"],
            owner=self.owners.get(said["owner"]),
            due_on=said["due_on"],
            person=post.person if post else None,
        )


class AssignForm(KeyForm):
    """Another owner for what came back."""

    owner = forms.ChoiceField(label="由谁负责（工会）")
    person = forms.ChoiceField(label="负责的人", required=False)
    due_on = forms.DateField(label="新的期限", required=False, widget=day_input(), help_text="空着的，期限不变")
    words = WordsField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, owners: Sequence[Organisation], people: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {each.reference: each for each in owners}
        self.people = {each.person.reference: each.person for each in people}
        set_choices(self, "owner", [_CHOOSE, *union_choices(owners)])
        known = [(each.person.reference, post_words(each)) for each in people]
        set_choices(self, "person", [("", "还不知道"), *known])

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        person = self.people.get(said["person"])
        kept = {name: said[name] for name in ("due_on", "words", "key")}
        return {**kept, "owner": self.owners[said["owner"]], "person": person}


class FoundFilter(forms.Form):
    """Which observations; the hidden fields are those of a figure."""

    q = forms.CharField(label="问题里的字", required=False, max_length=40)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "不限"), *ObservationKind.choices])
    result = forms.ChoiceField(
        label="结果", required=False, choices=[("", "不限"), *((str(each), each.label) for each in COUNTED)]
    )
    again = forms.ChoiceField(label="是否反复", required=False, choices=[("", "不限"), *Again.choices])
    tab = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    under = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    on = forms.DateField(required=False, widget=forms.HiddenInput)

    hidden_zh: Mapping[str, str] = MappingProxyType({})

    def asked(self) -> dict[str, Any]:
        """The filters that are set, as the query takes them; a value that is no choice counts as not set."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if "q" in found:
            found["words"] = found.pop("q")
        words: dict[str, str] = {}
        self.union = found_or_none(found["under"]) if "under" in found else None
        if self.union is not None:
            words["under"], found["under"] = f"范围：{self.union.short_name or self.union.name}", self.union
        if on := found.get("on"):
            words["on"] = f"截至：{on.year}年{on.month}月{on.day}日"
        self.hidden_zh = words
        return found
