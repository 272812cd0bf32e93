"""An invented matter over an invented table: a complaint with every kind of clock."""

from django.db import connection, models

from gongjia.engines.casework.flow import PERSON, Clock, Flow, Move, State, Unit
from gongjia.engines.casework.handing.flow import HANDLE
from gongjia.engines.casework.models import Matter
from gongjia.kernel.db import is_postgresql
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.scrubbing import Known

RECEIVE_DAYS, ANSWER_DAYS, MOST_MORE, SUPPLY_DAYS = 1, 15, 15, 90

COMPLAINT = Flow(
    code="tests.complaint",
    zh="诉求",
    version=1,
    states=(
        State("received", "等受理", clock=Clock("受理", lambda on: RECEIVE_DAYS, Unit.WORKING_DAYS)),
        State("working", "办理中"),
        State(
            "asked",
            "等本人补充",
            waits_for=PERSON,
            clock=Clock("本人补充", lambda on: SUPPLY_DAYS, Unit.DAYS, then="go_on"),
        ),
        State("answered", "已答复", waits_for=PERSON),
        State("filed", "已归档", is_final=True),
        State("withdrawn", "已撤回", is_final=True),
    ),
    moves=(
        Move("take", "受理", ("received",), "working", HANDLE),
        Move("ask", "请本人补充", ("working",), "asked", HANDLE, needs={"reason": "要补充什么"}),
        Move("add", "补充", ("asked",), "working", SIGNED_IN),
        Move("go_on", "按现有材料办理", ("asked",), "working", HANDLE),
        Move("answer", "答复", ("working",), "answered", HANDLE, needs={"reason": "答复"}),
        Move("reopen", "重新办理", ("answered",), "working", SIGNED_IN),
        Move("file", "归档", ("answered",), "filed", HANDLE),
        Move("withdraw", "撤回", ("received",), "withdrawn", SIGNED_IN),
    ),
    clocks=(
        Clock(
            "办结答复",
            lambda on: ANSWER_DAYS,
            Unit.WORKING_DAYS,
            code="whole",
            runs=("received", "working"),
            pauses=("asked",),
            most_extension=lambda on: MOST_MORE,
        ),
    ),
    handled_by=HANDLE,
    reopen="reopen",
)


class Complaint(Matter):
    flow_code = COMPLAINT.code

    text = models.TextField(default="")
    phone = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "casework_tests"
        managed = False

    def known_of_person(self) -> Known:
        return Known(name=self.person.name if self.person else "", numbers=(self.phone,))

    def text_of_person(self) -> str:
        return self.text

    def sealed_copy(self, covered: str) -> "Complaint":
        return Complaint(text=covered)

    def identity_in_words(self) -> dict[str, str]:
        return {"姓名": self.person.name if self.person else "", "手机号": self.phone}


def create_table() -> None:
    number = "bigserial PRIMARY KEY" if is_postgresql() else "integer PRIMARY KEY AUTOINCREMENT"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS casework_tests_complaint (id {number}, reference varchar(10) UNIQUE, "
            "version integer, organisation_id bigint, counterpart_id bigint, person_id bigint, owner_id bigint, "
            "kept_from_id bigint, state varchar(30), flow_version smallint, opened_at timestamp with time zone, "
            "closed_at timestamp with time zone, text text, phone varchar(20))"
        )


def drop_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS casework_tests_complaint")
