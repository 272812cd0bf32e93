"""After any history of joining, transfers, keeping, endings, corrections, mergers, imports and what undoes them: one
live membership a person, figures that are what a recount gives, rows that have ended as they were, and no open matter
without ground."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Origin, Retention, State
from gongjia.backbone.organisations import services as organisations
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, Kind
from gongjia.domains.enrolment.changes import acts, bulk, correcting, leaving, services
from gongjia.domains.enrolment.changes.models import BulkTransfer, Correction, Leaving, Transfer
from gongjia.domains.enrolment.changes.words import Fact, Why
from gongjia.domains.enrolment.tests import rosters
from gongjia.engines.figures import reading, repair
from gongjia.engines.intake import importing
from gongjia.engines.intake.models import Import
from gongjia.kernel import events
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from tests import factories

PEOPLE, UNIONS = 5, 3
WHO, WHERE = st.integers(0, PEOPLE - 1), st.integers(0, 20)
DAYS_BACK = st.integers(0, 40)
#: What may change in a row that is live; the sorting key follows the name.
_MAY_CHANGE = {"state", "until_on", "ending", "retained_on", "retained_for", "version", "pinyin_key"}


class Histories(RuleBasedStateMachine):
    """People and unions of a county, and all that may happen to memberships there."""

    def __init__(self) -> None:
        super().__init__()
        self.reach = everywhere(reason="a test's history")
        self.example = transaction.atomic()
        self.reach.__enter__()
        self.example.__enter__()
        self.at = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
        self.seen: dict[int, dict[str, Any]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        self.reach.__exit__(None, None, None)

    @initialize()
    def plant(self) -> None:
        self.tree = factories.tree()
        self.people = [factories.person(f"样例{sign}", number=3000 + n) for n, sign in enumerate("甲乙丙丁戊")]
        self.founded = 0
        for _ in range(UNIONS - 2):
            self.found()
        for each in self.people[:3]:
            factories.membership(each, self.tree.union)
        repair.rebuild("members")
        repair.rebuild("membership_changes")

    # ── ways to do things ──────────────────────────────────────────────────────────────────────────────────────

    def tried(self, act: Callable[..., Any], **facts: Any) -> None:
        """Done, or refused in words; nothing else stops it."""
        with suppress(Refused, Stale), transaction.atomic():
            act(by=facts.pop("by", COMMAND), at=self.at, **facts)

    def union(self, number: int) -> Organisation:
        rows = list(Organisation._base_manager.filter(kind=Kind.GRASSROOTS_UNION).order_by("pk"))
        return rows[number % len(rows)]

    def live(self, who: int) -> Membership | None:
        rows = Membership._base_manager.filter(person=self.people[who], state__in=LIVE)
        return rows.select_related("person", "organisation").first()

    def last(self, who: int) -> Membership | None:
        rows = Membership._base_manager.filter(person=self.people[who])
        return rows.select_related("person", "organisation").order_by("-pk").first()

    def open_of(self, kind: Any, number: int) -> Any:
        rows = kind._base_manager.filter(closed_at=None).select_related("organisation", "counterpart", "person")
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    # ── what may happen ────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def found(self) -> None:
        if self.founded < 3:
            self.founded += 1
            factories.organisation(f"样例第{self.founded}工会", self.tree.county, kind=Kind.GRASSROOTS_UNION)

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        """Time goes by, and with it what silence brings about."""
        self.at += timedelta(days=days)
        while events.run_due(at=self.at):
            pass

    @rule(who=WHO, where=WHERE)
    def join(self, who: int, where: int) -> None:
        facts = {"organisation": self.union(where), "person": self.people[who]}
        self.tried(memberships.start, origin=Origin.POSTER, joined_on=today_of(self.at), **facts)

    @rule(who=WHO, where=WHERE, why=st.sampled_from(list(Why)), is_own=st.booleans())
    def begin(self, who: int, where: int, why: Why, is_own: bool) -> None:  # noqa: FBT001
        if row := self.live(who):
            by = factories.actor(self.people[who]) if is_own else COMMAND
            verb = services.begin if is_own else services.begin_for
            self.tried(verb, membership=row, to=self.union(where), why=why, by=by)

    @rule(n=WHERE, verb=st.sampled_from(["confirm", "accept", "object_to", "refuse", "recall"]))
    def answer(self, n: int, verb: str) -> None:
        if found := self.open_of(Transfer, n):
            words = {} if verb in {"confirm", "accept"} else {"words": "原因"}
            self.tried(getattr(services, verb), transfer=found, **words)

    @rule(n=WHERE, what=st.sampled_from(["withdraw", "answer"]))
    def answer_oneself(self, n: int, what: str) -> None:
        if found := self.open_of(Transfer, n):
            words = {"words": "说明"} if what == "answer" else {}
            self.tried(getattr(services, what), transfer=found, by=factories.actor(found.person), **words)

    @rule(who=WHO, where=WHERE)
    def transfer_at_once(self, who: int, where: int) -> None:
        if row := self.live(who):
            self.tried(memberships.transfer, membership=row, to=self.union(where), on=today_of(self.at))

    @rule(who=WHO, back=DAYS_BACK)
    def keep(self, who: int, back: int) -> None:
        if row := self.live(who):
            on = today_of(self.at) - timedelta(days=back)
            self.tried(acts.retain, membership=row, reason=Retention.RETIRED, on=on, words="")

    @rule(who=WHO)
    def resume(self, who: int) -> None:
        if row := self.live(who):
            self.tried(acts.resume, membership=row, on=today_of(self.at), words="")

    @rule(who=WHO, back=DAYS_BACK, died=st.booleans())
    def end(self, who: int, back: int, died: bool) -> None:  # noqa: FBT001
        if row := self.live(who):
            on = today_of(self.at) - timedelta(days=back)
            verb = acts.record_death if died else acts.record_leaving
            self.tried(verb, membership=row, on=on, words="", **({} if died else {"talked_on": on}))

    @rule(who=WHO)
    def reinstate(self, who: int) -> None:
        if row := self.last(who):
            self.tried(acts.reinstate, membership=row, words="登记错了人")

    @rule(who=WHO)
    def leave(self, who: int) -> None:
        if row := self.live(who):
            self.tried(leaving.ask, membership=row, why="", by=factories.actor(self.people[who]))

    @rule(n=WHERE, is_announced=st.booleans())
    def decide_leaving(self, n: int, is_announced: bool) -> None:  # noqa: FBT001
        if found := self.open_of(Leaving, n):
            by = COMMAND if is_announced else factories.actor(found.person)
            self.tried(leaving.announce if is_announced else leaving.withdraw, leaving=found, by=by)

    @rule(who=WHO, name=st.sampled_from(["王一", "王二", "欧阳三"]))
    def ask_correction(self, who: int, name: str) -> None:
        if row := self.live(who):
            facts: dict[str, Any] = {"fact": Fact.NAME, "value": name, "why": ""}
            self.tried(correcting.ask, membership=row, by=factories.actor(self.people[who]), **facts)

    @rule(n=WHERE)
    def approve_correction(self, n: int) -> None:
        if found := self.open_of(Correction, n):
            self.tried(correcting.approve, correction=found)

    @rule(where=WHERE, into=WHERE)
    def merge(self, where: int, into: int) -> None:
        facts = {"organisation": self.union(where), "into": self.union(into), "approval_number": ""}
        self.tried(organisations.merge, on=today_of(self.at), **facts)

    @rule(where=WHERE)
    def dissolve(self, where: int) -> None:
        facts = {"organisation": self.union(where), "approval_number": "", "reason": "注销"}
        self.tried(organisations.dissolve, on=today_of(self.at), **facts)

    @rule(where=WHERE, to=WHERE)
    def draw_up(self, where: int, to: int) -> None:
        facts: dict[str, Any] = {"why": Why.CLOSED, "words": "", "members": Membership.objects.all()}
        self.tried(bulk.draw_up, organisation=self.union(where), to=self.union(to), **facts)

    @rule(n=WHERE, verb=st.sampled_from(["send", "accept", "refuse", "recall", "undo"]))
    def move_bulk(self, n: int, verb: str) -> None:
        if found := self.open_of(BulkTransfer, n):
            words = {"words": "原因"} if verb in {"refuse", "undo"} else {}
            self.tried(getattr(bulk, verb), bulk=found, **words)

    @rule(who=st.sets(WHO, min_size=1, max_size=3))
    def import_roster(self, who: set[int]) -> None:
        rows = [rosters.line(self.people[n].name, 3000 + n, "汉族") for n in sorted(who)]
        if Organisation._base_manager.get(pk=self.tree.union.pk).state in IN_FORCE:
            with suppress(Refused, Forbidden), transaction.atomic():
                rosters.imported(rosters.sheet(*rows), self.tree.union, factories.actor(self.tree.chair), self.at)

    @rule(n=WHERE)
    def undo_import(self, n: int) -> None:
        found = list(Import._base_manager.filter(state=Import.State.DONE).order_by("pk"))
        if found:
            one = found[n % len(found)]
            with suppress(Refused, Forbidden), transaction.atomic():  # the chair's post went with the union
                rosters.act(importing.undo, one, factories.actor(self.tree.chair), self.at)
                rosters.worked(one, self.at)

    # ── what always holds ──────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def one_live_membership_a_person(self) -> None:
        live = Counter(Membership._base_manager.filter(state__in=LIVE).values_list("person_id", flat=True))
        assert not [person for person, count in live.items() if count > 1]

    @invariant()
    def counts_are_a_recount(self) -> None:
        for code in ("members", "membership_changes"):
            assert repair.check(code) == []
        for union in Organisation._base_manager.filter(kind=Kind.GRASSROOTS_UNION):
            active = Membership._base_manager.filter(organisation=union, state=State.ACTIVE).count()
            assert reading.total("members", union, on=today_of(self.at)).value == active

    @invariant()
    def what_has_ended_stays_as_it_was(self) -> None:
        rows = {row["id"]: row for row in Membership._base_manager.values()}
        for pk, before in self.seen.items():
            now = rows.get(pk)
            if now is None:
                assert before["state"] == State.ACTIVE, "only what an import should not have written is taken away"
                assert before["origin"] == Origin.ROSTER
                continue
            free = {"pinyin_key"} if before["state"] == State.ENDED else _MAY_CHANGE
            assert {k: v for k, v in now.items() if k not in free} == {k: v for k, v in before.items() if k not in free}
            if before["retained_on"] is not None:
                assert now["retained_on"] == before["retained_on"]
        self.seen = rows

    @invariant()
    def a_history_has_no_gap_and_one_joining_day(self) -> None:
        for row in Membership._base_manager.exclude(continued_from=None).select_related("continued_from"):
            before = row.continued_from
            assert before is not None
            assert (before.state, before.person_id) == (State.ENDED, row.person_id)
            assert (row.from_on, row.joined_on) == (before.until_on, before.joined_on)

    @invariant()
    def no_open_matter_is_without_ground(self) -> None:
        for found in Transfer._base_manager.filter(closed_at=None).select_related("membership", "counterpart"):
            assert found.membership.state in LIVE
            assert found.membership.organisation_id == found.organisation_id
            assert found.counterpart is not None
            assert found.counterpart.state in IN_FORCE
        for leave in Leaving._base_manager.filter(closed_at=None).select_related("membership"):
            assert leave.membership.state in LIVE
            assert leave.membership.organisation_id == leave.organisation_id
        for wish in Correction._base_manager.filter(closed_at=None):
            live = Membership._base_manager.filter(person=wish.person_id, state__in=LIVE).first()
            assert live is None or live.organisation_id == wish.organisation_id

    @invariant()
    def nothing_failed_in_the_background(self) -> None:
        from gongjia.kernel.models import Event

        assert not list(Event.objects.exclude(error="").values_list("handler", "error"))


@pytest.mark.system("O8")
@pytest.mark.django_db
def test_any_history_of_memberships(settings_of_files: None) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Histories,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink such a history takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def settings_of_files(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
