"""The invented city of the tests is sound itself."""

from datetime import date

import pytest
from django.test import Client

from gongjia.kernel import numbers
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = pytest.mark.django_db


def test_id_numbers_are_valid_and_carried_by_nobody() -> None:
    made = [factories.id_number(number) for number in range(60)]
    assert len(set(made)) == 60
    for each in made:
        assert each[14:17] in {"996", "997", "998", "999"}
        assert numbers.identity_number(each, on=date(2026, 1, 1)).number == each


def test_the_tree_is_a_tree(tree: factories.Tree) -> None:
    with everywhere(reason="look at the tree"):
        assert factories.Organisation.objects.count() == 5
        assert factories.Organisation.objects.find_problems() == ([], [], [], [], [])
    assert tree.union.path.startswith(tree.county.path)
    assert tree.county.path.startswith(tree.city.path)
    assert not tree.foreign_union.path.startswith(tree.county.path)


def test_a_person_can_be_signed_in(tree: factories.Tree, sign_in) -> None:
    client = sign_in(Client(), tree.officer)
    assert client.session["_auth_user_id"] == str(factories.Account.objects.get(person=tree.officer).pk)
