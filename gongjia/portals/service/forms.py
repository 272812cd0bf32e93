"""What a worker types: a letter, and the facts that everybody may correct for themselves."""

from typing import Any

from django import forms

from gongjia.backbone.people.words import Education, Political, SkillLevel
from gongjia.portals.service.words import About

_MIGRANT = (("", "未填"), ("yes", "是"), ("no", "不是"))


class LetterForm(forms.Form):
    """A letter to one's union. The key makes one letter of a form that is sent twice."""

    body = forms.CharField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "请写上内容再发送"},
    )
    about = forms.ChoiceField(choices=About.choices, required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class AmendForm(forms.Form):
    """Facts that the person knows best; what stands on the ID card, and the job, are the union's to check."""

    education = forms.ChoiceField(label="学历", choices=Education.choices, required=False)
    political = forms.ChoiceField(label="政治面貌", choices=Political.choices, required=False)
    skill_level = forms.ChoiceField(label="技能等级", choices=SkillLevel.choices, required=False)
    is_migrant = forms.ChoiceField(
        label="是不是农民工", choices=_MIGRANT, required=False, help_text="户籍在农村，进城务工或者在当地从事非农产业"
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, person: Any) -> "AmendForm":
        """The form as the file stands now."""
        facts = {name: getattr(person, name) for name in ("education", "political", "skill_level")}
        migrant = {True: "yes", False: "no", None: ""}[person.is_migrant]
        return cls(initial={**facts, "is_migrant": migrant, "version": person.version})

    def clean_is_migrant(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["is_migrant"])


class ChoiceForm(forms.Form):
    """The answer to a notice, one of those it offers."""

    answer = forms.TypedChoiceField(
        label="您的回答", coerce=int, widget=forms.RadioSelect, error_messages={"required": "请选一个回答"}
    )

    def __init__(self, *args: Any, answers: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = list(enumerate(answers))  # type: ignore[attr-defined]
