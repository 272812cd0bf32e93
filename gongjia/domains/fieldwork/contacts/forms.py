"""What is typed of contacts."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms

from gongjia.backbone.people.office_lines import OfficeLineField
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.forms import KeyForm, WordsField, day_input, post_code, post_words, set_choices
from gongjia.domains.fieldwork.words import GIVEN_ENDINGS, ContactEnding, ContactKind

_LINE_HELP = "公开以后联系点看得到；填办公电话，不要填个人手机号"


class ContactForm(KeyForm):
    """Who looks after which place, from when."""

    post = forms.ChoiceField(label="哪位干部")
    kind = forms.ChoiceField(label="方式", choices=ContactKind.choices, widget=forms.RadioSelect)
    place = forms.ChoiceField(label="联系哪里", widget=forms.RadioSelect)
    from_on = forms.DateField(label="从哪天起", widget=day_input())
    office_line = OfficeLineField(label="办公电话", help_text="可以以后再填；公开以后联系点看得到")

    def __init__(self, *args: Any, posts: Sequence[Post], places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = {post_code(each): each for each in posts}
        set_choices(self, "post", [("", "请选择"), *((code, post_words(each)) for code, each in self.posts.items())])
        set_choices(self, "place", places)

    @property
    def chosen(self) -> Post:
        return self.posts[self.cleaned_data["post"]]


class PublishForm(KeyForm):
    office_line = OfficeLineField(label="办公电话", help_text=_LINE_HELP)


class EndForm(KeyForm):
    on = forms.DateField(label="从哪天起不再联系", widget=day_input())
    ending = forms.ChoiceField(
        label="原因", choices=[(str(each), each.label) for each in GIVEN_ENDINGS], widget=forms.RadioSelect
    )

    @property
    def chosen(self) -> ContactEnding:
        return ContactEnding(self.cleaned_data["ending"])


class SpellForm(KeyForm):
    """Days at the place: no place of the phone, no picture."""

    from_on = forms.DateField(label="哪天到", widget=day_input())
    to_on = forms.DateField(label="哪天离开", widget=day_input(), help_text="当天来回的，填同一天")
    did = WordsField(label="做了什么", max_length=300)
    solved = WordsField(label="解决了什么", max_length=300, required=False, help_text="没有就空着")


class ReportForm(KeyForm):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    words = WordsField(label="报告", max_length=3000, rows=10)
    solved = WordsField(label="这一年解决了什么", max_length=600, required=False)


class ContactFilter(forms.Form):
    """Which contacts."""

    q = forms.CharField(label="干部、工会或单位", required=False, max_length=40)
    kind = forms.ChoiceField(label="方式", required=False, choices=[("", "不限"), *ContactKind.choices])
    tab = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    hidden_zh: Mapping[str, str] = MappingProxyType({})

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        found = {"words": self.cleaned_data.get("q", "").strip(), "kind": self.cleaned_data.get("kind", "")}
        return {name: value for name, value in found.items() if value}
