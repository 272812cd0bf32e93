"""Voices and what the engine does with them: handed on, sealed, kept from the employer's people; figures follow."""

from typing import Any

import pytest
from django.test import Client

from gongjia.backbone.regions.models import Region
from gongjia.domains.voices import handling
from gongjia.domains.voices.following import follow_end
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.tests.conftest import Desk
from gongjia.domains.voices.words import Identity
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.models import Deadline, MatterIndex
from gongjia.engines.casework.sealing import services as sealing
from gongjia.engines.figures import reading
from gongjia.engines.figures.repair import rebuild
from gongjia.kernel import clock
from gongjia.kernel.errors import Refused
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("R1"), pytest.mark.system("R2"), pytest.mark.django_db]
SECRET_WORDS = "我叫王芳，厂里三个月没发工资了，请打 139 0000 0001"
COVERED = "厂里三个月没发工资了"


def town_of(desk: Desk) -> Any:
    """A street below the county, and its officer."""
    region = factories.region("421202001", "浮山街道", Region.Level.TOWNSHIP)
    made = factories.organisation("浮山街道总工会", desk.tree.county, region=region)
    person = factories.person("街道干部")
    factories.post(person, made, "township_officer")
    return made, person


@pytest.fixture
def town(desk: Desk) -> Any:
    return town_of(desk)


def counted(desk: Desk, organisation: Any, code: str = "voices") -> int:
    with everywhere(reason="test"):
        shown = reading.total(code, organisation, on=desk.at.date())
        rebuild(code)
        again = reading.total(code, organisation, on=desk.at.date())
    assert shown.value == again.value, "what was counted is what a recount gives"
    return int(shown.value)


def own_count(desk: Desk, organisation: Any) -> int:
    """Of the organisation itself, without those below: rows by hand."""
    return Voice._base_manager.filter(organisation=organisation, is_copy=False).count()


def test_a_voice_that_is_handed_over_counts_where_it_is(desk: Desk, town: Any) -> None:
    street, officer = town
    made = desk.speak()
    assert (counted(desk, desk.tree.county), counted(desk, street)) == (1, 0)
    with everywhere(reason="test"):
        sent = handing.forward(matter=desk.fresh(made), to=street, words="请就近办理", by=desk.handler, at=desk.at)
        handing.accept(forwarding=sent, by=factories.actor(officer), at=desk.at)
    assert (counted(desk, desk.tree.county), counted(desk, street)) == (1, 1)
    assert own_count(desk, desk.tree.county) == 0


def test_a_sealed_copy_counts_nowhere_and_holds_nothing(desk: Desk, town: Any) -> None:
    street, officer = town
    made = desk.speak(words=SECRET_WORDS)
    with everywhere(reason="test"):
        sent = sealing.seal_and_forward(
            matter=desk.fresh(made), to=street, covered=COVERED, words="请核实", by=desk.handler, at=desk.at
        )
        handing.accept(forwarding=sent, by=factories.actor(officer), at=desk.at)
    copy = Voice._base_manager.get(is_copy=True)
    assert (copy.person_id, copy.account_id, copy.caller_name, copy.phone) == (None, None, "", b"")
    assert copy.words == COVERED
    assert (counted(desk, desk.tree.county), counted(desk, street)) == (1, 0)
    by = factories.actor(officer)
    desk.act(handling.accept, copy, by=by)
    desk.act(handling.answer, copy, by=by, words="已经上门核实，确有拖欠三个月。")
    assert counted(desk, street, "voices_closed") == 0


def test_the_page_of_a_copy_names_nobody(desk: Desk, town: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: desk.at)
    street, officer = town
    made = desk.speak(words=SECRET_WORDS)
    with everywhere(reason="test"):
        sent = sealing.seal_and_forward(
            matter=desk.fresh(made), to=street, covered=COVERED, words="请核实", by=desk.handler, at=desk.at
        )
    client = sign_in(Client(), officer)
    assert client.post(f"/desk/forwarded/{sent.reference}/", {"act": "accept"}).status_code == 302
    copy = Voice._base_manager.get(is_copy=True)
    page = client.get(f"/desk/voices/{copy.reference}/").content.decode()
    assert "密封件" in page
    for hidden in (desk.tree.member.name, made.reference, "0000 0001"):
        assert hidden not in page
    assert client.get(f"/desk/voices/{made.reference}/").status_code == 404


def test_whoever_works_for_the_employer_comes_to_no_voice_against_it(
    desk: Desk, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer of the county with a second job there: page, list, figure's rows, work list, groups."""
    monkeypatch.setattr(clock, "now", lambda: desk.at)
    tied = factories.person("兼职干部")
    factories.post(tied, desk.tree.county, "rights_officer")
    client = sign_in(Client(), tied)
    made = desk.speak()
    pages = ("/desk/voices/", "/desk/voices/rows/", "/desk/matters/", "/desk/voices/groups/")
    seen = [made.reference in client.get(each).content.decode() for each in pages]
    assert seen[0], "before the second job it is seen"
    factories.employment(tied, desk.tree.employer)
    for each in pages:
        assert made.reference not in client.get(each).content.decode(), each
    for each in ("", "contact/"):
        assert client.get(f"/desk/voices/{made.reference}/{each}").status_code == 404
    for each in ("hand", "clocks", "seal"):
        assert client.get(f"/desk/matters/{made.reference}/{each}/").status_code == 404
    own = desk.speak(Identity.OWN_UNION)
    assert own.kept_from_id is None, "the worker allowed it"


def test_it_is_not_handed_to_the_employers_own_union(desk: Desk) -> None:
    made = desk.speak()
    with everywhere(reason="test"), pytest.raises(Refused, match="被反映单位自己的工会"):
        handing.forward(matter=desk.fresh(made), to=desk.tree.union, words="你们看", by=desk.handler, at=desk.at)


def test_no_voice_stays_with_a_union_that_has_ended(desk: Desk, town: Any) -> None:
    street, officer = town
    made = desk.speak()
    with everywhere(reason="test"):
        sent = handing.forward(matter=desk.fresh(made), to=street, words="请办", by=desk.handler, at=desk.at)
        handing.accept(forwarding=sent, by=factories.actor(officer), at=desk.at)
        follow_end(organisation=street, at=desk.at, superior=desk.tree.county)
    assert desk.fresh(made).organisation == desk.tree.county
    assert counted(desk, street) == 0


def test_while_the_worker_is_asked_the_answer_waits(desk: Desk) -> None:
    made = desk.act(handling.ask, desk.accepted(), words="请补充工资条")
    index = MatterIndex._base_manager.get(matter_id=made.pk, flow_code=made.flow_code)
    with everywhere(reason="test"):
        clocks = {each.code: each.is_paused for each in Deadline.objects.filter(matter=index, stopped_at=None)}
    assert clocks == {"answer": True, "waiting": False}
