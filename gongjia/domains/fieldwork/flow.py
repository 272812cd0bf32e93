"""What a visit found, and what the grassroots suggest: states and moves, as data.

Of an observation `organisation` owns it and solves it, `counterpart` went there and verifies. Its own day stands on the
row: each state that is to be left by then is given it. Of a suggestion `organisation` answers, `counterpart` asked.
"""

from gongjia.domains.fieldwork.params import suggestion_days, verify_days
from gongjia.domains.fieldwork.permissions import ANSWER, PLAN, SOLVE, SUGGEST
from gongjia.engines.casework.flow import COUNTERPART, Clock, Flow, Move, State, Unit

_REASON = {"reason": "原因"}
#: The states that are to be left by the day the observation itself is due.
UNDER_WAY = ("todo", "doing", "declined")

OBSERVATION = Flow(
    code="fieldwork.observation",
    zh="走访发现的问题",
    version=1,
    desk="fieldwork:observation",
    states=(
        State("todo", "待办理", tone="waiting"),
        State("doing", "正在办理", tone="doing"),
        State("declined", "退回，等重新交办", tone="late", waits_for=COUNTERPART),
        State(
            "reported",
            "已报告解决，等核实",
            tone="waiting",
            waits_for=COUNTERPART,
            clock=Clock("核实", verify_days, Unit.WORKING_DAYS),
        ),
        State("closed", "已核实解决", is_final=True, tone="good"),
        State("withdrawn", "已撤销", is_final=True, tone="off"),
    ),
    moves=(
        Move("take", "着手办理", ("todo",), "doing", SOLVE, needs={"measure": "措施"}),
        Move("decline", "退回，不归本级办", ("todo",), "declined", SOLVE, needs=_REASON),
        Move("assign", "重新交办", ("declined",), "todo", PLAN, at=COUNTERPART),
        Move("report", "报告解决", ("doing",), "reported", SOLVE, needs={"evidence": "解决的情况"}),
        Move("verify", "核实解决", ("reported",), "closed", PLAN, needs={"reason": "核实的情况"}, at=COUNTERPART),
        Move("send_back", "没有解决，退回继续办", ("reported",), "doing", PLAN, needs=_REASON, at=COUNTERPART),
        Move("withdraw", "撤销", ("todo", "doing", "declined"), "withdrawn", PLAN, needs=_REASON, at=COUNTERPART),
    ),
)

SUGGESTION = Flow(
    code="fieldwork.suggestion",
    zh="基层建议",
    version=1,
    desk="fieldwork:suggestion",
    states=(
        State("asked", "等答复", tone="waiting", clock=Clock("答复建议", suggestion_days, Unit.WORKING_DAYS)),
        State("answered", "已答复", is_final=True, tone="good"),
        State("withdrawn", "已撤回", is_final=True, tone="off"),
    ),
    moves=(
        Move("answer", "答复", ("asked",), "answered", ANSWER, needs={"reason": "答复"}),
        Move("withdraw", "撤回", ("asked",), "withdrawn", SUGGEST, at=COUNTERPART),
    ),
)

FLOWS = (OBSERVATION, SUGGESTION)
