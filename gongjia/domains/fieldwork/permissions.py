"""What posts may do in the field."""

from gongjia.domains.fieldwork.words import CHAIRS, OFFICERS, WATCHERS
from gongjia.kernel.permissions import Permission

SEE, SEE_PLANS = "fieldwork.see", "fieldwork.see_plans"
LOOK_AFTER, LOG = "fieldwork.look_after", "fieldwork.log"
PLAN, SOLVE = "fieldwork.plan", "fieldwork.solve"
SUGGEST, ANSWER = "fieldwork.suggest", "fieldwork.answer"
STUDY, ASK = "fieldwork.study", "fieldwork.ask"

PERMISSIONS = (
    Permission(SEE, "查看本级及下级的联系点、已经开始的走访、问题清单和基层建议", OFFICERS | CHAIRS | WATCHERS),
    Permission(SEE_PLANS, "查看本级及下级制定的走访计划和调研课题", OFFICERS | WATCHERS),
    Permission(
        LOOK_AFTER, "安排联系点和蹲点干部", frozenset({"organisation_officer", "office_officer", "township_officer"})
    ),
    Permission(LOG, "记自己联系点的日志和年度报告", OFFICERS | CHAIRS | {"leader"}),
    Permission(PLAN, "制定走访计划，记走访，交办和核实问题", OFFICERS),
    Permission(SOLVE, "办理交给本级的问题", OFFICERS | CHAIRS),
    Permission(SUGGEST, "向上级工会提基层建议", CHAIRS),
    Permission(ANSWER, "答复下级工会的基层建议", OFFICERS),
    Permission(STUDY, "开展调研课题", OFFICERS),
    Permission(ASK, "向本级及下级的会员发问卷", OFFICERS | CHAIRS),
)
