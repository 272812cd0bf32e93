"""Finding a member by ID number or phone: asked by a form that is sent, so that no number stands in an address."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from gongjia.backbone.accounts import tries
from gongjia.backbone.memberships import queries as memberships
from gongjia.kernel import audit
from gongjia.kernel.errors import TooFast
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import BadNumber, identity_number, is_mobile, mobile
from gongjia.kernel.requests import Request

#: Enough for a day at the counter, too little for trying numbers out.
ALLOWED = ((60, 3600.0), (300, 86400.0))
#: So many members of one phone are shown; who gives it to more of them is found in their files.
MOST = 10
VERB = "memberships.find"
#: What has fewer is neither a phone nor an ID number.
FEWEST_DIGITS = 11
#: What is shorter is no ID number.
SHORTEST_ID = 14


class NumberForm(forms.Form):
    """One whole number, however it was written; cleaned to its one form, with `kind` telling which it is."""

    number = forms.CharField(
        label="证件号码或手机号",
        max_length=40,
        help_text="要写全：18 位身份证号，或者 11 位手机号",
        error_messages={"required": "请填写证件号码或手机号"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )
    kind = ""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_number(self) -> str:
        written = self.cleaned_data["number"]
        if sum(map(str.isdigit, written)) < FEWEST_DIGITS:
            raise forms.ValidationError("没有写全。请填 18 位身份证号，或者 11 位手机号。")
        self.kind = "phone" if is_mobile(written) or sum(map(str.isalnum, written)) < SHORTEST_ID else "id_number"
        try:
            return mobile(written) if self.kind == "phone" else identity_number(written, on=self.today).full
        except BadNumber as error:
            raise forms.ValidationError(error.reason_zh) from error


def find(request: Request) -> HttpResponse:
    """The live members in reach with this number, as a list shows them. Each search is recorded, with whom it found."""
    form = NumberForm(request.POST or None, today=today_of(request.at))
    found = None
    if request.method == "POST" and form.is_valid():
        if wait := tries.take(f"find:{request.actor.account_id}", ALLOWED, at=request.at):
            raise TooFast("按号码查找的次数太多了。要成批核对，请用“导入会员”。", wait_seconds=int(wait) + 1)
        found = list(memberships.with_number(form.cleaned_data["number"], kind=form.kind)[:MOST])
        facts = {"number_kind": f"whole_{form.kind}", "count": len(found)}
        for each in (*found, *[None] * (not found)):
            audit.record(VERB, by=request.actor, at=request.at, subject=each, facts=facts)
    return render(request, "work/find.html", {"form": form, "found": found})
