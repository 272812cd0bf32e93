"""Voices and what the engine does with them: handed on, sealed, kept from the employer's people; figures follow."""

from typing import Any

import pytest
from django.test import Client

from gongjia.backbone.regions.models import Region
from gongjia.domains.voices import handling, params, queries
from gongjia.domains.voices.following import follow_end
from gongjia.domains.voices.models import Voice, VoiceFile
from gongjia.domains.voices.tests.conftest import Desk
from gongjia.domains.voices.tests.test_services import picture
from gongjia.domains.voices.words import Identity, Subject
from gongjia.engines.casework import deadlines
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.models import Forwarding
from gongjia.engines.casework.models import Deadline, MatterIndex
from gongjia.engines.casework.sealing import services as sealing
from gongjia.engines.figures import reading
from gongjia.engines.figures.repair import rebuild
from gongjia.kernel import clock
from gongjia.kernel.errors import Forbidden, Refused
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


def copy_of(desk: Desk, voice: Voice, town: Any) -> Voice:
    """The sealed copy on which a town works in the place of a voice."""
    street, officer = town
    with everywhere(reason="test"):
        sent = sealing.seal_and_forward(
            matter=desk.fresh(voice), to=street, covered=COVERED, words="请核实", by=desk.handler, at=desk.at
        )
        handing.accept(forwarding=sent, by=factories.actor(officer), at=desk.at)
    return desk.fresh(Voice._base_manager.get(is_copy=True))


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


def pages_about(desk: Desk, voice: Voice, street: Any) -> dict[str, str]:
    """Every page on which a voice, its files or what was handed on about it stand, with what shows there."""
    with everywhere(reason="test"):
        sent = handing.forward(matter=desk.fresh(voice), to=street, words="请就近办理", by=desk.handler, at=desk.at)
        file = VoiceFile.objects.get(voice=voice)
    own, of_all = f"/desk/voices/{voice.reference}/", f"/desk/matters/{voice.reference}/"
    lists = ("/desk/voices/", "/desk/voices/?tab=all", "/desk/voices/rows/", "/desk/voices/groups/", "/desk/matters/")
    return {
        **dict.fromkeys(lists, voice.reference),
        **dict.fromkeys((own, f"{own}contact/"), voice.reference),
        **dict.fromkeys((f"{of_all}hand/", f"{of_all}clocks/", f"{of_all}seal/"), voice.reference),
        f"/desk/voices/files/{file.reference}/": "",
        f"/desk/forwarded/{sent.reference}/": voice.reference,
    }


def test_whoever_works_for_the_employer_comes_to_no_voice_against_it(
    desk: Desk, town: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer of the county with a second job there: each page shows it before, and none after."""
    monkeypatch.setattr(clock, "now", lambda: desk.at)
    tied = factories.person("兼职干部")
    factories.post(tied, desk.tree.county, "rights_officer")
    client = sign_in(Client(), tied)
    made = desk.speak(people=params.group_workers(desk.at.date()), files=[picture()])
    shown = pages_about(desk, made, town[0])
    assert client.post(f"/desk/voices/{made.reference}/contact/", {"purpose": "request"}).status_code == 303
    for page, mark in shown.items():
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert mark in answer.content.decode("utf-8", "replace"), f"{page} shows it before the second job"
    factories.employment(tied, desk.tree.employer)
    for page, mark in shown.items():
        answer = client.get(page)
        assert answer.status_code == (404 if made.reference in page or not mark or "forwarded" in page else 200), page
        assert made.reference not in answer.content.decode("utf-8", "replace"), page


def test_the_own_union_that_may_know_is_that_of_the_employer_and_no_other(desk: Desk) -> None:
    own = desk.speak(Identity.OWN_UNION)
    assert (own.organisation, own.kept_from) == (desk.tree.union, None), "the worker allowed it"
    other = desk.speak(Identity.OWN_UNION, employer=desk.tree.foreign_employer)
    assert (other.organisation, other.kept_from) == (desk.tree.union, desk.tree.foreign_employer)
    index = MatterIndex._base_manager.get(matter_id=other.pk, flow_code=other.flow_code)
    assert index.kept_from == desk.tree.foreign_employer


def test_an_employer_known_by_words_is_confirmed_and_its_people_are_out(
    desk: Desk, town: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: desk.at)
    tied = factories.person("兼职干部")
    factories.post(tied, desk.tree.county, "rights_officer")
    factories.employment(tied, desk.tree.employer)
    client, officer = sign_in(Client(), tied), sign_in(Client(), desk.officer)
    made = desk.speak(
        employer=None, employer_name="青禾厂", people=params.group_workers(desk.at.date()), files=[picture()]
    )
    shown = pages_about(desk, made, town[0])
    url = f"/desk/voices/{made.reference}/"
    assert client.get(url).status_code == 200
    assert "确认单位" in officer.get(url).content.decode()
    wrong = officer.post(url, {"act": "confirm_employer", "name": "青禾样例"})
    assert wrong.status_code == 422
    assert f"是不是：{desk.tree.employer.name}" in wrong.content.decode()
    assert officer.post(url, {"act": "confirm_employer", "name": desk.tree.employer.name}).status_code == 302
    voice = desk.fresh(made)
    assert (voice.employer, voice.kept_from, voice.is_group) == (desk.tree.employer, desk.tree.employer, True)
    sent = Forwarding._base_manager.get()
    indexes = MatterIndex._base_manager.filter(kept_from=desk.tree.employer)
    assert {each.reference for each in indexes} == {made.reference, sent.reference}
    assert sent.kept_from == desk.tree.employer
    for page in shown:
        assert made.reference not in client.get(page).content.decode("utf-8", "replace"), page
    page = officer.get(url).content.decode()
    assert "确认单位" in page, "the timeline says it"
    assert 'value="confirm_employer"' not in page
    with pytest.raises(Refused, match="不能再改"):
        desk.act(handling.confirm_employer, made, employer=desk.tree.foreign_employer)


def test_who_confirms_the_own_second_employer_is_out_and_led_to_the_list(desk: Desk, sign_in: Any) -> None:
    factories.employment(desk.officer, desk.tree.employer)
    made = desk.speak(employer=None, employer_name="青禾厂")
    sent = {"act": "confirm_employer", "name": desk.tree.employer.name}
    answer = sign_in(Client(), desk.officer).post(f"/desk/voices/{made.reference}/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/voices/")


def test_the_own_union_of_a_confirmed_employer_keeps_what_it_may_know(desk: Desk) -> None:
    made = desk.speak(Identity.OWN_UNION, employer=None, employer_name="青禾厂")
    chair = factories.actor(desk.tree.chair)
    voice = desk.act(handling.confirm_employer, made, by=chair, employer=desk.tree.employer)
    assert (voice.employer, voice.kept_from) == (desk.tree.employer, None)


@pytest.mark.parametrize("what", ["", "closed"])
def test_rows_behind_a_figure_are_as_many_as_the_figure(desk: Desk, town: Any, what: str) -> None:
    made = desk.speak(subject=Subject.WELFARE)
    copy = copy_of(desk, made, town)
    with everywhere(reason="test"):
        matter = handling.mark_small(voice=desk.fresh(made), title="宿舍没有热水", by=desk.handler, at=desk.at)
        handling.mark_small(voice=desk.fresh(copy), matter=matter, by=desk.handler, at=desk.at)
        assert queries.small_matters().get().count == 1
    main = desk.speak()
    desk.act(handling.join, copy, main=main)
    if what:
        desk.act(handling.guide, made, words="请找人社局")
    with everywhere(reason="test"):
        rows = queries.counted(what, under=desk.tree.county, on=desk.at.date())
        assert queries.count_joined(main) == 0
        assert rows.count() == counted(desk, desk.tree.county, "voices_closed" if what else "voices")


def test_the_worker_behind_a_copy_is_asked_and_visited_by_who_sealed_it(
    desk: Desk, town: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: desk.at)
    copy, by = copy_of(desk, desk.speak(), town), factories.actor(town[1])
    colleague = factories.person("街道同事")
    factories.post(colleague, town[0], "township_officer")
    client = sign_in(Client(), colleague)
    url = f"/desk/voices/{copy.reference}/"
    desk.act(handling.accept, copy, by=by)
    page = client.get(url).content.decode()
    assert 'value="answer"' in page
    assert 'value="ask"' not in page
    with pytest.raises(Refused, match="由密封转办的工会"):
        desk.act(handling.ask, copy, by=by, words="请补充工资条")
    desk.act(handling.answer, copy, by=by, words="已经上门核实，确有拖欠三个月。")
    page = client.get(url).content.decode()
    assert "等密封转办的工会" in page
    assert 'value="visit"' not in page
    with pytest.raises(Refused, match="由密封转办的工会"):
        desk.act(handling.visit, copy, by=factories.actor(colleague), is_satisfied=True, words="")


def test_more_time_is_asked_for_by_the_desk_and_granted_by_the_leader(desk: Desk) -> None:
    made, leader = desk.accepted(), factories.actor(desk.tree.leader)
    with everywhere(reason="test"):
        facts = {"code": "answer", "at": desk.at}
        with pytest.raises(Forbidden):
            deadlines.ask_extension(matter=desk.fresh(made), units=5, reason="案情复杂", by=leader, **facts)
        deadlines.ask_extension(matter=desk.fresh(made), units=5, reason="案情复杂", by=desk.handler, **facts)
        for refused in (desk.other, desk.handler):
            with pytest.raises(Forbidden):
                deadlines.answer_extension(matter=desk.fresh(made), grant=True, by=refused, **facts)
        before = Deadline.objects.get(matter__matter_id=made.pk, code="answer").due_at
        after = deadlines.answer_extension(matter=desk.fresh(made), grant=True, by=leader, **facts)
    assert after.extended == 5
    assert after.due_at is not None
    assert before is not None
    assert after.due_at > before


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
