"""Rosters that are imported: dry run, mending, commit, undo, and a worker that is killed anywhere."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.files import expiry
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.people import services as people
from gongjia.domains.enrolment import roster_blocks
from gongjia.domains.enrolment import roster_words as words
from gongjia.domains.enrolment.tests.rosters import act, again, corrected, imported, line, sent, sheet, worked
from gongjia.engines.intake import checking, importing, recognising, tasks, turns, writing
from gongjia.engines.intake.core import Unreadable
from gongjia.engines.intake.models import Import, ImportRow, ImportTrace, RememberedHeading
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.models import Event
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import entering, everywhere
from tests import factories
from tests.factories import Membership, Person, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O8")]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def chair(tree: Tree) -> Actor:
    return factories.actor(tree.chair)


def counts(one: Import) -> tuple[int, ...]:
    """new, changed, same, conflict, bad"""
    return one.new_count, one.changed_count, one.same_count, one.conflict_count, one.bad_count


def reasons(one: Import, state: str) -> list[str]:
    rows = ImportRow._base_manager.filter(source=one, state=state).order_by("number")
    return [each["reason"] for row in rows for each in json.loads(row.reveal("problems"))]


def members_of(tree: Tree) -> set[str]:
    return set(Membership._base_manager.filter(organisation=tree.union).values_list("person__name", flat=True))


# ── dry run ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_tells_new_changed_same_conflict_and_bad_and_writes_nothing(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    member, foreign = tree.member, tree.foreign_member
    own = (member.name, member.reveal("id_number"), member.reveal("phone"))
    before = Person._base_manager.count(), Membership._base_manager.count()
    changed = worked(sent(sheet((*own, "土家族")), tree.union, chair, at), at)
    content = sheet(
        line("白小满", 901),
        own,
        (foreign.name, foreign.reveal("id_number")),
        ("柳青", "42120219900101123X"),
        line("石磊", 902, "汉族", "本科", "2031-05-01"),
    )
    one = worked(sent(content, tree.union, chair, at), at)
    assert one.state == Import.State.CHECKED
    assert counts(one) == (1, 0, 1, 2, 1)
    assert counts(changed) == (0, 1, 0, 0, 0)
    assert reasons(changed, "changed") == ["民族：未填 → 土家族"]
    assert (Person._base_manager.count(), Membership._base_manager.count()) == before


def test_of_a_member_of_another_union_nothing_is_told_but_that_and_the_way_on(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    foreign = tree.foreign_member
    other_name = worked(sent(sheet(("苏木", foreign.reveal("id_number"))), tree.union, chair, at), at)
    same_name = worked(sent(sheet((foreign.name, foreign.reveal("id_number"))), tree.union, chair, at), at)
    told = reasons(other_name, "conflict")
    assert told == reasons(same_name, "conflict") == [words.ELSEWHERE]
    assert "转接" in told[0]
    assert tree.foreign_union.name not in told[0]


def test_what_somebody_put_right_on_the_platform_and_the_phone_of_an_account_stay(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    member = tree.member
    factories.account(member)
    with everywhere(reason="a test"):
        people.amend(person=member, version=member.version, changes={"ethnicity": "土家族"}, by=TICK, at=at)
    row = (member.name, member.reveal("id_number"), factories.phone_number(77), "汉族")
    assert counts(worked(sent(sheet(row), tree.union, chair, at), at)) == (0, 0, 1, 0, 0)


def test_the_check_of_a_block_costs_the_same_however_many_rows(
    tree: Tree, chair: Actor, at: datetime, django_assert_max_num_queries: Any
) -> None:
    one = sent(sheet(*(line("白小满", 1000 + n) for n in range(300))), tree.union, chair, at)
    with django_assert_max_num_queries(20):
        assert worked(one, at).new_count == 300


def test_rows_are_sealed(tree: Tree, chair: Actor, at: datetime) -> None:
    imported(sheet(line("白小满", 901), ("柳青", "42120219900101123X")), tree.union, chair, at)
    row, trace = ImportRow._base_manager.get(), ImportTrace._base_manager.get()
    sealed = bytes(row.cells) + bytes(row.problems) + bytes(trace.facts)
    assert "柳青".encode() not in sealed
    assert b"42120219900101123X" not in sealed
    assert "42120219900101123X" in row.reveal("cells")


# ── headings by hand ────────────────────────────────────────────────────────────────────────────────────────


def test_a_heading_said_by_hand_is_used_for_the_next_sheet_that_looks_the_same(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    heading = ("大名", "码", "随便")
    rows = [("白小满", factories.id_number(901), "甲"), ("石磊", factories.id_number(902), "乙")]
    one = sent(sheet(*rows, heading=heading), tree.union, chair, at)
    assert (one.state, one.parts) == (Import.State.FAILED, [])
    corrected(one, chair, at, heading_row=1, columns={"name": 0, "id_number": 1})
    assert worked(one, at).new_count == 2
    assert RememberedHeading._base_manager.count() == 1
    again_sent = sent(sheet(("许青禾", factories.id_number(903), ""), heading=heading), tree.union, chair, at)
    assert worked(again_sent, at).new_count == 1


def test_a_column_given_twice_is_refused(tree: Tree, chair: Actor, at: datetime) -> None:
    one = worked(sent(sheet(line("白小满", 901)), tree.union, chair, at), at)
    with pytest.raises(Refused, match="同一列"):
        corrected(one, chair, at, heading_row=1, columns={"name": 0, "id_number": 0})


def test_two_who_correct_one_sheet_at_once_do_not_undo_each_other(tree: Tree, chair: Actor, at: datetime) -> None:
    one = worked(sent(sheet(line("白小满", 901)), tree.union, chair, at), at)
    said: dict[str, Any] = {"one": one, "heading_row": 1, "at": at}
    with entering(chair.reach("memberships.write")):
        late = recognising.correction_read(columns={"name": 0, "id_number": 1}, **said)
    corrected(one, chair, at, heading_row=1, columns={"name": 0, "id_number": 1, "phone": 2})
    worked(one, at)
    with pytest.raises(Refused, match="刚才有人"):
        act(importing.correct, one, chair, at, sheet=late)


def test_the_heading_of_a_sheet_that_is_partly_written_stays_and_the_import_goes_on(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    one = worked(sent(sheet(*(line("白小满", 901 + n) for n in range(8))), tree.union, chair, at), at)
    act(importing.commit, one, chair, at)
    one = broken(one, at, monkeypatch, roster_blocks.people, "register_all", 2)
    assert (one.state, one.added_count) == (Import.State.FAILED, 3)
    with pytest.raises(Refused, match="导入过一部分"):
        corrected(one, chair, at, heading_row=1, columns={"name": 0, "id_number": 1})
    with pytest.raises(Refused, match="不能重新核对"):
        act(importing.check_again, one, chair, at)
    act(importing.commit, one, chair, at + timedelta(days=1))
    one = worked(one, at)
    assert (one.state, one.added_count, one.committed_at) == (Import.State.DONE, 8, at), "seven days from the first"


def test_a_sheet_is_checked_again_as_of_the_day_of_that(tree: Tree, chair: Actor, at: datetime) -> None:
    tomorrow = at + timedelta(days=1)
    joins = line("石磊", 902, "汉族", "本科", today_of(tomorrow).isoformat())
    one = worked(sent(sheet(joins), tree.union, chair, at), at)
    assert one.new_count == 0
    act(importing.check_again, one, chair, tomorrow)
    assert worked(one, tomorrow).new_count == 1
    other = worked(sent(sheet(joins), tree.union, chair, at), at)
    corrected(other, chair, tomorrow, heading_row=1, columns={"name": 0, "id_number": 1, "joined_on": 5})
    assert worked(other, tomorrow).new_count == 1


# ── mending ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bad_cell_is_mended_in_place_and_the_row_comes_in(tree: Tree, chair: Actor, at: datetime) -> None:
    one = worked(sent(sheet(("白小满", "421202199001011234")), tree.union, chair, at), at)
    row = ImportRow._base_manager.get(source=one)
    key = str(row.row_key)
    act(importing.mend, one, chair, at, changes={key: {"id_number": "12"}})
    row.refresh_from_db()
    assert (row.state, importing.text_in(row, "id_number", one.parts)) == ("bad", "12")
    with pytest.raises(Refused, match="重新核对"):
        act(importing.commit, one, chair, at)
    act(importing.mend, one, chair, at, changes={key: {"id_number": factories.id_number(901)}})
    row.refresh_from_db()
    assert row.state == "mended"
    act(importing.check_again, one, chair, at)
    assert counts(worked(one, at)) == (1, 0, 0, 0, 0)
    act(importing.commit, one, chair, at)
    assert worked(one, at).added_count == 1
    assert "白小满" in members_of(tree)


def test_the_same_mistake_is_mended_everywhere_at_once_and_another_one_is_not(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    rows = [line("白小满", 901 + n, "汉族", "本科", "建厂那天" if n < 3 else "前年") for n in range(4)]
    one = worked(sent(sheet(*rows), tree.union, chair, at), at)
    assert one.bad_count == 4
    first = ImportRow._base_manager.filter(source=one).order_by("number").first()
    assert first is not None
    changes = {str(first.row_key): {"joined_on": "2024-03-01"}}
    assert act(importing.mend, one, chair, at, changes=changes, everywhere="joined_on") == 3
    assert ImportRow._base_manager.filter(source=one, state="bad").count() == 1


def test_a_row_that_is_left_out_does_not_stop_its_double(tree: Tree, chair: Actor, at: datetime) -> None:
    rows = [line("白小满", 901), ("石磊", factories.id_number(901), factories.phone_number(902))]
    one = worked(sent(sheet(*rows), tree.union, chair, at), at)
    assert one.bad_count == 2
    second = ImportRow._base_manager.get(source=one, number=3)
    act(importing.leave_out, one, chair, at, row_key=str(second.row_key), is_out=True)
    act(importing.check_again, one, chair, at)
    assert counts(worked(one, at)) == (1, 0, 0, 0, 0)


def test_rows_of_another_import_are_not_touched(tree: Tree, chair: Actor, at: datetime) -> None:
    bad = sheet(("白小满", "421202199001011234"))
    one, other = (worked(sent(bad, tree.union, chair, at), at) for _ in range(2))
    row = ImportRow._base_manager.get(source=other)
    assert act(importing.mend, one, chair, at, changes={str(row.row_key): {"id_number": "x"}}) == 0


# ── commit ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_good_rows_become_members_with_numbers_that_open_and_are_found(tree: Tree, chair: Actor, at: datetime) -> None:
    content = sheet(line("白小满", 901, "土家族", "本科", "2024-03-01"), ("柳青", "1"), line("石磊", 902))
    one = imported(content, tree.union, chair, at)
    assert (one.state, one.added_count) == (Import.State.DONE, 2)
    person = Person._base_manager.get(name="白小满")
    assert person.reveal("id_number") == factories.id_number(901)
    assert person.reveal("phone") == factories.phone_number(901)
    assert (person.ethnicity, person.education) == ("土家族", "bachelor")
    membership = Membership._base_manager.get(person=person)
    assert (str(membership.joined_on), membership.origin) == ("2024-03-01", "roster")
    assert membership.pinyin_key == person.pinyin_key != ""
    assert counts(worked(sent(content, tree.union, chair, at), at)) == (0, 0, 2, 0, 1)


def test_changes_are_written_only_when_wanted(tree: Tree, chair: Actor, at: datetime) -> None:
    row = (tree.member.name, tree.member.reveal("id_number"), tree.member.reveal("phone"), "土家族")
    content = sheet(row, line("白小满", 901))
    one = worked(sent(content, tree.union, chair, at), at)
    act(importing.commit, one, chair, at, takes_changes=False)
    assert worked(one, at).amended_count == 0
    assert Person._base_manager.get(pk=tree.member.pk).ethnicity == ""
    assert imported(content, tree.union, chair, at).amended_count == 1
    assert Person._base_manager.get(pk=tree.member.pk).ethnicity == "土家族"


def test_who_joined_elsewhere_between_check_and_commit_is_told_and_not_doubled(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    one = worked(sent(sheet(line("白小满", 901), line("石磊", 902)), tree.union, chair, at), at)
    factories.membership(factories.person("白小满", number=901), tree.foreign_union)
    act(importing.commit, one, chair, at)
    one = worked(one, at)
    assert (one.state, one.added_count) == (Import.State.DONE, 1)
    assert reasons(one, "conflict") == [words.ELSEWHERE]


def test_a_sender_without_the_right_any_more_writes_nothing(tree: Tree, chair: Actor, at: datetime) -> None:
    one = worked(sent(sheet(line("白小满", 901)), tree.union, chair, at), at)
    act(importing.commit, one, chair, at)
    factories.Post._base_manager.filter(person=tree.chair).update(until_on=at.date())
    one = worked(one, at)
    assert one.state == Import.State.FAILED
    assert "权限" in one.error
    assert "白小满" not in members_of(tree)


def test_what_another_officer_asks_for_is_done_in_his_name(tree: Tree, chair: Actor, at: datetime) -> None:
    one = imported(sheet(line("白小满", 901)), tree.union, chair, at)
    factories.Post._base_manager.filter(person=tree.chair).update(until_on=at.date())
    act(importing.undo, one, factories.actor(tree.officer), at)
    one = worked(one, at)
    assert (one.state, one.undone_count) == (Import.State.UNDONE, 1)
    assert one.asked_by_id == factories.actor(tree.officer).account_id != one.sent_by_id


def test_nobody_imports_into_a_union_out_of_reach_or_one_that_takes_no_members(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    with pytest.raises(Forbidden):
        sent(sheet(line("白小满", 901)), tree.foreign_union, chair, at)
    with pytest.raises(Refused, match="基层工会"):
        sent(sheet(line("白小满", 901)), tree.county, factories.actor(tree.officer), at)


# ── killed anywhere ─────────────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """A process that ends without a word."""


def _killing(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, at_call: int) -> None:
    """Let a function end the process at its n-th call."""
    act: Callable[..., Any] = getattr(module, name)
    calls = iter(range(1, 10**6))

    def killed(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == at_call:
            raise Killed
        return act(*args, **kwargs)

    monkeypatch.setattr(module, name, killed)


def broken(one: Import, at: datetime, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, at_call: int) -> Import:
    """As it stands when a worker ran into an error at the n-th call of a function."""
    real: Callable[..., Any] = getattr(module, name)
    calls = iter(range(1, 10**6))

    def act(*args: Any, **given: Any) -> Any:
        if next(calls) == at_call:
            raise ValueError(name)
        return real(*args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, act)
        with pytest.raises(ValueError, match=name):
            tasks.work_now(one.pk, now=lambda: at)
    return again(one)


PLACES = [
    (writing, "_still_plain"), (writing, "_trace"), (writing, "commit_block"), (roster_blocks.people, "register_all"),
    (roster_blocks.memberships, "start_all"),
]  # fmt: skip


@pytest.mark.parametrize("at_call", [1, 2, 3])
@pytest.mark.parametrize(("module", "name"), PLACES)
def test_killed_while_committing_nothing_is_lost_and_nothing_doubled(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, at_call: int
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    one = worked(sent(sheet(*(line("白小满", 901 + n) for n in range(8))), tree.union, chair, at), at)
    act(importing.commit, one, chair, at)
    with monkeypatch.context() as patch:
        _killing(patch, module, name, at_call)
        with pytest.raises(Killed):
            tasks.work_now(one.pk, now=lambda: at)
    later = at + timedelta(minutes=11)
    assert worked(one, at).state == Import.State.COMMITTING, "another worker leaves what is in hand alone"
    assert tasks.put_back(at=later) == 1
    one = worked(one, later)
    assert (one.state, one.added_count) == (Import.State.DONE, 8)
    joined = Membership._base_manager.filter(organisation=tree.union, origin="roster")
    assert joined.count() == joined.values("person__id_number_index").distinct().count() == 8
    assert sum(ImportTrace._base_manager.filter(source=one).values_list("row_count", flat=True)) == 8


@pytest.mark.parametrize("at_call", [1, 2, 3])
def test_killed_while_checking_the_counts_are_the_same(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch, at_call: int
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    one = sent(sheet(*(("白小满", str(n)) for n in range(8)), line("石磊", 902)), tree.union, chair, at)
    with monkeypatch.context() as patch:
        _killing(patch, checking, "note_rows", at_call)
        with pytest.raises(Killed):
            tasks.work_now(one.pk, now=lambda: at)
    tasks.put_back(at=at + timedelta(minutes=11))
    assert counts(worked(one, at)) == (1, 0, 0, 0, 8)
    assert ImportRow._base_manager.filter(source=one).count() == 8


@pytest.mark.parametrize("at_call", [1, 2, 3])
def test_killed_while_undoing_it_goes_on(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch, at_call: int
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    one = imported(sheet(*(line("白小满", 901 + n) for n in range(8))), tree.union, chair, at)
    before = members_of(tree)
    act(importing.undo, one, chair, at)
    with monkeypatch.context() as patch:
        _killing(patch, roster_blocks.people, "unregister_all", at_call)
        with pytest.raises(Killed):
            tasks.work_now(one.pk, now=lambda: at)
    tasks.put_back(at=at + timedelta(minutes=11))
    one = worked(one, at)
    assert (one.state, one.undone_count, one.kept_count) == (Import.State.UNDONE, 8, 0)
    assert members_of(tree) == before - {"白小满"}


def test_a_worker_that_wakes_up_after_it_was_given_up_writes_nothing(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = worked(sent(sheet(line("白小满", 901)), tree.union, chair, at), at)
    act(importing.commit, one, chair, at)
    write = writing.commit_block

    def slow(**given: Any) -> int:
        monkeypatch.setattr(writing, "commit_block", write)
        tasks.put_back(at=at + timedelta(minutes=11))
        worked(one, at)
        return write(**given)

    monkeypatch.setattr(writing, "commit_block", slow)
    one = worked(one, at)
    assert (one.state, one.added_count) == (Import.State.DONE, 1)
    assert Person._base_manager.filter(name="白小满").count() == 1


def test_an_import_that_is_given_up_is_told_once_and_one_that_moves_on_is_not_given_up(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    one = worked(sent(sheet(*(line("白小满", 901 + n) for n in range(12))), tree.union, chair, at), at)
    act(importing.commit, one, chair, at)
    ended = Event.objects.filter(name="intake.ended", payload__state="failed")
    for turn in range(6):
        with monkeypatch.context() as patch:
            _killing(patch, writing, "commit_block", 2 if turn < 3 else 1)
            with pytest.raises(Killed):
                tasks.work_now(one.pk, now=lambda: at)
        assert again(one).state == Import.State.COMMITTING
        assert not ended.exists()
        tasks.put_back(at=at + timedelta(minutes=11))
    assert (again(one).state, again(one).added_count) == (Import.State.FAILED, 9)
    assert ended.count() == 1
    tasks.put_back(at=at + timedelta(minutes=30))
    assert ended.count() == 1


# ── undo ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_undo_takes_back_what_was_written_and_the_figure_with_it(tree: Tree, chair: Actor, at: datetime) -> None:
    row = (tree.member.name, tree.member.reveal("id_number"), tree.member.reveal("phone"), "土家族")
    people_before, members_before = Person._base_manager.count(), members_of(tree)
    one = imported(sheet(row, line("白小满", 901), line("石磊", 902)), tree.union, chair, at)
    act(importing.undo, one, chair, at)
    one = worked(one, at)
    assert (one.state, one.undone_count, one.kept_count) == (Import.State.UNDONE, 3, 0)
    assert Person._base_manager.count() == people_before
    assert members_of(tree) == members_before
    assert Person._base_manager.get(pk=tree.member.pk).ethnicity == ""
    assert not ImportTrace._base_manager.exists()


def test_undo_keeps_and_names_what_was_changed_since(tree: Tree, chair: Actor, at: datetime) -> None:
    own = (tree.member.name, tree.member.reveal("id_number"), tree.member.reveal("phone"), "土家族", "本科")
    rows = [own, line("白小满", 901), line("石磊", 902), line("许青禾", 903), line("柳青", 904)]
    one = imported(sheet(*rows), tree.union, chair, at)
    member = Person._base_manager.get(pk=tree.member.pk)
    joined = {each.person.name: each for each in Membership._base_manager.select_related("person")}
    with everywhere(reason="a test"):
        people.amend(person=member, version=member.version, changes={"ethnicity": "苗族"}, by=TICK, at=at)
        Account.objects.create(username="x1", person=joined["白小满"].person, created_at=at)
        factories.post(joined["石磊"].person, tree.union, "committee_member")
    Membership._base_manager.filter(pk=joined["许青禾"].pk).update(version=2)
    act(importing.undo, one, chair, at)
    one = worked(one, at)
    assert (one.undone_count, one.kept_count) == (1, 4)
    kept = {json.loads(row.reveal("cells"))[0] for row in ImportRow._base_manager.filter(source=one, state="kept")}
    assert kept == {tree.member.name, "白小满", "石磊", "许青禾"}
    member.refresh_from_db()
    assert (member.ethnicity, member.education) == ("苗族", "")


def test_after_seven_days_nothing_is_undone_and_what_was_kept_for_it_goes(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    one = imported(sheet(line("白小满", 901), ("柳青", "1")), tree.union, chair, at)
    late = at + timedelta(days=7, seconds=1)
    with pytest.raises(Refused, match="7 天"):
        act(importing.undo, one, chair, late)
    assert tasks.forget(at=late) == 1
    assert not ImportTrace._base_manager.exists()
    assert not ImportRow._base_manager.exists()
    assert again(one).added_count == 1


def test_an_undo_that_fails_midway_can_only_be_gone_on_with(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 3)
    one = imported(sheet(*(line("白小满", 901 + n) for n in range(8))), tree.union, chair, at)
    act(importing.undo, one, chair, at)
    one = broken(one, at, monkeypatch, roster_blocks.people, "unregister_all", 2)
    assert (one.state, one.undone_count) == (Import.State.FAILED, 2)
    for verb in (importing.commit, importing.check_again):
        with pytest.raises(Refused):
            act(verb, one, chair, at)
    assert again(one).committed_at == at
    late = at + timedelta(days=8)
    tasks.forget(at=late)
    act(importing.undo, one, chair, late)
    one = worked(one, late)
    assert (one.state, one.undone_count) == (Import.State.UNDONE, 8)
    assert "白小满" not in members_of(tree)


# ── the end ─────────────────────────────────────────────────────────────────────────────────────────────────


def _sealed() -> tuple[int, int, int]:
    """Files, rows and traces that are kept."""
    return tuple(each._base_manager.count() for each in (StoredFile, ImportRow, ImportTrace))  # type: ignore[return-value]


def test_an_import_that_nobody_goes_on_with_is_forgotten_after_thirty_days(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    one = worked(sent(sheet(line("白小满", 901), ("柳青", "1")), tree.union, chair, at), at)
    row = ImportRow._base_manager.get(source=one)
    mended_at = at + timedelta(days=20)
    act(importing.mend, one, chair, mended_at, changes={str(row.row_key): {"id_number": "12"}})
    for days, left in ((49, (1, 1, 0)), (50, (0, 0, 0))):
        later = at + timedelta(days=days)
        assert tasks.forget(at=later) == int(days == 50)
        expiry.clear(at=later)
        assert _sealed() == left
    with pytest.raises(Refused, match="到期"):
        act(importing.commit, one, chair, later)
    with pytest.raises(Unreadable, match="按期"):
        recognising.first_rows(again(one))
    assert (str(again(one)), again(one).new_count) == ("花名册.csv", 1)
    assert tasks.forget(at=later) == 0, "what has nothing any more is not gone through again"


def test_a_failed_import_and_what_an_undo_kept_end_as_well(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TOGETHER", 1)
    failed = worked(sent(sheet(line("白小满", 901), line("石磊", 902)), tree.union, chair, at), at)
    act(importing.commit, failed, chair, at)
    broken(failed, at, monkeypatch, roster_blocks.people, "register_all", 2)
    undone = imported(sheet(line("柳青", 903)), tree.union, chair, at)
    Membership._base_manager.filter(person__name="柳青").update(version=2)
    act(importing.undo, undone, chair, at)
    assert worked(undone, at).kept_count == 1
    assert tasks.forget(at=at + timedelta(days=8)) == 0
    assert _sealed() == (2, 1, 1)
    over = at + timedelta(days=30)
    assert tasks.forget(at=over) == 2
    assert expiry.clear(at=over) == 2
    assert _sealed() == (0, 0, 0)
