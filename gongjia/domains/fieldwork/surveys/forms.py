"""What is typed of questionnaires, and how one is answered."""

from typing import Any

from django import forms

from gongjia.domains.fieldwork.forms import KeyForm, WordsField, day_input, long_text
from gongjia.domains.fieldwork.rules import Question
from gongjia.domains.fieldwork.words import SCALE, About, Asks

#: So many questions can be written at once.
MOST_QUESTIONS = 10


class QuestionnaireForm(KeyForm):
    """A small questionnaire on one page: an empty question is left out."""

    title = forms.CharField(label="标题", max_length=60)
    about = forms.ChoiceField(label="问什么", choices=About.choices, widget=forms.RadioSelect)
    intro = forms.CharField(
        label="说明", max_length=300, required=False, widget=long_text(2), help_text="为什么问、答了以后会怎样用"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_QUESTIONS):
            self.fields[f"q{number}_zh"] = forms.CharField(label=f"第 {number + 1} 题", max_length=120, required=False)
            self.fields[f"q{number}_asks"] = forms.ChoiceField(label="怎样答", choices=Asks.choices, required=False)
            self.fields[f"q{number}_options"] = forms.CharField(
                label="选项",
                max_length=400,
                required=False,
                widget=long_text(3),
                help_text="一行一个；打分和写字的题空着",
            )
            self.fields[f"q{number}_needed"] = forms.BooleanField(label="必须答", required=False)

    @property
    def blocks(self) -> list[tuple[int, list[Any]]]:
        """The fields of each question."""
        names = ("zh", "asks", "options", "needed")
        return [(number + 1, [self[f"q{number}_{name}"] for name in names]) for number in range(MOST_QUESTIONS)]

    @property
    def questions(self) -> list[Question]:
        said = self.cleaned_data
        found = []
        for number in range(MOST_QUESTIONS):
            if not (zh := said[f"q{number}_zh"].strip()):
                continue
            asks = said[f"q{number}_asks"] or str(Asks.CHOICE)
            lines = [line.strip()[:40] for line in said[f"q{number}_options"].splitlines()]
            options = tuple(dict.fromkeys(line for line in lines if line))
            offered = options if asks in {Asks.CHOICE, Asks.CHOICES} else ()
            found.append(Question(f"q{number}", zh, str(asks), offered, bool(said[f"q{number}_needed"])))
        return found


class SendForm(KeyForm):
    closes_on = forms.DateField(label="答到哪天", widget=day_input())


class ChangedForm(KeyForm):
    words = WordsField(
        label="改了什么", max_length=1000, rows=5, help_text="问卷说了什么，我们改了什么，什么还没有改、为什么"
    )


class AnsweringForm(forms.Form):
    """One person's answers. No key: it would keep a hash of them."""

    def __init__(self, *args: Any, questions: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in questions:
            self.fields[each["code"]] = _field_of(each)


def _field_of(each: dict[str, Any]) -> forms.Field:
    facts: dict[str, Any] = {"label": each["zh"], "required": each["is_needed"]}
    if each["asks"] == Asks.WORDS:
        return WordsField(max_length=300, help_text="不要写姓名和电话，写了别人就知道是谁", **facts)
    if each["asks"] == Asks.SCALE:
        zh = {"1": "1 很不满意", "5": "5 很满意"}
        return forms.ChoiceField(choices=[(one, zh.get(one, one)) for one in SCALE], widget=forms.RadioSelect, **facts)
    options = [(one, one) for one in each["options"]]
    if each["asks"] == Asks.CHOICES:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **facts)
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **facts)
