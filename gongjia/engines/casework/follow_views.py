"""A matter followed without an account: the code is the only key, and opens how far it is."""

from allauth.core.internal.ratelimit import get_ip
from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from gongjia.backbone.accounts import tries
from gongjia.engines.casework.queries import matter_by_code, timeline_of
from gongjia.engines.casework.shown import clocks_of
from gongjia.kernel.errors import TooFast
from gongjia.kernel.references import is_tracking_code
from gongjia.kernel.requests import Request

#: Codes are too long to be guessed; this keeps machines from asking all day.
_FROM_ADDRESS = ((30, 60), (300, 3600))


class CodeForm(forms.Form):
    code = forms.CharField(
        label="查询码", max_length=40, help_text="反映的时候给您的 16 位码，大小写、横线都可以", required=True
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_tracking_code(code):
            raise forms.ValidationError("查询码是 16 位字母和数字，请对照您记下的再输一遍")
        return code


def follow(request: Request) -> HttpResponse:
    """Asked by a form that is sent, so that the code stands in no address. A code that nothing knows is told like one
    that was mistyped."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST":
        if wait := tries.take(f"follow:{get_ip(request)}", _FROM_ADDRESS, at=request.at):
            raise TooFast("查得太快了，请等一等再查。", wait_seconds=int(wait) + 1)
        index = matter_by_code(form.cleaned_data["code"]) if form.is_valid() else None
        if form.is_valid() and index is None:
            form.add_error("code", "没有这个查询码，请对照您记下的再输一遍")
        if index is not None:
            matter = index.row
            context |= {
                "index": index,
                "said": matter.said_to_person(),
                "clocks": clocks_of(matter, at=request.at),
                "steps": [(each.move_zh, each.at) for each in timeline_of(matter)],
            }
    answer = render(request, "casework/follow.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer
