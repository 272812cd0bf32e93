"""From an application to a membership: states and moves, as data."""

from gongjia.engines.casework.flow import PERSON, Flow, Move, State
from gongjia.kernel.permissions import SIGNED_IN

JOINING = Flow(
    code="enrolment.application",
    zh="入会申请",
    version=1,
    page="enrolment:application",
    desk="enrolment:review",
    states=(
        State("submitted", "等待工会审核", tone="waiting"),
        State("returned", "需要修改", tone="late", waits_for=PERSON),
        State("approved", "已入会", is_final=True, tone="good"),
        State("refused", "未通过", is_final=True, tone="off"),
        State("withdrawn", "已撤回", is_final=True, tone="off"),
    ),
    moves=(
        Move("approve", "同意入会", ("submitted",), "approved", "enrolment.approve"),
        Move("return", "退回修改", ("submitted",), "returned", "enrolment.approve", needs={"reason": "原因"}),
        Move("refuse", "不予通过", ("submitted", "returned"), "refused", "enrolment.approve", needs={"reason": "原因"}),
        Move("assign", "转给工会", ("submitted",), "submitted", "enrolment.assign"),
        Move("resubmit", "修改后重新提交", ("returned",), "submitted", SIGNED_IN),
        Move("withdraw", "撤回申请", ("submitted", "returned"), "withdrawn", SIGNED_IN),
    ),
)
