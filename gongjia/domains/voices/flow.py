"""The flow of a worker's voice (DOMAIN 5.1, 信访工作条例 2022): states, moves, clocks, as data.

Which clocks run depends on the voice (urgent or not, question or complaint) and, for a letter, on the day it came.
Hand-offs (转办、交办、督办、会办) are the engine's: they leave these states as they are.
"""

from datetime import datetime
from typing import Any

from gongjia.domains.voices import params
from gongjia.domains.voices.words import Wish
from gongjia.engines.casework.flow import PERSON, Clock, Flow, Move, State, Unit
from gongjia.kernel.moments import start_of, today_of
from gongjia.kernel.permissions import SIGNED_IN

HANDLE = "voices.handle"
SEE = "voices.see"
APPROVE = "voices.approve"
TAKE = "voices.take"
PROMISE = "voices.promise"
BOOK = "voices.book"
#: No post carries it: only the platform itself goes on where nothing was supplied.
SETTLE = "voices.settle"
_REASON = {"reason": "原因"}


def came_at(voice: Any) -> datetime:
    """The moment from which a voice counts: now, or the beginning of the day on which a letter came."""
    at: datetime = voice.opened_at
    if getattr(voice, "is_copy", False):  # whoever works on a copy has it from now on
        return at
    return at if voice.received_on >= today_of(at) else start_of(voice.received_on)


def _is_urgent(voice: Any) -> bool:
    return bool(voice.is_urgent)


def _is_question(voice: Any) -> bool:
    return bool(voice.wish == Wish.CONSULT)


def _is_usual(voice: Any) -> bool:
    return not voice.is_urgent


def _is_complaint(voice: Any) -> bool:
    return not _is_question(voice)


def _is_of_person(voice: Any) -> bool:
    """Whoever works on a copy knows nobody to call back: the union that sealed it does."""
    return not getattr(voice, "is_copy", False)


_AT_FIRST, _DECIDED = ("registered",), ("registered", "screening")
_AT_WORK, _ASKED = ("handling",), ("waiting",)
CONTACT = Clock(
    "紧急的，联系到本人",
    params.urgent_hours,
    Unit.HOURS,
    code="contact",
    runs=_AT_FIRST,
    when=_is_urgent,
    since=came_at,
)
RECEIPT = Clock(
    "工会签收", params.receipt_days, Unit.WORKING_DAYS, code="receipt", runs=_AT_FIRST, when=_is_usual, since=came_at
)
DECIDE = Clock("决定是否受理", params.decide_days, Unit.DAYS, code="decide", runs=_DECIDED, since=came_at)
CONSULT = Clock(
    "咨询答复", params.consult_days, Unit.WORKING_DAYS, code="consult", runs=_AT_WORK, pauses=_ASKED, when=_is_question
)
ANSWER = Clock(
    "办结答复",
    params.answer_days,
    Unit.WORKING_DAYS,
    code="answer",
    runs=_AT_WORK,
    pauses=_ASKED,
    when=_is_complaint,
    most_extension=params.most_extension_days,
)
_SUPPLY = Clock("本人补充，没有补充就按现有材料办理", params.supply_days, Unit.DAYS, then="go_on")
VISIT = Clock("回访", params.visit_days, Unit.WORKING_DAYS, code="visit", runs=("answered",), when=_is_of_person)

VOICE = Flow(
    code="voices.voice",
    zh="职工诉求",
    version=1,
    page="voices:mine",
    desk="voices:voice",
    handled_by=HANDLE,
    approved_by=APPROVE,
    clocks=(CONTACT, RECEIPT, DECIDE, CONSULT, ANSWER, VISIT),
    states=(
        State("registered", "已登记，等工会签收", tone="waiting"),
        State("screening", "甄别中", tone="waiting"),
        State("handling", "办理中", tone="doing"),
        State("waiting", "等您补充材料", tone="late", waits_for=PERSON, clock=_SUPPLY),
        State("answered", "已答复，等回访", tone="doing"),
        State("archived", "已归档", is_final=True, tone="good"),
        State("refused", "不予受理", is_final=True, tone="off"),
        State("guided", "已引导到别处办理", is_final=True, tone="off"),
        State("withdrawn", "已撤回", is_final=True, tone="off"),
        State("joined", "已并入另一件", is_final=True, tone="off"),
    ),
    moves=(
        Move("receive", "签收", ("registered",), "screening", HANDLE),
        Move("accept", "受理", ("registered", "screening"), "handling", HANDLE),
        Move("refuse", "不予受理", ("registered", "screening"), "refused", HANDLE, needs=_REASON),
        Move("guide", "引导", ("registered", "screening"), "guided", HANDLE, needs={"reason": "找谁、怎么办"}),
        Move("withdraw", "撤回", ("registered", "screening"), "withdrawn", SIGNED_IN),
        Move("withdraw_for", "按本人要求撤回", ("registered", "screening"), "withdrawn", HANDLE, needs=_REASON),
        Move("join", "并案", ("registered", "screening", "handling"), "joined", HANDLE, needs={"main": "并入哪一件"}),
        Move("ask", "请补充材料", ("handling",), "waiting", HANDLE, needs={"reason": "要补充什么"}),
        Move("supply", "补充材料", ("waiting",), "handling", SIGNED_IN, needs={"reason": "补充的内容"}),
        Move("supply_for", "记下本人的补充", ("waiting",), "handling", HANDLE, needs={"reason": "补充的内容"}),
        Move("go_on", "按现有材料办理", ("waiting",), "handling", SETTLE),
        Move("answer", "办结答复", ("handling",), "answered", HANDLE, needs={"answer": "答复"}),
        Move("satisfied", "满意，归档", ("answered",), "archived", SIGNED_IN),
        Move("not_satisfied", "不满意，重新办理", ("answered",), "handling", SIGNED_IN, needs={"reason": "哪里不满意"}),
        Move("visit_satisfied", "回访满意，归档", ("answered",), "archived", HANDLE),
        Move("visit_not_satisfied", "回访不满意，重新办理", ("answered",), "handling", HANDLE, needs=_REASON),
        Move("archive", "联系不上，归档", ("answered",), "archived", HANDLE, needs={"reason": "怎样联系过"}),
    ),
)
