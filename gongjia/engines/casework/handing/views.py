"""The pages of handing on: send a matter on, act on what was sent, its clocks, and what a guest sees."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.engines.casework import deadlines, queries, shown
from gongjia.engines.casework.handing import forms, services
from gongjia.engines.casework.handing import queries as handed
from gongjia.engines.casework.handing.flow import HANDLE
from gongjia.engines.casework.handing.links import invitation_by
from gongjia.engines.casework.handing.words import Way
from gongjia.engines.casework.rights import may_approve, may_handle
from gongjia.kernel.errors import Refused
from gongjia.kernel.references import new_reference, new_tracking_code
from gongjia.kernel.requests import Request

_WAYS: dict[str, tuple[str, type[Any], str]] = {
    "forward": (
        "转办",
        forms.ForwardForm,
        "请另一个工会接过去办。对方接收以后由对方负责；退回要写原因，第三次退回由上级指定。",
    ),
    "assign": ("交办", forms.AssignForm, "把其中一部分交给下级工会办，到期反馈，由本会核实办结。"),
    "joint": ("工会会办", forms.AssignForm, "请别的工会一起办，主办仍是本会。"),
    "invite": ("外单位会办", forms.InviteForm, "请法院、人社等单位参加。生成一个有期限的链接，对方打开只看到这一项。"),
    "supervise": ("督办", forms.SuperviseForm, "对正在办理的下级工会督办，由发出督办的工会核实办结。"),
}


def _ways(request: Request, matter: Any) -> list[str]:
    """What this actor may do with a matter: whoever handles it hands it on; whoever stands above supervises."""
    found = ["forward", "assign", "joint", "invite"] if may_handle(matter, request.actor) else []
    above = [each for each in request.actor.paths_for(HANDLE) if matter.organisation.path.startswith(each)]
    if any(each != matter.organisation.path for each in above):
        found.append("supervise")
    return found


def hand(request: Request, *, subject: Any) -> HttpResponse:
    """Hand a matter on, in one of the ways that are open to this actor."""
    matter = subject.row
    ways = _ways(request, matter)
    if not ways:
        request.actor.require(matter.flow.handled_by or HANDLE, path=matter.organisation.path)
        raise Refused(f"{matter.flow.zh}在办理页面里办，不转办、交办。")
    way = request.GET.get("way", "")
    way = way if way in ways else ways[0]
    zh, made, why = _WAYS[way]
    form = made(
        request.POST if request.method == "POST" else None,
        initial={"key": new_reference(), "secret": new_tracking_code()},
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _handed(request, subject, matter, way, form.cleaned_data)
        except Refused as refused:
            reasons = refused.reasons
    address = reverse("casework:hand", args=[subject.reference])
    context = {
        "index": subject,
        "title": zh,
        "why": why,
        "form": form,
        "reasons": reasons,
        "tabs": [(_WAYS[each][0], f"{address}?way={each}", each == way) for each in ways],
        "crumbs": [(subject.title, subject.desk_url)] if subject.desk_url else [],
        "handed": handed.handed_of(subject)[:20],
    }
    status = 409 if reasons else 422 if form.errors else 200
    return render(request, "casework/hand.html", context, status=status)


def _handed(request: Request, index: Any, matter: Any, way: str, facts: dict[str, Any]) -> HttpResponse:
    given = {"matter": matter, "by": request.actor, "at": request.at, **facts}
    if way == "invite":
        services.invite(**given)
        address = f"{settings.PUBLIC_URL}{reverse('casework:guest', args=[facts['secret']])}"
        return render(request, "casework/invited.html", {"index": index, "address": address, "facts": facts})
    if way == "forward":
        services.forward(**given)
        messages.success(request, f"已经转给{facts['to'].name}，等对方接收。")
    else:
        kind = Way(way)
        issuer = own_of(request.actor.paths_for(HANDLE)) if way == "supervise" else matter.organisation
        services.assign(issuer=issuer, kind=kind, **{"to": matter.organisation, **given})
        messages.success(request, f"{kind.label}已经发出。")
    return redirect("casework:hand", reference=index.reference)


# ── what was sent ──────────────────────────────────────────────────────────────────────────────────────────
#: Of each act: the words of its button, what it asks in words ("" for nothing), and on which side it is done.
_ACTS = {
    "accept": ("接收", "", "counterpart"),
    "refuse": ("退回", "退回的原因", "counterpart"),
    "answer": ("反馈办理结果", "办理结果", "counterpart"),
    "close": ("核实办结", "", "organisation"),
    "again": ("退回重办", "要补办什么", "organisation"),
    "recall": ("撤回", "撤回的原因", "organisation"),
}
_DONE = {
    "accept": "已经接收，从现在起由本会办理。",
    "refuse": "已经退回。",
    "answer": "结果已经反馈，等对方核实。",
    "close": "已经核实办结。",
    "again": "已经退回重办。",
    "recall": "已经撤回。",
}


def _may(request: Request, one: Any, code: str) -> bool:
    """Whether this actor is offered the act now: its side, its state, and no one's own report to close."""
    if one.state not in one.flow.move(code).from_states:
        return False
    if getattr(one, "is_by_clock", False) and code in {"close", "again", "recall"}:
        return False
    if getattr(one, "is_designated", False) and code == "refuse":
        return False
    if code == "close" and one.answered_by_id is not None and one.answered_by_id == request.actor.person_id:
        return False
    side = getattr(one, _ACTS[code][2])
    return side is not None and request.actor.may(HANDLE, path=side.path)


def _acted(request: Request, one: Any, code: str, facts: dict[str, Any]) -> HttpResponse:
    by: dict[str, Any] = {"by": request.actor, "at": request.at}
    words = facts.get("words", "")
    if code == "accept":
        services.accept(forwarding=one, **by)
    elif code == "refuse":
        services.refuse(forwarding=one, reason=words, **by)
    elif code == "answer":
        services.answer(assignment=one, words=words, **by)
    elif code == "close":
        services.close(handoff=one, words=words, **by)
    elif code == "again":
        services.again(handoff=one, reason=words, due_on=facts["due_on"], **by)
    else:
        services.recall(handoff=one, reason=words, **by)
    messages.success(request, _DONE[code])
    return redirect(request.path)


def handoff(request: Request, *, subject: Any) -> HttpResponse:
    """What was forwarded, assigned, supervised or asked of a guest: what it says, and what this side may do."""
    offered = [code for code in _ACTS if code in _moves(subject) and _may(request, subject, code)]
    sent = request.POST.get("act", "")
    made = {
        code: forms.ReasonForm(
            request.POST if code == sent else None, asks=_ACTS[code][1], with_day=code == "again", auto_id=f"{code}_%s"
        )
        for code in offered
        if _ACTS[code][1]
    }
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        if sent not in offered:
            reasons = (f"现在的状态是“{subject.standing.zh}”，不能再办这一步。请刷新后再看。",)
        elif sent not in made or made[sent].is_valid():
            try:
                return _acted(request, subject, sent, made[sent].cleaned_data if sent in made else {})
            except Refused as refused:
                reasons = refused.reasons
    root = subject.of
    zh = subject.get_kind_display() if hasattr(subject, "kind") else subject.flow.zh
    context = {
        "one": subject,
        "title": f"{'指定办理' if getattr(subject, 'is_designated', False) else zh}：{root.title}",
        "receiver": subject.counterpart.name if subject.counterpart else subject.unit_name,
        "acts": [(code, _ACTS[code][0], made.get(code)) for code in offered],
        "wrong": made.get(sent),
        "reasons": reasons,
        "root_url": root.desk_url if handed.in_reach(root) else "",
        "clocks": shown.clocks_of(subject, at=request.at),
        "steps": queries.timeline_of(subject),
        "crumbs": [("待办", reverse("work:matters"))],
    }
    is_wrong = sent in made and bool(made[sent].errors)
    return render(request, "casework/handoff.html", context, status=409 if reasons else 422 if is_wrong else 200)


def _moves(one: Any) -> set[str]:
    """The acts of this kind of matter that somebody at a desk makes: a guest answers by the link."""
    codes = {each.code for each in one.flow.moves}
    return codes - {"answer"} if one.counterpart_id is None else codes


# ── clocks ─────────────────────────────────────────────────────────────────────────────────────────────────
def clocks(request: Request, *, subject: Any) -> HttpResponse:
    """The clocks of a matter: how each is counted; standing still, more time, and the second person's answer."""
    matter = subject.row
    is_handler = may_handle(matter, request.actor)
    form = forms.ClockForm(request.POST if request.method == "POST" else None)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _clock_done(request, matter, form.cleaned_data))
            return redirect("casework:clocks", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "index": subject,
        "is_handler": is_handler,
        "may_approve": may_approve(matter, request.actor),
        "form": form,
        "reasons": reasons,
        "clocks": shown.clocks_of(matter, at=request.at),
        "stopped": shown.stopped_of(matter),
        "crumbs": [(subject.title, subject.desk_url)] if subject.desk_url else [],
    }
    return render(request, "casework/clocks.html", context, status=409 if reasons else 422 if form.errors else 200)


def _clock_done(request: Request, matter: Any, facts: dict[str, Any]) -> str:
    act, words = request.POST.get("act", ""), facts["words"]
    given: dict[str, Any] = {"matter": matter, "code": facts["code"], "by": request.actor, "at": request.at}
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "pause": (lambda: deadlines.pause(**given, reason=words), "已经暂停计时。"),
        "resume": (lambda: deadlines.resume(**given), "已经恢复计时。"),
        "extend": (
            lambda: deadlines.ask_extension(**given, units=facts["units"] or 0, reason=words),
            "延长申请已经提出，等另一位同事审批。",
        ),
        "grant": (lambda: deadlines.answer_extension(**given, grant=True, words=words), "已经批准延长。"),
        "deny": (lambda: deadlines.answer_extension(**given, grant=False, words=words), "没有批准延长，原期限不变。"),
    }
    if act not in acts:
        raise Refused("不知道要办什么，请刷新页面后再按一次按钮。")
    acts[act][0]()
    return acts[act][1]


# ── guests ─────────────────────────────────────────────────────────────────────────────────────────────────
def guest(request: Request, *, secret: str) -> HttpResponse:
    """What a link opens: this task and its own answer, nothing of the matter."""
    found = invitation_by(secret, request.at)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None, asks="答复")
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            services.guest_answers(secret=secret, words=form.cleaned_data["words"], by=request.actor, at=request.at)
            return redirect("casework:guest", secret=secret)
        except Refused as refused:
            reasons = refused.reasons
    context = {"one": found, "form": form, "reasons": reasons}
    return render(request, "casework/guest.html", context, status=409 if reasons else 422 if form.errors else 200)
