"""What officers type of work in the field; what the parts share."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.kernel.numbers import tells_a_number


def day_input() -> forms.DateInput:
    """A browser shows a day that is set only if it comes in this one format."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def long_text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class KeyForm(forms.Form):
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class WordsField(forms.CharField):
    """Free words without anybody's number."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(**{"widget": long_text(rows), **kwargs})

    def clean(self, value: Any) -> str:
        words = super().clean(value)
        if tells_a_number([words]):
            raise forms.ValidationError("这里不要写手机号、身份证号，请删去后再提交。")
        return str(words)


class ReasonForm(KeyForm):
    """One field of words that a move needs."""

    words = WordsField(label="说明", max_length=300)

    def __init__(self, *args: Any, label: str = "说明", hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label, hint


class FindForm(forms.Form):
    """Words by which places are found."""

    find = forms.CharField(label="找单位或工会", max_length=40, required=False)


def set_choices(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """The choices of a field, set when the form is made."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def post_code(post: Post) -> str:
    """How a form names a post: by role, person and organisation, no number of a row."""
    return f"{post.role}-{post.person.reference}-{post.organisation.reference}"


def post_words(post: Post) -> str:
    return f"{post.person.name}（{post.organisation.short_name or post.organisation.name} {post.get_role_display()}）"


def union_choices(unions: Sequence[Organisation]) -> list[tuple[str, str]]:
    return [(each.reference, each.name) for each in unions]
