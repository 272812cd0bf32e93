"""A form's choices are those of whoever fills it in."""

import pytest
from django import forms
from django.db.models import QuerySet

from gongjia.kernel.forms import ReachChoiceField
from gongjia.kernel.reach import OutOfReach, Reach, entering
from tests.factories import Organisation, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]


def organisations() -> QuerySet[Organisation]:
    return Organisation.objects.order_by("path")


class Chosen(forms.Form):
    organisation = ReachChoiceField(organisations, label="工会", empty_label=None)


def seen_by(organisation: Organisation) -> Reach:
    return Reach(subtrees=(organisation.path,))


def test_the_choices_are_asked_for_each_form(tree: Tree) -> None:
    for county, foreign in ((tree.county, tree.foreign_county), (tree.foreign_county, tree.county)):
        with entering(seen_by(county)):
            shown = str(Chosen())
        assert county.name in shown
        assert foreign.name not in shown


def test_a_row_outside_the_reach_is_no_choice(tree: Tree) -> None:
    with entering(seen_by(tree.county)):
        good = Chosen({"organisation": tree.union.reference})
        assert good.is_valid()
        assert good.cleaned_data["organisation"] == tree.union
        bad = Chosen({"organisation": tree.foreign_union.reference})
        assert not bad.is_valid()
        assert "不在您可办理的范围内" in str(bad.errors)


def test_the_page_shows_references_and_no_row_number(tree: Tree) -> None:
    with entering(seen_by(tree.county)):
        shown = str(Chosen())
    assert f'value="{tree.union.reference}"' in shown
    assert f'value="{tree.union.pk}"' not in shown


def test_a_form_without_a_reach_cannot_be_made(tree: Tree) -> None:
    with pytest.raises(OutOfReach, match="no reach"):
        Chosen()


def test_a_form_shown_under_another_reach_raises(tree: Tree) -> None:
    with entering(seen_by(tree.county)):
        form = Chosen()
    with entering(seen_by(tree.foreign_county)), pytest.raises(OutOfReach, match="under another"):
        str(form)


def test_django_s_own_field_would_offer_the_rows_of_whoever_made_it(tree: Tree) -> None:
    """The leak that the project's field stops: a queryset that carries no reach stands in the form for everybody."""

    class Plain(forms.Form):
        organisation = forms.ModelChoiceField(Organisation._base_manager.all())

    with entering(seen_by(tree.county)):
        assert tree.foreign_union.name in str(Plain())
        assert Plain({"organisation": tree.foreign_union.pk}).is_valid()
