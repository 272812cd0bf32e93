"""What an officer types: an answer."""

from django import forms


class AnswerForm(forms.Form):
    """The key makes one answer of a form that is sent twice."""

    body = forms.CharField(
        label="回复",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="以本工会的名义回复，职工会收到消息",
        error_messages={"required": "请写上回复的内容"},
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
