"""Sealed hand-over: nothing in the copy says who it is, and the seal is opened by two people, on record."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from gongjia.engines.casework import services as casework
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.models import Forwarding
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.casework.sealing import services as sealing
from gongjia.engines.casework.sealing.models import Sealing, Unsealing
from gongjia.engines.casework.tests.complaints import Complaint
from gongjia.engines.casework.tests.conftest import Desk
from gongjia.engines.messages.models import Message
from gongjia.kernel import clock
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.models import AuditRow
from tests import factories

pytestmark = [pytest.mark.system("R2"), pytest.mark.django_db]
PHONE = "13900000912"
TEXT = "我叫王芳，电话 139 0000 0912。厂里拖欠三个月工资。"
COVERED = "厂里拖欠三个月工资。"


def complaint(desk: Desk) -> Complaint:
    return desk.complaint(text=TEXT, phone=PHONE)


def sealed(desk: Desk, one: Complaint) -> Complaint:
    """The copy, accepted by the street."""
    sent = sealing.seal_and_forward(
        matter=one, to=desk.town, covered=COVERED, words="请就近核实", by=desk.county, at=desk.at
    )
    handing.accept(forwarding=sent, by=desk.street, at=desk.at)
    return Complaint._base_manager.select_related("organisation").get(pk=sent.of.matter_id)


def test_the_copy_holds_nothing_of_the_person(desk: Desk) -> None:
    one = complaint(desk)
    copy = sealed(desk, one)
    assert (copy.text, copy.person_id, copy.phone, copy.organisation) == (COVERED, None, "", desk.town)
    assert Complaint._base_manager.get(pk=one.pk).organisation == desk.tree.county, "the matter itself stays"
    index = MatterIndex.objects.get(flow_code=copy.flow_code, matter_id=copy.pk)
    told = [
        index.title,
        copy.text,
        *(step.words for step in timeline_of(copy)),
        str(Forwarding._base_manager.get().words),
    ]
    for word in (desk.tree.member.name, PHONE, one.reference):
        assert not any(word in each for each in told), word
    of_person = [
        row
        for model in apps.get_models()
        if model._meta.app_label == "casework" and any(field.name == "person" for field in model._meta.fields)
        for row in model._base_manager.filter(person=desk.tree.member)
        if getattr(row, "organisation_id", None) == desk.town.pk
    ]
    assert of_person == []


@pytest.mark.parametrize("field", ["covered", "words"])
@pytest.mark.parametrize("left", ["王芳", "王师傅", "139-0000-0912", "一三九零零零零零九一二", "微信：wx_hefang"])
def test_a_text_that_gives_somebody_away_is_not_sent(desk: Desk, field: str, left: str) -> None:
    one = complaint(desk)
    facts = {"covered": COVERED, "words": "请核实", field: f"请找{left}"}
    with pytest.raises(Refused, match="还有能看出是谁的字"):
        sealing.seal_and_forward(matter=one, to=desk.town, by=desk.county, at=desk.at, **facts)
    assert Sealing._base_manager.count() == Forwarding._base_manager.count() == 0


def test_who_works_on_the_copy_does_not_come_to_the_matter(desk: Desk, sign_in: Any) -> None:
    one = complaint(desk)
    copy = sealed(desk, one)
    street = sign_in(Client(), factories.Person._base_manager.get(pk=desk.street.person_id))
    assert street.get(f"/desk/matters/{copy.reference}/hand/").status_code == 200
    assert street.get(f"/desk/matters/{one.reference}/hand/").status_code == 404


def test_what_happens_to_the_copy_is_told_to_the_matter_and_never_back(desk: Desk) -> None:
    one = complaint(desk)
    copy = sealed(desk, one)
    casework.move(matter=copy, move_code="take", by=desk.street, at=desk.at)
    casework.move(matter=copy, move_code="ask", by=desk.street, at=desk.at, words="请提供工资条")
    told = [each.words for each in timeline_of(one) if each.move == "sealed_step"]
    assert told == [f"{desk.town.name}：请提供工资条", desk.town.name]
    before = Step.objects.count()
    casework.move(matter=Complaint._base_manager.get(pk=one.pk), move_code="take", by=desk.county, at=desk.at)
    assert Step.objects.count() == before + 1


def test_whoever_sealed_it_speaks_for_the_person(desk: Desk) -> None:
    copy = sealed(desk, complaint(desk))
    for code in ("take", "ask"):
        casework.move(matter=copy, move_code=code, by=desk.street, at=desk.at, words="请补充")
    for other in (desk.street, desk.foreign, desk.worker):
        with pytest.raises(Forbidden):
            casework.move(matter=copy, move_code="add", by=other, at=desk.at)
    casework.move(matter=copy, move_code="add", by=desk.county, at=desk.at)


def asked(desk: Desk, copy: Complaint) -> Unsealing:
    made = sealing.ask_unsealing(matter=copy, reason="要核对工资流水", by=desk.street, at=desk.at)
    return Unsealing._base_manager.select_related("organisation", "counterpart", "seal__origin__person").get(pk=made.pk)


def test_a_seal_is_opened_by_two_on_record_and_the_person_is_told(desk: Desk) -> None:
    one = complaint(desk)
    copy = sealed(desk, one)
    with pytest.raises(Refused, match="写明为什么"):
        sealing.ask_unsealing(matter=copy, reason=" ", by=desk.street, at=desk.at)
    made = asked(desk, copy)
    for other in (desk.street, desk.foreign):
        with pytest.raises(Forbidden):
            sealing.answer_unsealing(unsealing=made, grant=True, by=other, at=desk.at)
    with pytest.raises(Forbidden):
        sealing.see_identity(unsealing=made, by=desk.street, at=desk.at)
    made = sealing.answer_unsealing(unsealing=made, grant=True, by=desk.county, at=desk.at)
    seen = sealing.see_identity(unsealing=made, by=desk.street, at=desk.at)
    assert seen == {"姓名": desk.tree.member.name, "手机号": PHONE}
    told = Message._base_manager.get(person=desk.tree.member)
    assert "要核对工资流水" in told.body
    assert AuditRow.objects.filter(verb="casework.see_identity", about_person_id=desk.tree.member.pk).count() == 1
    assert [each.move for each in timeline_of(one)][:2] == ["identity_seen", "unsealed"]
    with pytest.raises(Forbidden):
        sealing.see_identity(unsealing=made, by=desk.county, at=desk.at)
    for days, is_over in ((3, False), (4, True)):
        later = desk.at + timedelta(days=days)
        if is_over:
            with pytest.raises(Gone):
                sealing.see_identity(unsealing=made, by=desk.street, at=later)
        else:
            sealing.see_identity(unsealing=made, by=desk.street, at=later)


def test_who_asked_does_not_grant_though_the_post_holds_at_both_ends(desk: Desk) -> None:
    copy = sealed(desk, complaint(desk))
    made = sealing.ask_unsealing(matter=copy, reason="要核对", by=desk.county, at=desk.at)
    with pytest.raises(Forbidden, match="申请人以外"):
        sealing.answer_unsealing(unsealing=made, grant=True, by=desk.county, at=desk.at)


def test_a_refusal_shows_nothing(desk: Desk) -> None:
    made = asked(desk, sealed(desk, complaint(desk)))
    sealing.answer_unsealing(unsealing=made, grant=False, words="凭材料可以办", by=desk.county, at=desk.at)
    with pytest.raises(Forbidden):
        sealing.see_identity(unsealing=made, by=desk.street, at=desk.at)
    assert not Message._base_manager.filter(person=desk.tree.member).exists()


def test_a_matter_that_is_no_copy_has_nothing_to_open(desk: Desk) -> None:
    with pytest.raises(Refused, match="不是密封件"):
        sealing.ask_unsealing(matter=complaint(desk), reason="看看", by=desk.county, at=desk.at)


def test_the_pages_cover_ask_answer_and_show_once(desk: Desk, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: desk.at)

    def window(who: Actor) -> Client:
        return sign_in(Client(), factories.Person._base_manager.get(pk=who.person_id))

    one = complaint(desk)
    county, street = window(desk.county), window(desk.street)
    address = f"/desk/matters/{one.reference}/seal/"
    page = county.get(address).content.decode()
    assert '<mark title="姓名">王芳</mark>' in page
    assert "我叫【姓名】，电话 【手机号】。" in page
    assert county.post(address, {"to": desk.town.name, "covered": TEXT, "words": "请核实"}).status_code == 409
    assert county.post(address, {"to": desk.town.name, "covered": COVERED, "words": "请核实"}).status_code == 302
    sent = Forwarding._base_manager.get()
    assert street.post(f"/desk/forwarded/{sent.reference}/", {"act": "accept"}).status_code == 302
    ask = f"/desk/matters/{sent.of.reference}/identity/"
    assert street.post(ask, {"words": ""}).status_code == 422
    made = street.post(ask, {"words": "要核对工资流水"}).url
    assert county.post(made, {"act": "grant"}).status_code == 302
    assert desk.tree.member.name not in street.get(made).content.decode(), "not before it is asked for"
    assert desk.tree.member.name in street.post(made, {"act": "see"}).content.decode()
    assert county.post(made, {"act": "see"}).status_code == 403
