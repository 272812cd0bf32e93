"""In whose name: who holds several posts acts by the one that holds where the thing is done."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.posts.openings import in_words
from gongjia.backbone.posts.words import Role
from gongjia.domains.enrolment import posters, services
from gongjia.domains.enrolment.models import Application
from gongjia.engines.casework.flow import Flow, Move, State
from gongjia.engines.casework.models import Step
from gongjia.engines.casework.services import move
from gongjia.kernel import audit
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]


@pytest.fixture
def boss(tree: factories.Tree) -> factories.Person:
    """Chair of two unions, and of the one elsewhere for longer."""
    person = factories.person("程远山")
    factories.post(person, tree.foreign_union, Role.CHAIR)
    factories.post(person, tree.county, Role.GROUP_LEADER)
    factories.post(person, tree.union, Role.CHAIR)
    return person


def application(tree: factories.Tree, boss: factories.Person, at: datetime) -> Application:
    applicant = factories.account(None, "nn", phone_index="x")
    with everywhere(reason="test"):
        poster = posters.put_up_poster(organisation=tree.union, by=factories.actor(boss), at=at)
        by = Actor(account_id=applicant.pk)
        number = factories.id_number(977)
        return services.apply(poster=poster, name="申请人", id_number=number, employer_name="灵活就业", by=by, at=at)


def test_a_step_names_the_union_of_the_post_that_made_it(
    tree: factories.Tree, boss: factories.Person, at: datetime
) -> None:
    made = application(tree, boss, at)
    with everywhere(reason="test"):
        services.approve(application=made, by=factories.actor(boss), at=at)
    steps = Step._base_manager.order_by("pk").values_list("move", "by_organisation_id")
    assert list(steps) == [("open", None), ("approve", tree.union.pk)]
    row = AuditRow.objects.get(verb="enrolment.approve")
    first = factories.Post._base_manager.get(pk=row.post_ids[0])
    assert (first.organisation_id, len(row.post_ids)) == (tree.union.pk, 3)


def test_a_post_elsewhere_has_no_part_in_what_its_holder_asks_as_a_worker(
    tree: factories.Tree, boss: factories.Person, at: datetime
) -> None:
    with everywhere(reason="test"):
        poster = posters.put_up_poster(organisation=tree.union, by=factories.actor(boss), at=at)
        by = factories.actor(tree.foreign_officer)
        number = tree.foreign_officer.reveal("id_number")
        services.apply(poster=poster, name="周远", id_number=number, employer_name="灵活就业", by=by, at=at)
    assert Step._base_manager.get().by_organisation_id is None


def test_a_person_is_told_by_which_post_the_file_was_opened(
    tree: factories.Tree, boss: factories.Person, client: Client, sign_in: Any
) -> None:
    address = reverse("work:person", args=[tree.membership.reference])
    browser = sign_in(client, boss)
    browser.post(address, {"purpose": "membership"})
    assert browser.get(address).status_code == 200
    (opening, *_) = in_words(audit.openings_of(tree.member.pk))
    assert opening.by == f"{tree.union.name} 工会主席"


def test_a_grant_under_the_code_of_the_flow_opens_the_matter_and_no_other_does(
    tree: factories.Tree, boss: factories.Person, at: datetime
) -> None:
    made = application(tree, boss, at)
    assert dict(Application.doors.grants) == {made.flow_code: "pk"}


def test_what_a_move_needs_is_named_in_its_own_word(
    tree: factories.Tree, boss: factories.Person, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = application(tree, boss, at)
    states = (State("submitted", "等待"), State("approved", "已入会", is_final=True))
    needs = {"number": "批复文号", "reason": "原因"}
    asked = Move("approve", "同意入会", ("submitted",), "approved", "enrolment.approve", needs=needs)
    monkeypatch.setattr(Application, "flow", Flow("enrolment.application", "入会申请", 1, states, (asked,)))
    with everywhere(reason="test"), pytest.raises(Refused, match="要写明批复文号、原因") as refused:
        move(matter=made, move_code="approve", by=factories.actor(boss), at=at)
    assert list(refused.value.fields) == ["number", "reason"]
