"""The flows of handing on, as data: forwarded (转办), assigned and supervised (交办、督办), joined from outside (会办).

`organisation` is who sent it, `counterpart` who is to act: only the one side answers, only the other closes.
"""

from gongjia.engines.casework.flow import COUNTERPART, PERSON, Clock, Flow, Move, State, Unit
from gongjia.engines.casework.params import accept_days
from gongjia.kernel.permissions import SIGNED_IN

HANDLE = "casework.handle"
_WHY = {"reason": "原因"}

FORWARDING = Flow(
    code="casework.forwarding",
    zh="转办",
    version=1,
    desk="casework:forwarding",
    states=(
        State(
            "sent",
            "等对方接收",
            tone="waiting",
            waits_for=COUNTERPART,
            clock=Clock("接收转办件", accept_days, Unit.WORKING_DAYS),
        ),
        State("accepted", "已接收", is_final=True, tone="good"),
        State("refused", "已退回", is_final=True, tone="off"),
        State("recalled", "已撤回", is_final=True, tone="off"),
    ),
    moves=(
        Move("accept", "接收", ("sent",), "accepted", HANDLE, at=COUNTERPART),
        Move("refuse", "退回", ("sent",), "refused", HANDLE, needs=_WHY, at=COUNTERPART),
        Move("recall", "撤回转办", ("sent",), "recalled", HANDLE, needs=_WHY),
    ),
)

ASSIGNMENT = Flow(
    code="casework.assignment",
    zh="交办督办",
    version=1,
    desk="casework:assignment",
    states=(
        State("sent", "等反馈", tone="doing", waits_for=COUNTERPART),
        State("answered", "已反馈，等核实", tone="waiting"),
        State("closed", "已办结", is_final=True, tone="good"),
        State("recalled", "已撤回", is_final=True, tone="off"),
    ),
    moves=(
        Move("answer", "反馈办理结果", ("sent",), "answered", HANDLE, needs={"reason": "办理结果"}, at=COUNTERPART),
        Move("again", "退回重办", ("answered",), "sent", HANDLE, needs=_WHY),
        Move("close", "核实办结", ("sent", "answered"), "closed", HANDLE),
        Move("recall", "撤回", ("sent", "answered"), "recalled", HANDLE, needs=_WHY),
    ),
)

INVITATION = Flow(
    code="casework.invitation",
    zh="会办",
    version=1,
    desk="casework:invitation",
    states=(
        State("sent", "等会办单位答复", tone="doing", waits_for=PERSON),
        State("answered", "会办单位已答复", tone="waiting"),
        State("closed", "会办结束", is_final=True, tone="good"),
        State("recalled", "已撤回", is_final=True, tone="off"),
    ),
    moves=(
        Move("answer", "答复", ("sent",), "answered", SIGNED_IN, needs={"reason": "答复"}),
        Move("again", "请补充", ("answered",), "sent", HANDLE, needs=_WHY),
        Move("close", "结束会办", ("sent", "answered"), "closed", HANDLE),
        Move("recall", "撤回邀请", ("sent", "answered"), "recalled", HANDLE, needs=_WHY),
    ),
)
FLOWS = (FORWARDING, ASSIGNMENT, INVITATION)
