"""The pages of sealing: cover and send, ask to see behind, answer, see."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.engines.casework import queries
from gongjia.engines.casework.handing.flow import HANDLE
from gongjia.engines.casework.rights import require_handler
from gongjia.engines.casework.sealing import queries as sealed
from gongjia.engines.casework.sealing import services
from gongjia.engines.casework.sealing.forms import AnswerForm, ReasonForm, SealForm
from gongjia.kernel import scrubbing
from gongjia.kernel.errors import Refused
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request


def seal(request: Request, *, subject: Any) -> HttpResponse:
    """The text with what was found marked, beside what the other unit will read."""
    matter = subject.row
    require_handler(matter, request.actor)
    text = matter.text_of_person()
    found = scrubbing.find(text, matter.known_of_person())
    initial = {"covered": scrubbing.cover(text, found), "key": new_reference()}
    form = SealForm(request.POST if request.method == "POST" else None, initial=initial)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            services.seal_and_forward(matter=matter, by=request.actor, at=request.at, **form.cleaned_data)
            messages.success(request, f"已经密封转给{form.cleaned_data['to'].name}，等对方接收。")
            return redirect(subject.desk_url or reverse("work:matters"))
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "index": subject,
        "form": form,
        "reasons": reasons,
        "marked": _marked(text, found),
        "crumbs": [(subject.title, subject.desk_url)] if subject.desk_url else [],
    }
    status = 409 if reasons else 422 if form.errors else 200
    return render(request, "casework/seal.html", context, status=status)


def _marked(text: str, found: list[scrubbing.Span]) -> list[tuple[str, str]]:
    """The text in pieces: words, and what they give away ("" for nothing)."""
    pieces, at = [], 0
    for span in found:
        pieces += [(text[at : span.begins], ""), (text[span.begins : span.ends], span.zh)]
        at = span.ends
    return [each for each in [*pieces, (text[at:], "")] if each[0]]


def ask(request: Request, *, subject: Any) -> HttpResponse:
    """Ask to see whose copy it is."""
    matter = subject.row
    require_handler(matter, request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask_unsealing(
                matter=matter, reason=form.cleaned_data["words"], by=request.actor, at=request.at
            )
            messages.success(request, "申请已经提出，等密封的工会另一位经办人审批。")
            return redirect("casework:unsealing", reference=made.reference)
        except Refused as refused:
            reasons = refused.reasons
    if not sealed.is_sealed_copy(subject):
        reasons = reasons or ("这不是密封件，没有要查看的身份。",)
    context = {
        "index": subject,
        "form": form,
        "reasons": reasons,
        "asked": sealed.unsealings_of(subject),
        "crumbs": [(subject.title, subject.desk_url)] if subject.desk_url else [],
    }
    status = 409 if reasons else 422 if form.errors else 200
    return render(request, "casework/ask_unsealing.html", context, status=status)


def unsealing(request: Request, *, subject: Any) -> HttpResponse:
    """What was asked: to be answered at the one side, to be looked behind at the other."""
    actor = request.actor
    is_asker = actor.person_id is not None and actor.person_id == subject.asked_by_id
    may_answer = subject.state == "asked" and not is_asker and actor.may(HANDLE, path=subject.organisation.path)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    reasons: tuple[str, ...] = ()
    identity: dict[str, str] = {}
    act = request.POST.get("act", "")
    if request.method == "POST" and form.is_valid():
        try:
            if act == "see":
                identity = services.see_identity(unsealing=subject, by=actor, at=request.at)
            elif act in {"grant", "refuse"}:
                words = form.cleaned_data["words"]
                services.answer_unsealing(unsealing=subject, grant=act == "grant", words=words, by=actor, at=request.at)
                messages.success(request, "已经批准，本人会收到通知。" if act == "grant" else "没有批准。")
                return redirect("casework:unsealing", reference=subject.reference)
            else:
                reasons = ("不知道要办什么，请刷新页面后再按一次按钮。",)
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "one": subject,
        "form": form,
        "reasons": reasons,
        "identity": identity,
        "may_answer": may_answer,
        "may_see": is_asker and subject.state == "granted" and subject.ends_at > request.at,
        "steps": queries.timeline_of(subject),
        "crumbs": [("待办", reverse("work:matters"))],
    }
    return render(request, "casework/unsealing.html", context, status=409 if reasons else 200)
