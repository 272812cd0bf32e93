"""From a request to a union in the tree: states and moves, as data.

`organisation` is who prepares: the township's or county's union, and from the reply on the preparatory group itself.
`counterpart` is the superior that replies (工会法 2021 第十二条).
"""

from gongjia.domains.founding.params import reply_days, result_reply_days
from gongjia.engines.casework.flow import COUNTERPART, Clock, Flow, Move, State, Unit

PREPARE, APPROVE = "founding.prepare", "founding.approve"
_BEFORE = ("drafting", "requested", "returned")
_AFTER = ("enrolling", "planned", "counting")
_REPLY = {"number": "批复文号", "on": "批复日期"}

FOUNDING = Flow(
    code="founding.founding",
    zh="依法建会",
    version=1,
    desk="founding:founding",
    states=(
        State("drafting", "起草筹建请示", tone="doing"),
        State(
            "requested",
            "等上级批复筹建",
            tone="waiting",
            waits_for=COUNTERPART,
            clock=Clock("批复筹建", reply_days, Unit.DAYS),
        ),
        State("returned", "请示退回补正", tone="late"),
        State("enrolling", "发展会员", tone="doing"),
        State("planned", "筹备选举", tone="doing"),
        State("counting", "大会选举", tone="doing"),
        State(
            "reported",
            "等上级批复选举结果",
            tone="waiting",
            waits_for=COUNTERPART,
            clock=Clock("批复选举结果", result_reply_days, Unit.DAYS),
        ),
        State("standing", "工会已成立", is_final=True, tone="good"),
        State("refused", "上级不同意", is_final=True, tone="off"),
        State("withdrawn", "已撤回", is_final=True, tone="off"),
        State("abandoned", "已终止筹建", is_final=True, tone="off"),
    ),
    moves=(
        Move("submit", "报送筹建请示", ("drafting", "returned"), "requested", PREPARE),
        Move("approve", "批复筹建", ("requested",), "enrolling", APPROVE, needs=_REPLY, at=COUNTERPART),
        Move("return", "退回补正", ("requested",), "returned", APPROVE, needs={"reason": "原因"}, at=COUNTERPART),
        Move("refuse", "不同意筹建", ("requested",), "refused", APPROVE, needs={"reason": "原因"}, at=COUNTERPART),
        Move("withdraw", "撤回请示", _BEFORE, "withdrawn", PREPARE, needs={"reason": "原因"}),
        Move("plan", "定下选举方案", ("enrolling", "planned"), "planned", PREPARE),
        Move("convene", "召开选举大会", ("planned",), "counting", PREPARE),
        Move("again", "选举无效，重新筹备", ("counting",), "planned", PREPARE, needs={"reason": "原因"}),
        Move("report", "报告选举结果", ("counting",), "reported", PREPARE),
        Move(
            "send_back",
            "选举结果退回核对",
            ("reported",),
            "counting",
            APPROVE,
            needs={"reason": "原因"},
            at=COUNTERPART,
        ),
        Move("confirm", "批复选举结果", ("reported",), "standing", APPROVE, needs=_REPLY, at=COUNTERPART),
        Move(
            "abandon", "终止筹建", (*_AFTER, "reported"), "abandoned", APPROVE, needs={"reason": "原因"}, at=COUNTERPART
        ),
    ),
)

#: States in which the superior is to reply.
ASKS = frozenset(each.code for each in FOUNDING.states if each.waits_for == COUNTERPART)

#: The line of steps that a page draws: words, and the states in which one is at it.
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("请示", ("drafting", "returned")),
    ("批复筹建", ("requested", "refused", "withdrawn")),
    ("发展会员", ("enrolling",)),
    ("筹备选举", ("planned",)),
    ("大会选举", ("counting",)),
    ("批复结果", ("reported",)),
    ("工会成立", ("standing",)),
)
