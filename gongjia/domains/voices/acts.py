"""What an officer can do with a voice, as a list: each act with its form, when it is offered, and what it calls.

Hand-offs (转办、交办、督办、会办) come in here, as further acts, when the engine has them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from gongjia.domains.voices import handling, queries
from gongjia.domains.voices.flow import HANDLE, VOICE
from gongjia.domains.voices.forms import AnswerForm, EmployerForm, ReasonForm, RefuseForm, SmallForm, VisitForm
from gongjia.domains.voices.words import Refusal
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.requests import Request


@dataclass(frozen=True)
class Act:
    """`move` names the move that it makes: where the flow does not offer that, neither does the page. One without a
    move is for every open voice."""

    code: str
    zh: str
    move: str
    why: str = ""
    is_main: bool = False


ACTS = (
    Act("receive", "签收", "receive", "表示有人在办了。紧急的，请先联系上本人再签收。"),
    Act("accept", "受理", "accept", "本人马上会收到通知，办结期限从现在起算。", is_main=True),
    Act("refuse", "不予受理", "refuse", "要说明理由，本人会看到。"),
    Act("guide", "引导到别处办理", "guide", "写明找谁、地址电话、带什么材料，本人会看到。"),
    Act("answer", "办结答复", "answer", "", is_main=True),
    Act("ask", "请本人补充材料", "ask", "只能请一次，请一次说全。"),
    Act("supply_for", "记下本人的补充", "supply_for", "本人打电话或者当面补充的，写在这里，继续办理。"),
    Act("visit", "回访", "visit_satisfied", "由办理人以外的人回访；不满意的重新办理。", is_main=True),
    Act(
        "confirm_employer",
        "确认单位",
        "",
        "本人只说了叫法的，写登记的单位全称或者统一社会信用代码。确认以后，这个单位的人看不到这件诉求。",
    ),
    Act("withdraw_for", "按本人要求撤回", "withdraw_for", "本人来电、来人要求撤回的，写明怎样核实的。"),
)
#: The form of each act that has one.
FORMS: dict[str, type[forms.Form]] = {
    "refuse": RefuseForm,
    "guide": ReasonForm,
    "answer": AnswerForm,
    "ask": ReasonForm,
    "supply_for": ReasonForm,
    "visit": VisitForm,
    "confirm_employer": EmployerForm,
    "withdraw_for": ReasonForm,
    "small": SmallForm,
}


def offered_to(actor: Actor, voice: Any) -> list[Act]:
    """The acts that the flow and the post allow now, in the order of the page. Who answered does not call back; who
    stays unknown is asked for nothing, and of a copy the worker hears from the union that sealed it."""
    if not actor.may(HANDLE, path=voice.organisation.path) or actor.person_id == (voice.person_id or -1):
        return []
    open_moves = {each.code for each in VOICE.moves_from(voice.state)}
    left_out = {"ask"} if voice.is_anonymous or voice.asked_at else set()
    if voice.is_copy:
        left_out |= {"ask", "visit"}
    if voice.employer_id is not None or voice.closed_at is not None:
        left_out.add("confirm_employer")
    if actor.person_id is not None and actor.person_id == voice.answered_by_id:
        left_out.add("visit")
    if voice.person_id is not None or voice.is_anonymous:
        left_out.add("withdraw_for")
    return [each for each in ACTS if (not each.move or each.move in open_moves) and each.code not in left_out]


def act_of(request: Request, voice: Any, sent: forms.Form | None) -> str:
    """Do what was sent; returns what was done in words, or "" where the form is to be mended."""
    by: dict[str, Any] = {"voice": voice, "by": request.actor, "at": request.at}
    if main := request.POST.get("join", ""):
        handling.join(main=queries.by_reference(main), key=request.POST.get("key", ""), **by)
        return "已经并案，本人会收到通知。"
    if "draft" in request.POST:
        handling.save_draft(words=request.POST.get("words", "")[:3000], **by)
        return "草稿存好了，只有经办人看得到。"
    code = request.POST.get("act", "")
    if sent is not None and not sent.is_valid():
        return ""
    said = dict(sent.cleaned_data) if sent is not None else {}
    done = _DO.get(code)
    if done is None:
        raise Refused("没有这样的办理。请刷新页面再试。")
    return done(said, {**by, "key": request.POST.get("key", "")}, request)


def _small(said: dict[str, Any], by: dict[str, Any], request: Request) -> str:
    reference = request.POST.get("matter", "")
    matter = queries.small_matter(reference) if reference else None
    handling.mark_small(title=said.get("title", ""), matter=matter, **by)
    return "已经列为关键小事：可以在“关键小事”里承诺、办结。"


def _visit(said: dict[str, Any], by: dict[str, Any], _: Request) -> str:
    outcome = {"yes": True, "no": False, "none": None}[said["outcome"]]
    handling.visit(is_satisfied=outcome, words=said["words"], **by)
    return "已经重新办理，期限重新计算。" if outcome is False else "回访已经记下，归档了。"


def _refuse(said: dict[str, Any], by: dict[str, Any], _: Request) -> str:
    handling.refuse(refusal=Refusal(said["refusal"]), words=said["words"], **by)
    return "不予受理，理由已经告诉本人。"


def _plain(verb: Callable[..., Any], zh: str) -> Callable[[dict[str, Any], dict[str, Any], Request], str]:
    def do(said: dict[str, Any], by: dict[str, Any], _: Request) -> str:
        verb(**said, **by)
        return zh

    return do


_DO: dict[str, Callable[[dict[str, Any], dict[str, Any], Request], str]] = {
    "receive": _plain(handling.receive, "已经签收。"),
    "accept": _plain(handling.accept, "已经受理，本人会收到通知。"),
    "refuse": _refuse,
    "guide": _plain(handling.guide, "已经告诉本人找谁。"),
    "ask": _plain(handling.ask, "已经请本人补充。"),
    "supply_for": _plain(handling.supply_for, "补充已经记下，继续办理。"),
    "answer": _plain(handling.answer, "答复已经送到本人，等回访。"),
    "withdraw_for": _plain(handling.withdraw_for, "已经按本人的要求撤回。"),
    "visit": _visit,
    "confirm_employer": _plain(handling.confirm_employer, "单位已经确认，它的人从现在起看不到这件诉求。"),
    "small": _small,
}
