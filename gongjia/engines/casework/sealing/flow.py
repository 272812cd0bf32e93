"""Opening a seal, as data: the unit that works on the copy asks, the unit that sealed it answers."""

from gongjia.engines.casework.flow import Flow, Move, State
from gongjia.engines.casework.handing.flow import HANDLE

UNSEALING = Flow(
    code="casework.unsealing",
    zh="申请查看身份",
    version=1,
    desk="casework:unsealing",
    states=(
        State("asked", "等密封的工会审批", tone="waiting"),
        State("granted", "已批准", is_final=True, tone="good"),
        State("refused", "未批准", is_final=True, tone="off"),
    ),
    moves=(
        Move("grant", "批准查看", ("asked",), "granted", HANDLE),
        Move("refuse", "不批准", ("asked",), "refused", HANDLE, needs={"reason": "原因"}),
    ),
)
