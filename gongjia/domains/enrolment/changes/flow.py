"""The matters of a membership that changes, as data: transfer, leaving, correction, and many at once."""

from gongjia.domains.enrolment.changes import params
from gongjia.engines.casework.flow import COUNTERPART, PERSON, Clock, Flow, Move, State, Unit
from gongjia.kernel.permissions import SIGNED_IN

#: What becomes of a matter when its ground is gone: no post carries it, only the platform itself does it.
SETTLE = "enrolment.settle"
_WRITE = "memberships.write"
_REASON = {"reason": "原因"}

_OUT = Clock("转出工会确认，没有答复视为确认", params.transfer_out_days, Unit.WORKING_DAYS, then="confirm")
_IN = Clock("转入工会接收，没有答复视为接收", params.transfer_in_days, Unit.WORKING_DAYS, then="accept")
_ANSWER = Clock("本人说明，没有说明就不转", params.objection_days, Unit.DAYS, then="lapse")

TRANSFER = Flow(
    code="enrolment.transfer",
    zh="会籍转接",
    version=1,
    page="enrolment:my_transfer",
    desk="enrolment:transfer",
    states=(
        State("out", "等转出工会确认", tone="waiting", clock=_OUT),
        State("objected", "转出工会有异议，等本人说明", tone="late", waits_for=PERSON, clock=_ANSWER),
        State("in", "等转入工会接收", tone="waiting", waits_for=COUNTERPART, clock=_IN),
        State("completed", "已转接", is_final=True, tone="good"),
        State("refused", "转入工会未接收", is_final=True, tone="off"),
        State("withdrawn", "已撤回", is_final=True, tone="off"),
        State("lapsed", "已办结，没有转", is_final=True, tone="off"),
    ),
    moves=(
        Move("confirm", "确认转出", ("out",), "in", _WRITE),
        Move("object", "提出异议", ("out",), "objected", _WRITE, needs=_REASON),
        Move("answer", "说明情况", ("objected",), "out", SIGNED_IN, needs={"reason": "说明"}),
        Move("accept", "同意接收", ("in",), "completed", _WRITE, at=COUNTERPART),
        Move("refuse", "不接收", ("in",), "refused", _WRITE, needs=_REASON, at=COUNTERPART),
        Move("withdraw", "撤回", ("out", "objected", "in"), "withdrawn", SIGNED_IN),
        Move("recall", "转出工会收回", ("in",), "withdrawn", _WRITE, needs=_REASON),
        Move("lapse", "不再转", ("out", "objected", "in"), "lapsed", SETTLE, needs=_REASON),
    ),
)

LEAVING = Flow(
    code="enrolment.leaving",
    zh="退会",
    version=1,
    page="enrolment:my_leaving",
    desk="enrolment:leaving",
    states=(
        State(
            "asked",
            "等工会谈话、宣布",
            tone="waiting",
            clock=Clock("工会宣布，没有办理视为宣布", params.leaving_days, Unit.DAYS, then="announce"),
        ),
        State("left", "已退会", is_final=True, tone="off"),
        State("withdrawn", "本人撤回，会籍不变", is_final=True, tone="good"),
        State("lapsed", "已办结，会籍另有变动", is_final=True, tone="off"),
    ),
    moves=(
        Move("announce", "宣布退会", ("asked",), "left", _WRITE),
        Move("withdraw", "撤回", ("asked",), "withdrawn", SIGNED_IN),
        Move("lapse", "不再办理", ("asked",), "lapsed", SETTLE, needs=_REASON),
    ),
)

CORRECTION = Flow(
    code="enrolment.correction",
    zh="信息更正",
    version=1,
    page="enrolment:my_correction",
    desk="enrolment:correction",
    states=(
        State(
            "asked",
            "等工会核对",
            tone="waiting",
            clock=Clock("答复更正要求", params.correction_days, Unit.WORKING_DAYS),
        ),
        State("returned", "需要补充", tone="late", waits_for=PERSON),
        State("approved", "已更正", is_final=True, tone="good"),
        State("withdrawn", "已撤回", is_final=True, tone="off"),
    ),
    moves=(
        Move("approve", "同意更正", ("asked",), "approved", _WRITE),
        Move("return", "退回补充", ("asked",), "returned", _WRITE, needs=_REASON),
        Move("resubmit", "改后再提交", ("returned",), "asked", SIGNED_IN),
        Move("withdraw", "撤回", ("asked", "returned"), "withdrawn", SIGNED_IN),
    ),
)

_MANY_IN = Clock("转入工会接收，没有答复视为接收", params.transfer_in_days, Unit.WORKING_DAYS, then="accept")
_BACK = Clock("可以整批退回", params.bulk_undo_days, Unit.DAYS, then="close")

BULK = Flow(
    code="enrolment.bulk_transfer",
    zh="整批转接",
    version=1,
    desk="enrolment:bulk_transfer",
    states=(
        State("draft", "拟定名单", tone="doing"),
        State("in", "等转入工会接收", tone="waiting", waits_for=COUNTERPART, clock=_MANY_IN),
        State("running", "正在转接", tone="doing", waits_for=COUNTERPART),
        State("done", "已转接，可以退回", tone="good", clock=_BACK),
        State("undoing", "正在退回", tone="doing", waits_for=COUNTERPART),
        State("closed", "已转接", is_final=True, tone="good"),
        State("undone", "已整批退回", is_final=True, tone="off"),
        State("refused", "转入工会未接收", is_final=True, tone="off"),
        State("withdrawn", "已收回", is_final=True, tone="off"),
        State("partly", "已办结，转了一部分", is_final=True, tone="good"),
        State("lapsed", "已办结，没有转", is_final=True, tone="off"),
    ),
    moves=(
        Move("send", "送转入工会", ("draft",), "in", _WRITE),
        Move("accept", "同意接收", ("in",), "running", _WRITE, at=COUNTERPART),
        Move("refuse", "不接收", ("in",), "refused", _WRITE, needs=_REASON, at=COUNTERPART),
        Move("recall", "收回", ("draft", "in"), "withdrawn", _WRITE),
        Move("finish", "转接完毕", ("running",), "done", SETTLE),
        Move("undo", "整批退回", ("done",), "undoing", _WRITE, needs=_REASON, at=COUNTERPART),
        Move("finish_undo", "退回完毕", ("undoing",), "undone", SETTLE),
        Move("close", "办结", ("done",), "closed", SETTLE),
        Move("stop", "办到这里为止", ("running",), "partly", SETTLE, needs=_REASON),
        Move("lapse", "不再转", ("draft", "in", "running"), "lapsed", SETTLE, needs=_REASON),
    ),
)

FLOWS = (TRANSFER, LEAVING, CORRECTION, BULK)
