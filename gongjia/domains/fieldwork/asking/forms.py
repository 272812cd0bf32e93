"""What is typed of suggestions and topics."""

from collections.abc import Sequence
from typing import Any

from django import forms

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.asking.services import MOST_REPORT
from gongjia.domains.fieldwork.forms import (
    KeyForm,
    WordsField,
    day_input,
    post_code,
    post_words,
    set_choices,
    union_choices,
)
from gongjia.domains.fieldwork.words import Outcome

#: How a report begins: PDF, or a Word file.
_REPORTS = {".pdf": b"%PDF", ".docx": b"PK\x03\x04", ".doc": b"\xd0\xcf\x11\xe0"}


class SuggestForm(KeyForm):
    """What a union asks of whom."""

    own = forms.ChoiceField(label="以哪个工会的名义")
    to = forms.ChoiceField(label="提给哪个上级工会", widget=forms.RadioSelect)
    words = WordsField(label="建议", max_length=1000, rows=5, help_text="写清楚什么事、希望怎样办")

    def __init__(self, *args: Any, own: Sequence[Organisation], above: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owned = {each.reference: each for each in own}
        self.above = {each.reference: each for each in above}
        set_choices(self, "own", union_choices(own))
        set_choices(self, "to", union_choices(above))
        if len(own) == 1:
            self.fields["own"].widget = forms.HiddenInput()
            self.fields["own"].initial = own[0].reference


class SuggestOnVisitForm(KeyForm):
    to = forms.ChoiceField(label="由哪个工会答复", widget=forms.RadioSelect)
    words = WordsField(label="建议", max_length=1000, rows=5)

    def __init__(self, *args: Any, above: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.above = {each.reference: each for each in above}
        set_choices(self, "to", union_choices(above))


class AnswerForm(KeyForm):
    outcome = forms.ChoiceField(label="怎样处理", choices=Outcome.choices, widget=forms.RadioSelect)
    words = WordsField(
        label="答复", max_length=1000, rows=5, help_text="采纳的，写什么时候办、谁来办；不采纳的，说明原因"
    )


class TopicForm(KeyForm):
    name = forms.CharField(label="课题", max_length=60)
    question = WordsField(label="要弄清什么", max_length=300)
    from_on = forms.DateField(label="开始", widget=day_input())
    to_on = forms.DateField(label="计划完成", widget=day_input())
    leader = forms.ChoiceField(label="负责人")
    members = forms.MultipleChoiceField(label="成员", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, posts: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.posts = {post_code(each): each for each in posts}
        known = [(code, post_words(each)) for code, each in self.posts.items()]
        set_choices(self, "leader", [("", "请选择"), *known])
        set_choices(self, "members", known)

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        kept = {name: said[name] for name in ("name", "question", "from_on", "to_on", "key")}
        return {**kept, "leader": self.posts[said["leader"]], "members": [self.posts[code] for code in said["members"]]}


class TopicReportForm(KeyForm):
    summary = WordsField(label="主要结论", max_length=2000, rows=6)
    file = forms.FileField(label="报告文件", required=False, help_text="PDF 或 Word，最大 20 MB")

    def clean_file(self) -> Any:
        sent = self.cleaned_data["file"]
        if sent is None:
            return None
        ending = next((each for each in _REPORTS if sent.name.lower().endswith(each)), "")
        first = sent.read(4)
        sent.seek(0)
        if not ending or first != _REPORTS[ending]:
            raise forms.ValidationError("报告只收 PDF 和 Word 文件。")
        if sent.size > MOST_REPORT:
            raise forms.ValidationError("文件太大，最大 20 MB。")
        return sent
