"""Clocks as they run: through states, standing still, lengthened by a second person, counted again."""

from datetime import date, datetime, timedelta

import pytest

from gongjia.engines.casework import clocks, deadlines
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.models import Deadline, MatterIndex, Step
from gongjia.engines.casework.tests.complaints import ANSWER_DAYS, MOST_MORE, Complaint
from gongjia.engines.casework.tests.conftest import Desk
from gongjia.kernel.days import Calendar, add_working_days, national_calendar
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.moments import end_of

pytestmark = [pytest.mark.system("R2"), pytest.mark.django_db]
DAY = timedelta(days=1)


def move(desk: Desk, one: Complaint, code: str, *, after: timedelta = timedelta(), words: str = "说明") -> None:
    by = desk.worker if code in {"add", "reopen", "withdraw"} else desk.county
    casework.move(matter=one, move_code=code, by=by, at=desk.at + after, words=words)


def running(one: Complaint) -> dict[str, Deadline]:
    rows = Deadline.objects.filter(matter__matter_id=one.pk, matter__flow_code=one.flow_code, stopped_at=None)
    return {each.code: each for each in rows}


def until(at: datetime, days: int) -> datetime:
    return end_of(add_working_days(at.date(), days, national_calendar()).day)


def index(one: Complaint) -> MatterIndex:
    return MatterIndex.objects.get(matter_id=one.pk, flow_code=one.flow_code)


def test_a_clock_runs_through_states_and_a_state_s_own_ends_with_it(desk: Desk) -> None:
    one = desk.complaint()
    assert {code: each.due_at for code, each in running(one).items()} == {
        "received": until(desk.at, 1),
        "whole": until(desk.at, ANSWER_DAYS),
    }
    assert index(one).due_at == until(desk.at, 1)
    move(desk, one, "take", after=4 * DAY)
    assert set(running(one)) == {"whole"}
    assert running(one)["whole"].due_at == until(desk.at, ANSWER_DAYS), "it began with the complaint"
    assert index(one).due_at == until(desk.at, ANSWER_DAYS)
    late = Deadline.objects.get(code="received")
    assert late.is_late(desk.at + 9 * DAY), "it was left on Tuesday, a day after its end"
    move(desk, one, "answer", after=5 * DAY)
    assert running(one) == {}
    assert index(one).due_at is None
    move(desk, one, "reopen", after=6 * DAY)
    assert running(one)["whole"].due_at == until(desk.at + 6 * DAY, ANSWER_DAYS), "opened again, counted anew"


def test_a_clock_stands_still_while_the_person_is_asked(desk: Desk) -> None:
    one = desk.complaint()
    move(desk, one, "take")
    move(desk, one, "ask", after=3 * DAY)
    whole = running(one)["whole"]
    assert (whole.is_paused, whole.due_at, whole.climbs_at) == (True, None, None)
    assert index(one).due_at == running(one)["asked"].due_at, "now the person has time"
    move(desk, one, "add", after=10 * DAY)
    whole = running(one)["whole"]
    assert whole.due_at == until(desk.at, ANSWER_DAYS + 5), "Monday to Friday stood still; the day of the answer counts"
    assert "暂停的 7 天不算" in deadlines.due_of(whole).zh
    assert whole.climbs_at == whole.due_at


def test_somebody_who_handles_it_pauses_and_resumes_with_a_reason(desk: Desk) -> None:
    one = desk.complaint()
    with pytest.raises(Refused, match="写明原因"):
        deadlines.pause(matter=one, code="whole", reason=" ", by=desk.county, at=desk.at)
    for stranger in (desk.foreign, desk.worker, desk.street):
        with pytest.raises(Forbidden):
            deadlines.pause(matter=one, code="whole", reason="等鉴定", by=stranger, at=desk.at)
    one = Complaint._base_manager.get(pk=one.pk)
    deadlines.pause(matter=one, code="whole", reason="等鉴定", by=desk.county, at=desk.at)
    assert running(one)["whole"].is_paused
    assert index(one).due_at == until(desk.at, 1), "the other clock goes on"
    with pytest.raises(Refused, match="已经暂停"):
        deadlines.pause(matter=one, code="whole", reason="等鉴定", by=desk.county, at=desk.at)
    one = Complaint._base_manager.get(pk=one.pk)
    deadlines.resume(matter=one, code="whole", by=desk.county, at=desk.at + 3 * DAY)
    assert running(one)["whole"].due_at == until(desk.at, ANSWER_DAYS), (
        "only a weekend went by: Friday was no day of it"
    )
    assert [each.words for each in Step.objects.filter(move="pause")] == ["暂停计时：等鉴定"]


def test_an_older_page_pauses_nothing(desk: Desk) -> None:
    one = desk.complaint()
    older = Complaint._base_manager.get(pk=one.pk)
    deadlines.pause(matter=one, code="whole", reason="等鉴定", by=desk.county, at=desk.at)
    with pytest.raises(Stale):
        deadlines.resume(matter=older, code="whole", by=desk.county, at=desk.at)
    assert running(one)["whole"].is_paused


def test_more_time_is_asked_by_one_and_granted_by_another(desk: Desk) -> None:
    one = desk.complaint()
    ask = {"matter": one, "code": "whole", "by": desk.county, "at": desk.at}
    for units in (0, -1, MOST_MORE + 1):
        with pytest.raises(Refused, match=f"最多还可以延长 {MOST_MORE} 个工作日"):
            deadlines.ask_extension(**ask, units=units, reason="案情复杂")
        one = ask["matter"] = Complaint._base_manager.get(pk=one.pk)
    deadlines.ask_extension(**ask, units=MOST_MORE, reason="案情复杂")
    assert running(one)["whole"].due_at == until(desk.at, ANSWER_DAYS), "asking is not having"
    with pytest.raises(Refused, match="正在等审批"):
        deadlines.ask_extension(**ask, units=1, reason="案情复杂")
    one = Complaint._base_manager.get(pk=one.pk)
    with pytest.raises(Forbidden, match="申请人以外"):
        deadlines.answer_extension(matter=one, code="whole", grant=True, by=desk.county, at=desk.at)
    one = Complaint._base_manager.get(pk=one.pk)
    deadlines.answer_extension(matter=one, code="whole", grant=True, by=desk.colleague, at=desk.at)
    whole = running(one)["whole"]
    assert whole.due_at == until(desk.at, ANSWER_DAYS + MOST_MORE)
    assert f"含延长 {MOST_MORE} 个工作日" in deadlines.due_of(whole).zh
    with pytest.raises(Refused, match="最多还可以延长 0"):
        deadlines.ask_extension(matter=one, code="whole", units=1, reason="再延", by=desk.county, at=desk.at)


def test_a_refusal_says_why_and_leaves_the_clock(desk: Desk) -> None:
    one = desk.complaint()
    deadlines.ask_extension(matter=one, code="whole", units=5, reason="案情复杂", by=desk.county, at=desk.at)
    with pytest.raises(Refused, match="写明原因"):
        deadlines.answer_extension(matter=one, code="whole", grant=False, by=desk.colleague, at=desk.at)
    one = Complaint._base_manager.get(pk=one.pk)
    answer = {"matter": one, "code": "whole", "by": desk.colleague, "at": desk.at}
    deadlines.answer_extension(**answer, grant=False, words="理由不足")
    assert running(one)["whole"].due_at == until(desk.at, ANSWER_DAYS)
    with pytest.raises(Refused, match="没有等审批"):
        deadlines.answer_extension(**answer, grant=True)


def test_some_clocks_are_not_lengthened_and_none_when_it_is_over(desk: Desk) -> None:
    one = desk.complaint()
    with pytest.raises(Refused, match="按规定不能延长"):
        deadlines.ask_extension(matter=one, code="received", units=1, reason="忙", by=desk.county, at=desk.at)
    one = Complaint._base_manager.get(pk=one.pk)
    over = until(desk.at, ANSWER_DAYS)
    with pytest.raises(Refused, match="已经到期"):
        deadlines.ask_extension(matter=one, code="whole", units=1, reason="忙", by=desk.county, at=over)


def test_a_year_that_becomes_known_is_counted_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    late_december = desk.at.replace(month=12, day=24)
    one = casework.open_matter(
        matter=Complaint(organisation=desk.tree.county, person=desk.tree.member),
        title="拖欠工资",
        by=desk.worker,
        at=late_december,
    )
    before = running(one)["whole"]
    assert before.is_provisional
    assert deadlines.recount(at=late_december) == 0, "nothing is known yet"
    known = national_calendar()
    off = {date(2027, 1, 1): "元旦", date(2027, 1, 4): "元旦"}
    fuller = Calendar({**known.holidays, **off}, known.make_up_days, known.years | {2027})
    monkeypatch.setattr(clocks, "national_calendar", lambda: fuller)
    assert deadlines.recount(at=late_december) == 1
    after = running(one)["whole"]
    assert after.due_at == before.due_at + 2 * DAY or after.due_at > before.due_at
    assert not after.is_provisional
    assert Step.objects.filter(move="recount").count() == 1
    assert deadlines.recount(at=late_december) == 0, "once"
