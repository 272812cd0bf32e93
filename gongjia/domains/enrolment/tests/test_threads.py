"""Many at once: one person, one membership; one form, one application."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from gongjia.backbone.accounts.models import Account
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.people.models import Person
from gongjia.domains.enrolment import params, posters, queries, services
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer
from gongjia.kernel.errors import Refused
from gongjia.kernel.reach import entering
from tests import factories
from tests.threads import together

pytestmark = pytest.mark.system("O7")
THREADS = 8


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_unions_that_approve_one_worker_make_one_member(newcomer: Newcomer, at: datetime) -> None:
    tree = factories.tree()
    posters = [
        Poster._base_manager.create(organisation=union, made_at=at) for union in (tree.union, tree.foreign_union)
    ]
    officers = [factories.actor(tree.officer), factories.actor(tree.foreign_officer)]
    made = [newcomer().apply(posters[turn % 2], number=977, at=at) for turn in range(THREADS)]

    def approve(turn: int) -> str:
        officer = officers[turn % 2]
        with entering(officer.reach("enrolment.approve")):
            try:
                found = queries.application_by_reference(made[turn].reference)
                services.approve(application=found, by=officer, at=at)
            except (Refused, IntegrityError) as refusal:
                return type(refusal).__name__
        return "approved"

    answers = together(THREADS, approve)
    assert answers.count("approved") == 1
    person = Person._base_manager.get(name="白小满")
    assert Membership._base_manager.filter(person=person, state__in=LIVE).count() == 1
    assert Account.objects.filter(person=person).count() == 1
    assert Application._base_manager.filter(state="approved").count() == 1
    assert set(answers) == {"approved", "Refused"}, "a clash is told in words, never by the database's own error"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_form_pressed_eight_times_at_once_is_one_application(newcomer: Newcomer, at: datetime) -> None:
    tree = factories.tree()
    poster = Poster._base_manager.create(organisation=tree.union, made_at=at)
    worker = newcomer()
    made = together(THREADS, lambda _: worker.apply(poster, number=978, at=at, key="pressed"))
    assert {each.pk for each in made} == {Application._base_manager.get().pk}


@pytest.mark.django_db
def test_the_database_holds_one_open_application_an_account_by_itself(
    poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    first = newcomer().apply(poster, number=901, at=at)
    second = Application(
        organisation=first.organisation, account_id=first.account_id, name="白小满", state="submitted",
        flow_version=1, opened_at=at, consent_version="1",
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_worker_twenty_times_at_once_by_an_officer_s_code_is_one_member(newcomer: Newcomer, at: datetime) -> None:
    """Twenty phones, one ID number, one code: one is admitted, and the others wait for the officer's eyes."""
    tree = factories.tree()
    chair = factories.actor(tree.chair)
    with entering(chair.reach("enrolment.posters")):
        spot = posters.open_spot(organisation=tree.union, by=chair, at=at)
    workers = [newcomer() for _ in range(20)]
    made = together(20, lambda turn: workers[turn].apply(spot, number=979, at=at, spot_at=at).state)
    assert sorted(made) == ["approved"] + ["submitted"] * 19
    person = Person._base_manager.get(name="白小满")
    assert Membership._base_manager.filter(person=person, state__in=LIVE).count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_account_that_presses_twenty_times_with_other_answers_has_one_application(
    newcomer: Newcomer, at: datetime
) -> None:
    tree = factories.tree()
    poster = Poster._base_manager.create(organisation=tree.union, made_at=at)
    worker = newcomer()

    def press(turn: int) -> str:
        try:
            return worker.apply(poster, number=980 + turn, at=at).state
        except Refused:
            return "refused"

    assert sorted(together(20, press)) == ["refused"] * 19 + ["submitted"]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_code_admits_no_more_than_it_may_however_many_press_at_once(
    newcomer: Newcomer, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(params, "spot_most", lambda **_: 3)
    tree = factories.tree()
    chair = factories.actor(tree.chair)
    with entering(chair.reach("enrolment.posters")):
        spot = posters.open_spot(organisation=tree.union, by=chair, at=at)
    workers = [newcomer() for _ in range(THREADS)]
    made = together(THREADS, lambda turn: workers[turn].apply(spot, number=960 + turn, at=at, spot_at=at).state)
    assert made.count("approved") == 3
