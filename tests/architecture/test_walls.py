"""The ways past a manager, on the rooms' own models: the leak through plain Django, and the wall that stops it.

That pages can do none of this is held by test_routes and by the contract "Pages reach rows through queries and verbs".
"""

from datetime import date, datetime

import pytest
from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Count

from gongjia.backbone.employers import services as employers
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.words import Origin
from gongjia.backbone.organisations import queries
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import ReachChoiceField
from gongjia.kernel.reach import Reach, entering, everywhere
from tests import factories
from tests.factories import Employer, Membership, Organisation, Region, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

CODE = "91421200MA48XXXX0R"


def seen_from(organisation: Organisation) -> Reach:
    return Reach(subtrees=(organisation.path,))


def of(organisation: Organisation, employer: Employer, **facts: object) -> Employer:
    """An employer of that union's county, not yet saved."""
    return Employer(name="新样例", organisation=organisation, region=employer.region, **facts)


# ── joins, aggregates, forward keys ─────────────────────────────────────────────────────────────────────────────


def test_an_aggregate_from_an_unscoped_model_counts_foreign_rows_and_from_the_scoped_one_does_not(tree: Tree) -> None:
    with entering(seen_from(tree.county)):
        leaked = Region.objects.annotate(n=Count("employer")).get(code="4212").n
        own = dict(Employer.objects.values_list("region__code").annotate(n=Count("pk")))
    assert leaked == 2
    assert own == {"4212": 1}


def test_a_join_shows_what_the_joined_manager_would_hide_and_a_query_of_that_model_does_not(tree: Tree) -> None:
    """From one's own row along keys into another subtree: a placement names the superior, which is out of reach."""
    with entering(seen_from(tree.union)):
        leaked = queries.history_of(tree.union)[0].superior
        assert leaked == tree.county
        assert not Organisation.objects.filter(pk=tree.county.pk).exists()
        with pytest.raises(Organisation.DoesNotExist):
            queries.by_reference(tree.county.reference)


def test_a_forward_key_follows_past_the_doors_and_a_row_out_of_reach_is_never_handed_out_to_follow(tree: Tree) -> None:
    with entering(Reach(person_id=tree.member.pk)):
        membership = Membership.objects.get()
        assert membership.organisation == tree.union  # the leak: the organisation itself is behind no open door
        assert not Organisation.objects.exists()
        assert not Membership.objects.filter(person=tree.foreign_member).exists()


# ── full_clean and forms ────────────────────────────────────────────────────────────────────────────────────────


def test_full_clean_accepts_a_foreign_key_that_the_field_of_the_project_refuses(tree: Tree) -> None:
    class Chosen(forms.Form):
        organisation = ReachChoiceField(Organisation.objects.all)

    class Plain(forms.ModelForm[Employer]):
        class Meta:
            model = Employer
            fields = ("name",)

    with entering(seen_from(tree.county)):
        of(tree.foreign_union, tree.employer).full_clean(exclude=["head_office", "founded_on", "source_on"])
        plain = Plain({"name": "改名"}, instance=of(tree.foreign_union, tree.employer))
        assert plain.is_valid()
        assert not Chosen({"organisation": tree.foreign_union.reference}).is_valid()
        assert Chosen({"organisation": tree.union.reference}).is_valid()


def test_uniqueness_beyond_the_reach_is_a_named_question_and_no_constraint_s_500(tree: Tree, at: datetime) -> None:
    Employer._base_manager.filter(pk=tree.foreign_employer.pk).update(uscc=CODE)
    officer = factories.actor(tree.officer)
    with entering(officer.reach()):
        twin = of(tree.county, tree.employer, uscc=CODE)
        twin.full_clean(exclude=["head_office", "founded_on", "source_on"])  # the leak's other side: it sees no twin
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save()
        with pytest.raises(Refused, match="已经登记过"):
            employers.register(
                organisation=tree.county, name="新样例", region=tree.employer.region, uscc=CODE, by=officer, at=at
            )


def test_one_live_membership_is_a_named_question_too(tree: Tree, at: datetime) -> None:
    chair = factories.actor(tree.chair)
    with entering(chair.reach()):
        assert not Membership.objects.filter(person=tree.foreign_member).exists()
    with everywhere(reason="a command"), pytest.raises(Refused, match="一人只有一份有效会籍"):
        memberships.start(
            organisation=tree.union,
            person=tree.foreign_member,
            origin=Origin.PAPER,
            joined_on=date(2026, 11, 20),
            by=COMMAND,
            at=at,
        )
