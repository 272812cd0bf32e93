"""Comparing in the background: what is received, what is found, what a second run and a dead worker change."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django_tasks_db.models import DBTaskResult

from gongjia.backbone.files.models import StoredFile
from gongjia.domains.organising import services, tasks
from gongjia.domains.organising.models import EmployerResult, Lead, Run, RunList, UnionPair
from gongjia.domains.organising.tests.lists import EDGE, EMPLOYERS, LARGE, NAMED, SMALL, ask, compared, lists, states
from gongjia.domains.organising.words import LeadState, RunState
from gongjia.engines.figures import reading, repair
from gongjia.engines.intake.models import BadRow, Batch
from gongjia.engines.matching.tests.registers import code_of
from gongjia.engines.messages.models import Message
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.django_db]
DAY = timedelta(days=1)


def kept_files() -> set[Path]:
    folder = Path(settings.VAR) / "files"
    return {path for path in folder.rglob("*") if path.is_file()}


def figure(tree: factories.Tree, at: datetime) -> int:
    """The figure of leads, which must be what a recount gives."""
    with everywhere(reason="test"):
        assert repair.check("leads") == []
        return reading.total("leads", tree.city, on=at.date()).value


def test_lists_of_any_kind_give_the_employers_of_twenty_five_without_a_union(
    tree: factories.Tree, at: datetime
) -> None:
    run = compared(tree.officer, tree.county, at)
    assert (run.state, run.error) == (RunState.DONE, "")
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}
    large = Lead._base_manager.get(name=LARGE[0])
    assert (large.insured, large.declared, large.most, large.uscc) == (180, 210, 210, LARGE[1])
    assert (large.organisation, large.city, large.county) == (tree.county, "咸宁", "咸安")
    assert run.summary["unorganised"] == 2
    assert run.summary["employers"] == 4
    assert UnionPair._base_manager.get(run=run).uscc == NAMED[1]
    assert figure(tree, at) == 2


def test_whoever_asked_is_told(tree: factories.Tree, at: datetime) -> None:
    run = compared(tree.officer, tree.county, at)
    told = Message._base_manager.get(person=tree.officer)
    assert "2 家" in told.title
    assert run.reference in told.leads_to


def test_an_unreadable_list_is_refused_and_nothing_is_kept(tree: factories.Tree, at: datetime) -> None:
    before = kept_files()
    broken = {**lists(), "roster": ("工会.xlsx", b"PK\x03\x04 this is no workbook")}
    with pytest.raises(Refused, match=r"读不了“工会\.xlsx”"):
        ask(tree.officer, tree.county, at, broken)
    assert kept_files() == before
    assert not any(model._base_manager.exists() for model in (Run, Batch, StoredFile))


def test_an_officer_compares_for_the_own_federation_only(tree: factories.Tree, at: datetime) -> None:
    for person in (tree.chair, tree.leader, tree.foreign_officer):
        with pytest.raises(Forbidden):
            ask(person, tree.county, at)


def test_a_bad_row_is_kept_with_its_reason_and_stops_no_other(tree: factories.Tree, at: datetime) -> None:
    bad = ("", "91421202MA00000000", "咸宁", "咸安区", "长安路9号", "60")
    run = compared(tree.officer, tree.county, at, lists(employers=(*EMPLOYERS, bad)))
    batch = Batch._base_manager.get(pk=RunList._base_manager.get(run=run, kind="market").batch_id)
    assert (batch.row_count, batch.bad_count) == (5, 1)
    row = BadRow._base_manager.get()
    assert row.number == 6
    assert row.problems[0]["reason"]
    assert "长安路9号" in row.reveal("cells")
    assert len(states()) == 2


def test_a_list_that_breaks_off_fails_with_its_reason(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(batch: Batch, **_: Any) -> Any:
        raise tasks.Unreadable("文件在第 3 行断了，请重新导出。")

    monkeypatch.setattr(tasks, "rows_of", broken)
    run = compared(tree.officer, tree.county, at)
    assert (run.state, run.error) == (RunState.FAILED, "文件在第 3 行断了，请重新导出。")
    assert Message._base_manager.get(person=tree.officer).body == run.error


def test_a_second_comparison_brings_the_leads_up_to_date(tree: factories.Tree, at: datetime) -> None:
    compared(tree.officer, tree.county, at)
    more = (*LARGE[:5], "260")
    compared(tree.officer, tree.county, at + DAY, lists(employers=(SMALL, NAMED, more), insured=None))
    large = Lead._base_manager.get(name=LARGE[0])
    assert (large.most, large.insured, large.found_on) == (260, None, at.date())
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.GONE}
    assert figure(tree, at) == 1
    compared(tree.officer, tree.county, at + 2 * DAY)
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}
    assert figure(tree, at) == 2


@pytest.mark.parametrize(
    ("decided", "after"), [("no", LeadState.OPEN), ("yes", LeadState.UNFIT)], ids=["set aside", "decided"]
)
def test_what_was_set_aside_is_looked_at_again_and_what_was_decided_stays(
    tree: factories.Tree, at: datetime, decided: str, after: LeadState
) -> None:
    compared(tree.officer, tree.county, at)
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        lead = Lead.objects.select_related("organisation").get(name=LARGE[0])
        services.set_aside(lead=lead, unfit=decided == "yes", reason="正在搬迁", by=actor, at=at)
    assert figure(tree, at) == 1
    compared(tree.officer, tree.county, at + DAY)
    assert states()[LARGE[0]] == after
    assert figure(tree, at) == (1 if decided == "yes" else 2)
    compared(tree.officer, tree.county, at + 180 * DAY)  # for so long lists may lag behind what an officer has seen
    assert states()[LARGE[0]] == LeadState.OPEN
    assert figure(tree, at + 180 * DAY) == 2


def test_what_somebody_has_in_hand_stays_and_says_that_it_was_not_found(tree: factories.Tree, at: datetime) -> None:
    compared(tree.officer, tree.county, at)
    lead = Lead._base_manager.get(name=EDGE[0])
    Lead._base_manager.filter(pk=lead.pk).update(state=LeadState.ASSIGNED)
    compared(tree.officer, tree.county, at + DAY, lists(employers=(SMALL, NAMED, LARGE)))
    lead.refresh_from_db()
    assert (lead.state, bool(lead.reason)) == (LeadState.ASSIGNED, True)
    compared(tree.officer, tree.county, at + 2 * DAY)
    lead.refresh_from_db()
    assert lead.reason == ""


def test_an_employer_stays_one_lead_when_its_code_comes_or_goes(tree: factories.Tree, at: datetime) -> None:
    uncoded = (LARGE[0], "", *LARGE[2:])
    for day, firm in enumerate((uncoded, LARGE, uncoded, LARGE)):
        compared(tree.officer, tree.county, at + day * DAY, lists(employers=(firm,), insured=None))
        assert Lead._base_manager.count() == 1
    assert Lead._base_manager.get().uscc == LARGE[1]


def test_two_employers_of_one_name_are_two_leads(tree: factories.Tree, at: datetime) -> None:
    other = (LARGE[0], code_of(9), *LARGE[2:])
    for day in range(2):
        compared(tree.officer, tree.county, at + day * DAY, lists(employers=(LARGE, other), insured=None))
    assert set(Lead._base_manager.values_list("uscc", flat=True)) == {LARGE[1], code_of(9)}


STEPS = (
    *("rows_of", "covered_now", "pair_row", "result_rows", "known_leads", "write_leads", "close_what_is_gone"),
    *("count_again", "_summary"),
)


class Killed(BaseException):
    """The worker is gone: nothing after this line happens."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_step_changes_nothing_in_the_end(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(tasks, "_TOGETHER", 1)
    run = ask(tree.officer, tree.county, at)

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(tasks, step, killed)
        with pytest.raises(Killed):
            tasks.run_now(run.pk, now=lambda: at)
    soon, later = at + timedelta(minutes=5), at + timedelta(minutes=11)
    assert tasks.put_back(at=soon) == 0
    assert tasks.put_back(at=later) == 1
    assert DBTaskResult.objects.filter(task_path="gongjia.domains.organising.tasks.run").count() == 1
    tasks.run_now(run.pk, now=lambda: later)
    tasks.run_now(run.pk, now=lambda: later)  # the first worker's task wakes up as well
    run = Run._base_manager.get(pk=run.pk)
    assert (run.state, run.summary["unorganised"], run.attempts) == (RunState.DONE, 2, 2)
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}
    assert UnionPair._base_manager.count() == 1
    assert [each.found for each in EmployerResult._base_manager.order_by("place")] == [
        "may", "organised", "should", "should"
    ]  # fmt: skip
    assert Message._base_manager.count() == 1
    assert figure(tree, at) == 2


def everything() -> list[Any]:
    """All that a worker writes."""
    return [
        list(Run._base_manager.values()),
        list(Lead._base_manager.order_by("pk").values()),
        list(UnionPair._base_manager.order_by("pk").values()),
        list(EmployerResult._base_manager.order_by("pk").values()),
        list(BadRow._base_manager.order_by("pk").values("pk", "batch", "number")),
        list(Batch._base_manager.order_by("pk").values()),
        Message._base_manager.count(),
        DBTaskResult.objects.count(),
    ]


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("step", ["rows_of", "pair_row", "result_rows", "known_leads", "_in_batches"])
def test_a_worker_that_wakes_up_beside_its_successor_writes_nothing(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch, step: str, *, fails: bool
) -> None:
    bad = ("", "91421202MA00000000", "咸宁", "咸安区", "长安路9号", "60")
    run = ask(tree.officer, tree.county, at, lists(employers=(*EMPLOYERS, bad)))
    real, later, clock, seen = getattr(tasks, step), at + timedelta(minutes=11), [at], []

    def asleep(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(tasks, step, real)
        clock[0] = later
        assert tasks.put_back(at=later) == 1
        tasks.run_now(run.pk, now=lambda: later)
        Lead._base_manager.filter(name=LARGE[0]).update(state=LeadState.SET_ASIDE)
        seen.append(everything())
        if fails:
            raise tasks.Unreadable("文件断了")
        return real(*args, **kwargs)

    monkeypatch.setattr(tasks, step, asleep)
    tasks.run_now(run.pk, now=lambda: clock[0])
    assert seen == [everything()]
    assert BadRow._base_manager.count() == 1
    assert Run._base_manager.get().state == RunState.DONE


def test_a_worker_that_wakes_up_while_its_successor_is_at_work_leaves_the_run_to_it(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask(tree.officer, tree.county, at)
    with everywhere(reason="test"):
        assert tasks._claimed(run.pk, at) == 1
        first = Run.objects.get(pk=run.pk)
        tasks.put_back(at=at + timedelta(minutes=11))
        assert tasks._claimed(run.pk, at + timedelta(minutes=11)) == 2
        before = everything()
        with pytest.raises(tasks.TakenOver):
            tasks._beat(first, at, "x", 1)
        with pytest.raises(tasks.TakenOver):
            tasks._end(tasks._turn_of(first), first, RunState.FAILED, at)
    assert everything() == before


def test_a_comparison_that_no_worker_began_is_handed_over_again(tree: factories.Tree, at: datetime) -> None:
    ask(tree.officer, tree.county, at)
    assert tasks.put_back(at=at + timedelta(minutes=11)) == 1
    assert tasks.put_back(at=at + timedelta(minutes=12)) == 0


def test_a_comparison_that_silences_three_workers_is_given_up(tree: factories.Tree, at: datetime) -> None:
    run = ask(tree.officer, tree.county, at)
    Run._base_manager.filter(pk=run.pk).update(state=RunState.RUNNING, attempts=3, beat_at=at)
    assert tasks.put_back(at=at + DAY) == 0
    run = Run._base_manager.get(pk=run.pk)
    assert run.state == RunState.FAILED
    assert "拆开" in run.error


def test_of_two_comparisons_at_once_the_second_waits_and_neither_closes_the_others_leads(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ask(tree.officer, tree.county, at), ask(tree.officer, tree.county, at)
    tasks.run_now(second.pk, now=lambda: at)  # a worker that is faster with the later one
    second.refresh_from_db()
    assert (second.state, second.stage) == (RunState.WAITING, "前一次比对还没有做完，做完就开始")
    real = tasks.close_what_is_gone

    def in_between(one: Run) -> None:
        tasks.run_now(second.pk, now=lambda: at)
        real(one)

    monkeypatch.setattr(tasks, "close_what_is_gone", in_between)
    before = DBTaskResult.objects.count()
    tasks.run_now(first.pk, now=lambda: at)
    assert DBTaskResult.objects.count() == before + 1  # the end of one begins the next
    tasks.run_now(second.pk, now=lambda: at)
    assert set(Run._base_manager.values_list("state", flat=True)) == {RunState.DONE}
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}
    assert figure(tree, at) == 2


def test_leads_that_a_later_comparison_found_are_not_closed_by_an_earlier_one(
    tree: factories.Tree, at: datetime
) -> None:
    first, second = ask(tree.officer, tree.county, at), ask(tree.officer, tree.county, at)
    with everywhere(reason="test"):
        Run.objects.filter(pk=first.pk).update(state=RunState.FAILED)
        tasks.run_now(second.pk, now=lambda: at)
        tasks.close_what_is_gone(Run.objects.get(pk=first.pk))
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}


def test_of_two_alike_far_apart_the_larger_stays(
    tree: factories.Tree, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_TOGETHER", 2)
    rows = [("甲样例厂", "500"), ("乙样例厂", "100"), ("丙样例厂", "90"), ("甲样例厂", "30")]
    employers = [(name, "", "咸宁", "咸安区", f"书台街{at}号", count) for at, (name, count) in enumerate(rows)]
    compared(tree.officer, tree.county, at, lists(employers, insured=None))
    assert Lead._base_manager.get(name="甲样例厂").most == 500


def test_an_employer_with_a_mistyped_code_is_kept_by_its_name(tree: factories.Tree, at: datetime) -> None:
    wrong = LARGE[1][:-1] + ("0" if LARGE[1][-1] != "0" else "1")
    taken = NAMED[1][:-1] + ("0" if NAMED[1][-1] != "0" else "1")
    employers = (SMALL, (NAMED[0], taken, *NAMED[2:]), (LARGE[0], wrong, *LARGE[2:]), EDGE)
    run = compared(tree.officer, tree.county, at, lists(employers, insured=None))
    assert states() == {LARGE[0]: LeadState.OPEN, EDGE[0]: LeadState.OPEN}  # the second one has its union, by name
    lead = Lead._base_manager.get(name=LARGE[0])
    assert (lead.uscc, lead.has_wrong_code) == (wrong, True)
    assert not Lead._base_manager.get(name=EDGE[0]).has_wrong_code
    assert (run.summary["wrong_codes"], run.summary["employers"]) == (2, 4)
    compared(tree.officer, tree.county, at)  # the next list has the right code: the same lead
    lead.refresh_from_db()
    assert (lead.uscc, lead.has_wrong_code) == (LARGE[1], False)


def test_the_county_that_an_address_writes_is_the_leads_county(tree: factories.Tree, at: datetime) -> None:
    firm = ("样例建材有限公司", code_of(9), "", "", "湖北省咸宁市赤壁市温泉街道8号", "60")
    compared(tree.officer, tree.county, at, lists((*EMPLOYERS, firm), insured=None))
    assert Lead._base_manager.get(name=firm[0]).county == "赤壁"
