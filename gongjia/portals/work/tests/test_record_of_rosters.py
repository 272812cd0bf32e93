"""Everybody whom a roster brought is found in the record, though ten thousand stand in one row of it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gongjia.domains.enrolment.tests.rosters import act, imported, line, sheet, worked
from gongjia.engines.intake import importing
from gongjia.kernel import audit
from gongjia.kernel.actors import Actor
from gongjia.kernel.models import AuditRow
from gongjia.kernel.reach import everywhere
from gongjia.portals.work import records
from tests import factories
from tests.factories import Person, Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O8")]


@pytest.fixture
def chair(tree: Tree, settings: Any, tmp_path: Path) -> Actor:
    settings.VAR = tmp_path
    return factories.actor(tree.chair)


def test_the_record_names_everybody_who_was_registered_and_taken_back(tree: Tree, chair: Actor, at: datetime) -> None:
    former = factories.person("石磊", number=950)
    factories.membership(former, tree.foreign_union, state="ended", until_on=date(2024, 1, 1), ending="left")
    rows = [line("白小满", 901), line("柳青", 902), ("石磊", factories.id_number(950)), line("许青禾", 903)]
    one = imported(sheet(*rows), tree.union, chair, at)
    person = Person._base_manager.get(name="柳青")
    with everywhere(reason="a test"):
        found = list(records.narrowed(AuditRow.objects.all(), words="柳青"))
    assert {row.verb for row in found} == {"people.register", "memberships.start"}
    assert {row.person_id for row in found} == {chair.person_id}
    others = AuditRow.objects.filter(audit.about_any(Person._base_manager.filter(name="石磊")))
    assert {row.verb for row in others} == {"memberships.start"}, "nobody is named to whom it was not done"
    act(importing.undo, one, chair, at)
    worked(one, at)
    many = AuditRow.objects.filter(about_person_id__lte=person.pk, about_last_id__gte=person.pk)
    assert set(many.values_list("verb", flat=True)) == {
        *("people.register", "memberships.start"),
        *("memberships.take_back", "people.unregister"),
    }
    audit.seal(at=at)
    assert audit.verify(unsealed_before=at).is_sound


def test_a_line_of_the_record_about_many_says_how_many(tree: Tree, chair: Actor, at: datetime) -> None:
    imported(sheet(*(line("单雨", 910 + number) for number in range(3))), tree.union, chair, at)
    with everywhere(reason="a test"):
        lines = records.lines_of(list(AuditRow.objects.filter(verb="people.register", about_last_id__isnull=False)))
    assert [each.about for each in lines] == ["单雨等 3 人"]
