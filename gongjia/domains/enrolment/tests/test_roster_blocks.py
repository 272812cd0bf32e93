"""Rosters written by the ten thousand: the same rows as one by one, found in the record, killed at any statement."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import OperationalError, connection

from gongjia.backbone.people.models import PHONE
from gongjia.domains.enrolment import roster_words, rosters
from gongjia.domains.enrolment.tests.rosters import HEADING, act, again, imported, line, sent, sheet, worked
from gongjia.engines.figures import repair
from gongjia.engines.intake import blocks, importers, importing, tasks, turns
from gongjia.engines.intake.models import Import, ImportBlock, ImportRow, ImportTrace
from gongjia.kernel import keyring
from gongjia.kernel.actors import Actor
from gongjia.kernel.keys import Keyring
from gongjia.kernel.references import is_reference
from tests import factories
from tests.factories import Employment, Membership, Person, Tree
from tests.threads import together

pytestmark = [pytest.mark.django_db, pytest.mark.system("O8")]
WIDE = (*HEADING, "单位", "岗位", "用工形式", "是否农民工", "政治面貌")
FACTORY = "样例机械厂"
OF_PERSON = ("name", "pinyin_key", "initials", "sex", "birth_on", "ethnicity", "education", "political", "is_migrant")
OF_MEMBERSHIP = ("organisation_id", "state", "group", "form", "origin", "joined_on", "from_on", "pinyin_key")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAR = tmp_path
    monkeypatch.setattr(turns, "TOGETHER", 3)


@pytest.fixture
def chair(tree: Tree) -> Actor:
    return factories.actor(tree.chair)


def roster(tree: Tree) -> bytes:
    """New people of several months, one of whom works where the union covers; a former member; a member with a new
    fact; one of another union; a bad number."""
    factories.coverage(tree.union, factories.employer(FACTORY, tree.union))
    former = factories.person("石磊", number=950)
    factories.membership(former, tree.foreign_union, state="ended", until_on=date(2024, 1, 1), ending="left")
    own, foreign = tree.member, tree.foreign_member
    rows = [
        line("白小满", 901, "土家族", "本科", "2024-03-01", FACTORY, "质检员", "派遣", "是", "党员"),
        ("柳青", factories.id_number(902), "", "", "", "", "别的厂"),
        (own.name, own.reveal("id_number"), own.reveal("phone"), "土家族"),
        line("许青禾", 903, "汉族", "", "2019-05-01", "", "", "合同工"),
        ("石磊", factories.id_number(950)),
        (foreign.name, foreign.reveal("id_number")),
        ("闻笛", "42120219900101123X"),
        *(line("单雨", 910 + number, "", "", f"2023-0{number + 1}-01") for number in range(4)),
    ]
    return sheet(*rows, heading=WIDE)


def standing(tree: Tree) -> dict[str, Any]:
    """What must be the same however an import came about, without numbers and references drawn by chance."""
    spells = Membership._base_manager.select_related("person").order_by("pk")
    return {
        "people": sorted(
            (each.reveal("id_number"), each.reveal("phone"), *(str(getattr(each, name)) for name in OF_PERSON))
            for each in Person._base_manager.all()
        ),
        "memberships": sorted(
            (each.person.reveal("id_number"), *(str(getattr(each, name)) for name in OF_MEMBERSHIP)) for each in spells
        ),
        "employments": sorted(
            (each.person.name, each.employer.name, each.job, each.form, each.group)
            for each in Employment._base_manager.select_related("person", "employer")
        ),
    }


@contextmanager
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody is plainly new."""

    def none(values: Any, _index: Any, *, on: date) -> Any:
        return pl.repeat(value=False, n=values.height, eager=True)

    importer = replace(rosters.IMPORTER, many=replace(rosters.IMPORTER.many, plain=none))
    with monkeypatch.context() as patch:
        patch.setitem(importers._registered, importer.kind, importer)
        yield


def test_blocks_write_what_rows_one_by_one_write(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = roster(tree)
    before = standing(tree)
    with row_by_row(monkeypatch):
        one = imported(content, tree.union, chair, at)
    expected = standing(tree)
    act(importing.undo, one, chair, at)
    assert worked(one, at).state == Import.State.UNDONE
    assert standing(tree) == before
    other = imported(content, tree.union, chair, at)
    assert standing(tree) == expected
    assert (other.added_count, other.amended_count) == (one.added_count, one.amended_count) == (8, 1)
    act(importing.undo, other, chair, at)
    assert worked(other, at).undone_count == 9
    assert standing(tree) == before


def test_rows_of_a_block_are_sealed_named_and_found_like_all_others(tree: Tree, chair: Actor, at: datetime) -> None:
    one = imported(roster(tree), tree.union, chair, at)
    person = Person._base_manager.get(name="白小满")
    assert is_reference(person.reference)
    assert person.phone_index == keyring.current().blind_index(factories.phone_number(901), purpose=PHONE)
    assert is_reference(Membership._base_manager.get(person=person).reference)
    assert Employment._base_manager.get(person=person).job == "质检员"
    assert not ImportBlock._base_manager.exists(), "what is written is not kept to be written"
    keys = list(Person._base_manager.values_list("row_key", flat=True))
    assert len(set(keys)) == len(keys)
    assert one.added_count == 8


def test_figures_agree_with_the_rows_after_an_import_and_after_its_undo(tree: Tree, chair: Actor, at: datetime) -> None:
    content = roster(tree)
    repair.rebuild("members")
    one = imported(content, tree.union, chair, at)
    assert repair.check("members") == []
    act(importing.undo, one, chair, at)
    worked(one, at)
    assert repair.check("members") == []


def test_who_gets_a_file_between_check_and_commit_goes_the_way_of_those_who_have_one(
    tree: Tree, chair: Actor, at: datetime
) -> None:
    one = worked(sent(sheet(*(line("单雨", 910 + number) for number in range(5))), tree.union, chair, at), at)
    factories.person("单雨", number=911)
    factories.membership(factories.person("单雨", number=913), tree.foreign_union)
    act(importing.commit, one, chair, at)
    one = worked(one, at)
    assert (one.state, one.added_count) == (Import.State.DONE, 4)
    assert Person._base_manager.filter(name="单雨").count() == 5
    assert ImportRow._base_manager.filter(source=one, state="conflict").count() == 1


@pytest.mark.parametrize("is_over", [False, True])
def test_keys_that_change_between_check_and_commit_double_nobody(
    tree: Tree, chair: Actor, at: datetime, settings: Any, tmp_path: Path, *, is_over: bool
) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    ring = Keyring.create()
    ring.save(settings.KEYS_FILE)
    factories.person("单雨", number=912)
    one = worked(sent(sheet(*(line("单雨", 910 + number) for number in range(5))), tree.union, chair, at), at)
    ring = ring.add_generation()
    ring.save(settings.KEYS_FILE)
    factories.person("单雨", number=911)
    if is_over:
        known = next(each for each in Person._base_manager.filter(name="单雨") if each.id_number_index.startswith("1."))
        known.seal_in(id_number=factories.id_number(912), phone=factories.phone_number(912))
        known.save()
        ring.retire_old().save(settings.KEYS_FILE)
    act(importing.commit, one, chair, at)
    assert worked(one, at).added_count == 5
    people = Person._base_manager.filter(name="单雨")
    assert sorted(person.reveal("id_number") for person in people) == sorted(
        factories.id_number(910 + number) for number in range(5)
    )


def test_a_reason_is_told_for_each_who_stays(tree: Tree, chair: Actor, at: datetime) -> None:
    one = imported(sheet(*(line("单雨", 910 + number) for number in range(7))), tree.union, chair, at)
    people = list(Person._base_manager.filter(name="单雨").order_by("pk"))
    factories.account(people[0], "u0")
    factories.post(people[1], tree.union, "committee_member")
    Person._base_manager.filter(pk=people[2].pk).update(version=2)
    Membership._base_manager.filter(person=people[3]).update(version=2)
    factories.employment(people[4], factories.employer("后来的厂", tree.union))
    act(importing.undo, one, chair, at)
    one = worked(one, at)
    assert (one.undone_count, one.kept_count) == (2, 5)
    rows = ImportRow._base_manager.filter(source=one, state="kept")
    told = Counter(row.reveal("problems") for row in rows)
    for why, count in (
        (roster_words.SIGNED_IN, 1), (roster_words.MORE_HANGS_ON, 2), (roster_words.FILE_CHANGED, 1),
        (roster_words.MEMBERSHIP_CHANGED, 1),
    ):  # fmt: skip
        assert sum(number for text, number in told.items() if why in text) == count
    assert set(Person._base_manager.filter(name="单雨")) == set(people[:5])
    assert Membership._base_manager.filter(person__in=people[:5]).count() == 5


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_unions_that_import_the_same_people_at_once_share_them_and_double_nobody(at: datetime) -> None:
    tree = factories.tree()
    content = sheet(*(line("单雨", 910 + number) for number in range(40)))
    senders = [(tree.union, factories.actor(tree.chair)), (tree.foreign_union, factories.actor(tree.foreign_officer))]
    both = [worked(sent(content, union, by, at), at) for union, by in senders]
    for one, (_, by) in zip(both, senders, strict=True):
        act(importing.commit, one, by, at)
    together(2, lambda turn: tasks.work_now(both[turn].pk, now=lambda: at))
    ended = [again(one) for one in both]
    assert [one.state for one in ended] == ["done", "done"]
    assert sum(one.added_count for one in ended) == 40
    assert Person._base_manager.filter(name="单雨").count() == 40
    assert Membership._base_manager.filter(person__name="单雨").count() == 40
    assert ImportRow._base_manager.filter(state="conflict").count() == 40


# ── killed anywhere ────────────────────────────────────────────────────────────────────────────────────────
class Killed(BaseException):
    """A process that ends without a word."""


@contextmanager
def killed_at(statement: int) -> Iterator[list[str]]:
    """The process ends before its n-th statement, or does not where there are fewer; gives the statements run."""
    run: list[str] = []

    def execute(act: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):  # the test's transaction around all stands on them
            if len(run) == statement:
                raise Killed
            run.append(sql)
        return act(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield run


def finished(one: Import, at: datetime, statement: int) -> Import:
    """Worked at, killed once, found by the tick and gone on with."""
    try:
        with killed_at(statement):
            tasks.work_now(one.pk, now=lambda: at)
    except Killed:
        tasks.put_back(at=at + timedelta(minutes=11))
        Import._base_manager.filter(pk=one.pk, state__in=Import.AT_WORK).update(beat_at=None)
        worked(one, at)
    return again(one)


def _killed_once(tree: Tree, chair: Actor, at: datetime, content: bytes, statement: int) -> None:
    before = standing(tree)
    one = finished(sent(content, tree.union, chair, at), at, statement)
    assert (one.state, one.new_count, one.changed_count, one.conflict_count, one.bad_count) == ("checked", 8, 1, 1, 1)
    act(importing.commit, one, chair, at)
    one = finished(one, at, statement)
    assert (one.state, one.added_count, one.amended_count) == ("done", 8, 1)
    joined = Membership._base_manager.filter(organisation=tree.union, origin="roster")
    assert joined.count() == joined.values("person__id_number_index").distinct().count() == 8
    assert sum(ImportTrace._base_manager.filter(source=one).values_list("row_count", flat=True)) == 9
    assert repair.check("members") == []
    act(importing.undo, one, chair, at)
    one = finished(one, at, statement)
    assert (one.state, one.undone_count, one.kept_count) == ("undone", 9, 0)
    assert standing(tree) == before
    assert repair.check("members") == []


@pytest.mark.parametrize("statement", range(2, 260, 19))
def test_killed_at_any_statement_nothing_is_lost_and_nothing_doubled(
    tree: Tree, chair: Actor, at: datetime, statement: int
) -> None:
    content = roster(tree)
    repair.rebuild("members")
    _killed_once(tree, chair, at, content, statement)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_nothing_is_lost_and_nothing_doubled(at: datetime) -> None:
    tree = factories.tree()
    chair = factories.actor(tree.chair)
    content = roster(tree)
    repair.rebuild("members")
    one = worked(sent(content, tree.union, chair, at), at)
    act(importing.commit, one, chair, at)
    with killed_at(10**6) as run:
        tasks.work_now(one.pk, now=lambda: at)
    act(importing.undo, again(one), chair, at)
    worked(one, at)
    for statement in range(len(run) + 5):
        _killed_once(tree, chair, at, content, statement)


def test_people_who_have_a_file_are_written_some_at_a_time(
    tree: Tree, chair: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a transaction of ten thousand of them."""
    monkeypatch.setattr(turns, "TOGETHER", 50)
    monkeypatch.setattr(blocks, "ONE_BY_ONE", 2)
    people = range(910, 917)
    imported(sheet(*(line("白小满", number) for number in people)), tree.union, chair, at)
    changed = [("白小满", factories.id_number(number), factories.phone_number(number + 50)) for number in people]
    new = line("石磊", 930)
    one = worked(sent(sheet(*changed[:4], new, *changed[4:]), tree.union, chair, at), at)
    kept = list(ImportBlock._base_manager.filter(source=one).order_by("start").values_list("start", "end"))
    assert kept == [(0, 2), (2, 5), (5, 7), (7, 8)]
    act(importing.commit, one, chair, at)
    one = worked(one, at)
    assert (one.state, one.amended_count, one.added_count) == ("done", 7, 1)


def test_of_two_that_wait_for_each_other_the_one_that_is_ended_tries_again() -> None:
    class Deadlock(Exception):
        sqlstate = "40P01"

    turns_taken: list[int] = []

    def act_once() -> int:
        turns_taken.append(1)
        if len(turns_taken) == 1:
            raise OperationalError("deadlock detected") from Deadlock()
        return 7

    assert turns.tried_again(act_once) == 7
    with pytest.raises(OperationalError, match="disk"):
        turns.tried_again(lambda: (_ for _ in ()).throw(OperationalError("disk full")))
