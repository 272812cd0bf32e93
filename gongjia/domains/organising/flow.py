"""How far work with an employer without a union has come: states and moves, as data.

The state of a lead says who has it and whether it still is one; this says what was done there. A visit makes one of the
moves by its outcome; the moves from a refusal on are the path that 工会法 (2021) article 51 leaves open: who hinders
workers from founding a union is told in writing, reported, and put right by the labour authority. No union fines.
"""

from gongjia.domains.organising.words import REFUSING, Outcome, Progress
from gongjia.engines.casework.flow import Flow, Move, State

_TALKING = (Progress.UNVISITED, Progress.VISITED, Progress.AGREED)
_MAY = "organising.work"

WORK = Flow(
    code="organising.lead",
    zh="建会攻坚",
    version=1,
    states=(
        State(Progress.UNVISITED, Progress.UNVISITED.label, tone="waiting"),
        State(Progress.VISITED, Progress.VISITED.label, tone="doing"),
        State(Progress.AGREED, Progress.AGREED.label, tone="good"),
        State(Progress.REFUSED, Progress.REFUSED.label, tone="late"),
        State(Progress.REMINDED, Progress.REMINDED.label, tone="late"),
        State(Progress.REPORTED, Progress.REPORTED.label, tone="late"),
        State(Progress.REFERRED, Progress.REFERRED.label, tone="late"),
        State(Progress.PREPARING, Progress.PREPARING.label, tone="doing"),
        State(Progress.FOUNDED, Progress.FOUNDED.label, is_final=True, tone="good"),
    ),
    moves=(
        Move("talk", "走访，还没有表态", (*_TALKING, *REFUSING), Progress.VISITED, _MAY),
        Move("agree", "走访，同意建会", (*_TALKING, *REFUSING), Progress.AGREED, _MAY),
        Move("refuse", "走访，拒绝建会", _TALKING, Progress.REFUSED, _MAY, needs={"reason": "拒绝的原因"}),
        Move("remind", "书面提醒", (Progress.REFUSED,), Progress.REMINDED, _MAY, needs={"reason": "提醒书怎样送达"}),
        Move("report", "报上级工会", (Progress.REMINDED,), Progress.REPORTED, _MAY, needs={"reason": "情况说明"}),
        Move(
            "refer",
            "提请劳动行政部门责令改正",
            (Progress.REPORTED,),
            Progress.REFERRED,
            "organising.assign",
            needs={"reason": "提请的文号和单位"},
        ),
        Move("begin", "批复筹建", (*_TALKING, *REFUSING), Progress.PREPARING, "organisations.found"),
        Move("found", "建会", (Progress.PREPARING,), Progress.FOUNDED, "organisations.found"),
    ),
)

#: The path from a refusal, step by step; a visit after which the employer agrees leaves it.
FROM_REFUSAL = ("remind", "report", "refer")


def next_from_refusal(progress: str) -> Move | None:
    """The next step of the path, None where it has not begun or has ended."""
    return next((WORK.move(code) for code in FROM_REFUSAL if progress in WORK.move(code).from_states), None)


#: The move that an outcome of a visit makes; the others leave the progress as it is.
_BY_OUTCOME = {Outcome.AGREES: "agree", Outcome.HESITATES: "talk", Outcome.REFUSES: "refuse"}


def move_after(outcome: str, progress: str) -> Move | None:
    """The move that a visit makes; None where nothing changes: nobody to answer, or a no that is known."""
    code = _BY_OUTCOME.get(Outcome(outcome))
    return WORK.move(code) if code and progress in WORK.move(code).from_states else None
