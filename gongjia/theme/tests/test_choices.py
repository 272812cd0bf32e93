"""Lists of choices are drawn without Django's templates: the signs must be the same."""

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory

SEVERAL = [("", "全部"), ("a", "甲 & 乙"), ("b", '"丙"'), (3, "三"), (None, "没有")]
GROUPED = [("组一", [("a", "甲"), ("b", "乙")]), ("c", "丙")]


def drawn(form: forms.Form) -> list[str | set[str]]:
    template = engines["django"].from_string("{% field form.kind %}")
    page = template.render({"form": form}, RequestFactory().get("/"))
    start = page.index("<select")
    return signs(page[start : page.index("</select>") + 9])


def by_django(form: forms.Form) -> list[str | set[str]]:
    bound = form["kind"]
    plain = bound.as_widget(attrs={**bound.field.widget.attrs, "class": "input select"})
    return signs(plain)


def signs(select: str) -> list[str | set[str]]:
    """The attributes of its head in any order, then each choice."""
    head, *choices = [line.strip() for line in select.splitlines() if line.strip()]
    return [set(head.removesuffix("</select>").removesuffix(">").split()), *choices]


@pytest.mark.parametrize("choices", [SEVERAL, GROUPED, []])
@pytest.mark.parametrize("sent", [None, {}, {"kind": "a"}, {"kind": "3"}, {"kind": "nowhere"}])
@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("disabled", [True, False])
def test_a_list_of_choices_is_drawn_as_django_draws_it(choices, sent, required, disabled):
    class Sample(forms.Form):
        kind = forms.ChoiceField(label="类型", choices=choices, required=required, disabled=disabled)
        kind.widget.attrs["data-x"] = "<1>"

    form = Sample(sent, initial={"kind": "b"}, auto_id="id_%s")
    form.is_valid()
    assert drawn(form) == by_django(form)
