"""The verbs of joining: what each writes, and what each refuses."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist

from gongjia.backbone.accounts.models import Account, AccountGrant
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import State as OrganisationState
from gongjia.backbone.people.models import Employment, Person
from gongjia.domains.enrolment import handlers, posters, queries, services
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.tests.conftest import Newcomer
from gongjia.domains.enrolment.words import RefusalReason
from gongjia.engines.casework.queries import timeline_of
from gongjia.engines.messages import sms
from gongjia.engines.messages.models import Message
from gongjia.kernel import events
from gongjia.kernel.errors import Forbidden, Gone, Refused
from gongjia.kernel.models import AuditRow, Event
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O7"), pytest.mark.django_db]


def approve(application: Application, by: Person, at: datetime, **more: Any) -> Application:
    actor = factories.actor(by)
    with entering(actor.reach("enrolment.approve")):
        found = queries.application_by_reference(application.reference)
        return services.approve(application=found, by=actor, at=at, **more)


def send_back(application: Application, by: Person, at: datetime, *, final: bool = False, **more: Any) -> Application:
    actor = factories.actor(by)
    answers = {"reason": RefusalReason.NAME, "words": "请和身份证核对", **more}
    with entering(actor.reach("enrolment.approve")):
        found = queries.application_by_reference(application.reference)
        return services.send_back(application=found, final=final, by=actor, at=at, **answers)


# ── applying ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_application_holds_the_number_sealed_and_the_consent(
    poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    application = newcomer().apply(poster, number=901, at=at)
    assert factories.id_number(901).encode() not in bytes(application.id_number)
    assert application.reveal("id_number") == factories.id_number(901)
    assert application.consent_version
    row = AuditRow.objects.get(verb="enrolment.apply")
    assert "白小满" not in json.dumps(row.facts, ensure_ascii=False)
    assert factories.id_number(901) not in json.dumps(row.facts)


def test_who_has_no_person_reaches_the_own_application_by_grant_and_no_other(
    poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    mine, other = newcomer(), newcomer()
    application = mine.apply(poster, number=901, at=at)
    foreign = other.apply(poster, number=902, at=at)
    with entering(mine.actor.reach(SIGNED_IN)):
        assert queries.open_application_of(mine.account.pk) == application
        assert queries.open_application_of(other.account.pk) is None
        with pytest.raises(Application.DoesNotExist):
            queries.application_by_reference(foreign.reference)


def test_a_second_application_waits_for_the_first(poster: Poster, newcomer: Newcomer, at: datetime) -> None:
    worker = newcomer()
    worker.apply(poster, number=901, at=at)
    with pytest.raises(Refused, match="已经有一份入会申请"):
        worker.apply(poster, number=901, at=at)


def test_a_form_sent_twice_is_one_application(poster: Poster, newcomer: Newcomer, at: datetime) -> None:
    worker = newcomer()
    first = worker.apply(poster, number=901, at=at, key="once")
    assert worker.apply(poster, number=901, at=at, key="once") == first
    assert Application._base_manager.count() == 1


def test_after_withdrawing_one_may_apply_again(poster: Poster, newcomer: Newcomer, at: datetime) -> None:
    worker = newcomer()
    first = worker.apply(poster, number=901, at=at)
    with entering(worker.actor.reach(SIGNED_IN)):
        services.withdraw(application=first, by=worker.actor, at=at)
    assert worker.apply(poster, number=901, at=at) != first


def test_a_member_is_not_let_in_twice(tree: factories.Tree, poster: Poster, at: datetime) -> None:
    member = factories.actor(tree.member)
    number = tree.member.reveal("id_number")
    with entering(member.reach(SIGNED_IN)), pytest.raises(Refused, match="已经是工会会员"):
        services.apply(poster=poster, name="王芳", id_number=number, by=member, at=at)


def test_a_revoked_poster_leads_nowhere(tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime) -> None:
    chair = factories.actor(tree.chair)
    with entering(chair.reach()):
        posters.revoke_poster(poster=poster, why="换了新的", by=chair, at=at)
    with pytest.raises(Gone, match="已经停用"):
        newcomer().apply(poster, number=901, at=at)


def test_the_poster_of_a_union_that_has_ended_leads_nowhere(poster: Poster, newcomer: Newcomer, at: datetime) -> None:
    poster.organisation.state = OrganisationState.MERGED
    with pytest.raises(Gone, match="已合并"):
        newcomer().apply(poster, number=901, at=at)


def test_posters_are_made_for_unions_that_take_members(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    with entering(officer.reach()):
        with pytest.raises(Refused, match="不直接发展会员"):
            posters.put_up_poster(organisation=tree.county, by=officer, at=at)
        assert posters.put_up_poster(organisation=tree.union, by=officer, at=at).reference


def test_nobody_puts_up_a_poster_for_a_foreign_union(tree: factories.Tree, at: datetime) -> None:
    chair = factories.actor(tree.chair)
    with entering(chair.reach()), pytest.raises(Forbidden):
        posters.put_up_poster(organisation=tree.foreign_union, by=chair, at=at)


def test_a_poster_is_for_an_employer_that_the_union_covers(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    beside = factories.employer("溪口样例木器厂", tree.county)
    with entering(officer.reach("enrolment.posters")):
        made = posters.put_up_poster(organisation=tree.union, employer=tree.employer, by=officer, at=at)
        assert made.employer == tree.employer
        with pytest.raises(Refused, match="不由这个工会覆盖"):
            posters.put_up_poster(organisation=tree.union, employer=beside, by=officer, at=at)
    assert Poster._base_manager.count() == 1


# ── approving ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_approval_makes_file_membership_employment_account_and_message(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    worker = newcomer()
    application = worker.apply(poster, number=901, at=at, employer=tree.employer, job="装配工", group="courier")
    approve(application, tree.chair, at)
    person = Account.objects.get(pk=worker.account.pk).person
    assert person is not None
    assert (person.name, person.reveal("id_number")) == ("白小满", factories.id_number(901))
    assert person.reveal("phone") == worker.account.reveal("phone")
    membership = Membership._base_manager.get(person=person)
    assert (membership.organisation, membership.state, membership.origin) == (tree.union, "active", "poster")
    assert (membership.joined_on, membership.group, membership.form) == (at.date(), "courier", "new_form")
    employment = Employment._base_manager.get(person=person)
    assert (employment.employer, employment.job) == (tree.employer, "装配工")
    assert Message._base_manager.get(person=person).leads_to == "/my/membership/"
    with entering(worker.actor.reach(SIGNED_IN)):
        own = queries.application_by_reference(application.reference)
        assert own.standing.zh == "已入会"
        assert [step.move_zh for step in timeline_of(own)] == ["同意入会", "提出"]
    assert not AccountGrant.objects.filter(account=worker.account).exists()


def test_the_day_of_joining_is_shanghais(tree: factories.Tree, poster: Poster, newcomer: Newcomer) -> None:
    late = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # half past one in the morning of the 21st in Shanghai
    application = newcomer().apply(poster, number=901, at=late)
    approve(application, tree.chair, late)
    assert Membership._base_manager.latest("pk").joined_on.isoformat() == "2026-11-21"


def test_a_person_on_file_is_linked_and_not_doubled(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    known = factories.person("田小麦", number=950)
    worker = newcomer()
    approve(worker.apply(poster, number=950, at=at, name="田小麦"), tree.chair, at, has_seen_card=True)
    assert Account.objects.get(pk=worker.account.pk).person == known
    assert AuditRow.objects.get(verb="enrolment.approve").facts["has_seen_card"] is True
    assert Person._base_manager.filter(name="田小麦").count() == 1


@pytest.mark.parametrize("was", ["never a member", "a member here", "a member elsewhere", "on the roster"])
def test_a_file_goes_to_nobody_who_only_knows_name_and_number(
    was: str, tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    known = factories.person("田小麦", number=950)
    if was == "on the roster":
        factories.membership(known, tree.union)
    elif was != "never a member":
        union = tree.union if was == "a member here" else tree.foreign_union
        factories.membership(known, union, until_on=at.date(), state="ended")
    worker = newcomer()
    application = worker.apply(poster, number=950, at=at, name="田小麦")
    with entering(factories.actor(tree.chair).reach("enrolment.approve")):
        assert queries.known_of(application).needs_vouching
    with pytest.raises(Refused, match="当面核对"):
        approve(application, tree.chair, at)
    assert Account.objects.get(pk=worker.account.pk).person is None
    assert Application._base_manager.get(pk=application.pk).state == "submitted"


def test_the_phone_on_file_is_proof_enough(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    known, worker = factories.person("田小麦", number=950), newcomer()
    known.seal_in(phone=worker.account.reveal("phone"))
    known.save()
    application = worker.apply(poster, number=950, at=at, name="田小麦")
    with entering(factories.actor(tree.chair).reach("enrolment.approve")):
        assert queries.known_of(application) == queries.Known(has_file=True, phone_agrees=True)
    approve(application, tree.chair, at)
    assert Account.objects.get(pk=worker.account.pk).person == known


def test_a_number_with_another_name_is_not_linked(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    factories.person("田小麦", number=950)
    application = newcomer().apply(poster, number=950, at=at, name="白小满")
    with pytest.raises(Refused, match="对不上"):
        approve(application, tree.chair, at)
    assert Application._base_manager.get(pk=application.pk).state == "submitted"


def test_who_stands_in_the_roster_already_gets_the_account_only(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    known = factories.person("田小麦", number=950)
    before = factories.membership(known, tree.union)
    worker = newcomer()
    application = worker.apply(poster, number=950, at=at, name="田小麦")
    with entering(factories.actor(tree.chair).reach("enrolment.approve")):
        assert queries.known_of(application) == queries.Known(has_file=True, is_here=True)
    approve(application, tree.chair, at, has_seen_card=True)
    assert list(Membership._base_manager.filter(person=known)) == [before]
    assert Account.objects.get(pk=worker.account.pk).person == known


def test_a_member_of_another_union_is_a_transfer_of_which_the_applicant_learns_nothing(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    worker = newcomer()
    number = tree.foreign_member.reveal("id_number")
    application = worker.apply(poster, number=0, at=at, name="李青禾", id_number=number)
    assert application.state == "submitted"
    with entering(factories.actor(tree.chair).reach("enrolment.approve")):
        assert queries.known_of(application) == queries.Known(has_file=True, is_transfer=True)
    with pytest.raises(Refused, match="请办理转接"):
        approve(application, tree.chair, at)
    assert Account.objects.get(pk=worker.account.pk).person is None
    assert Membership._base_manager.filter(person=tree.foreign_member).count() == 1


def test_an_account_in_use_is_not_taken_over_by_who_knows_a_number(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    known = factories.person("田小麦", number=950)
    factories.account(known, seen_at=at)
    application = newcomer().apply(poster, number=950, at=at, name="田小麦")
    with pytest.raises(Refused, match="已有账号"):
        approve(application, tree.chair, at, has_seen_card=True)


@pytest.mark.parametrize("number", [951, 952])
def test_who_has_a_file_does_not_apply_under_another_number(
    number: int, tree: factories.Tree, poster: Poster, at: datetime
) -> None:
    known, _other = factories.person("田小麦", number=950), factories.person("冯小雨", number=951)
    actor = factories.actor(known)
    facts = {"poster": poster, "name": "田小麦", "employer_name": "灵活就业", "by": actor, "at": at}
    with entering(actor.reach(SIGNED_IN)):
        with pytest.raises(Refused, match="和您档案里的不一样"):
            services.apply(id_number=factories.id_number(number), **facts)
        made = services.apply(id_number=factories.id_number(950), **facts)
    made.seal_in(id_number=factories.id_number(number))
    made.save()
    with pytest.raises(Refused, match="档案"):
        approve(made, tree.chair, at)


def test_an_application_names_a_workplace(poster: Poster, newcomer: Newcomer, at: datetime) -> None:
    with pytest.raises(Refused, match="在哪里工作"):
        newcomer().apply(poster, number=901, at=at, employer_name=" ")
    assert not Application._base_manager.exists()


def test_who_comes_by_the_net_comes_from_no_poster(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    with everywhere(reason="test"):
        entry = queries.poster_of(tree.union)
        assert entry is not None
        assert (entry.reference, entry.place, entry.pk) == (tree.union.reference, "", None)
        assert queries.entry_by_reference(tree.union.reference).organisation == tree.union
        assert queries.entry_by_reference(poster.reference) == poster
        with pytest.raises(ObjectDoesNotExist):
            queries.entry_by_reference(
                factories.organisation("样例镇总工会", tree.county, kind="township_union").reference
            )
        assert queries.is_pool(queries.entry_by_reference(tree.county.reference))
    made = newcomer().apply(entry, number=901, at=at)
    assert (made.poster, made.organisation) == (None, tree.union)
    assert queries.entry_of(made).organisation == tree.union


def test_pressing_approve_twice_is_one_approval(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    application = newcomer().apply(poster, number=901, at=at)
    approve(application, tree.chair, at, key=application.reference)
    approve(application, tree.chair, at, key=application.reference)
    assert Membership._base_manager.filter(organisation=tree.union, origin="poster").count() == 1
    assert AuditRow.objects.filter(verb="enrolment.approve").count() == 1


def test_officers_of_another_county_neither_see_nor_approve(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    application = newcomer().apply(poster, number=901, at=at)
    stranger = factories.actor(tree.foreign_officer)
    with entering(stranger.reach("enrolment.approve")):
        assert not queries.waiting().exists()
    with everywhere(reason="past the reach the verb itself holds"), pytest.raises(Forbidden):
        services.approve(application=application, by=stranger, at=at)


# ── sending back ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_return_asks_for_one_answer_and_takes_no_other(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    worker = newcomer()
    application = worker.apply(poster, number=901, at=at)
    send_back(application, tree.chair, at)
    with entering(worker.actor.reach(SIGNED_IN)):
        own = queries.application_by_reference(application.reference)
        changes = {"name": "白晓满", "id_number": factories.id_number(999), "employer_name": "别处"}
        services.mend(application=own, changes=changes, by=worker.actor, at=at)
        mended = queries.application_by_reference(application.reference)
    assert (mended.state, mended.name, mended.reason) == ("submitted", "白晓满", "")
    assert mended.reveal("id_number") == factories.id_number(901)
    assert mended.works_at == "溪口样例厂"


def test_a_wrong_employer_is_mended_to_a_registered_one(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    worker = newcomer()
    application = worker.apply(poster, number=901, at=at)
    send_back(application, tree.chair, at, reason=RefusalReason.EMPLOYER)
    with entering(worker.actor.reach(SIGNED_IN)):
        own = queries.application_by_reference(application.reference)
        changes = {"employer": tree.employer, "employer_name": "", "job": "缝纫工"}
        services.mend(application=own, changes=changes, by=worker.actor, at=at)
        assert queries.application_by_reference(application.reference).works_at == tree.employer.name


def test_what_cannot_be_mended_is_refused_and_not_returned(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime
) -> None:
    application = newcomer().apply(poster, number=901, at=at)
    with pytest.raises(Refused, match="不予通过"):
        send_back(application, tree.chair, at, reason=RefusalReason.NOT_OURS)
    assert send_back(application, tree.chair, at, reason=RefusalReason.NOT_OURS, final=True).state == "refused"


@pytest.mark.parametrize(("final", "said"), [(False, "需要修改一项"), (True, "没有通过")])
def test_an_applicant_without_a_file_is_told_by_phone(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime, monkeypatch, settings, final, said
) -> None:
    sent: list[tuple[str, str, str]] = []
    settings.SMS_URL = "http://127.0.0.1:9/sms"
    monkeypatch.setattr(sms, "send", lambda phone, text, *, key="": sent.append((phone, text, key)))
    worker = newcomer()
    application = worker.apply(poster, number=901, at=at)
    send_back(application, tree.chair, at, final=final, words="证件号是别人的")
    waiting = Event.objects.get(name="enrolment.answered")
    assert "证件号" not in json.dumps(waiting.payload, ensure_ascii=False)
    events.run_due(at=at + timedelta(seconds=1))
    ((phone, text, _key),) = sent
    assert phone == worker.account.reveal("phone")
    assert said in text
    assert "白小满" not in text
    assert "证件号" not in text


def test_without_a_provider_nothing_is_sent_and_nothing_fails(
    tree: factories.Tree, poster: Poster, newcomer: Newcomer, at: datetime, monkeypatch, settings
) -> None:
    settings.SMS_URL = ""
    monkeypatch.setattr(sms, "send", lambda *_, **__: pytest.fail("nothing to send by"))
    application = newcomer().apply(poster, number=901, at=at)
    send_back(application, tree.chair, at)
    with everywhere(reason="as the event runs"):
        handlers.send_answer(application_id=application.pk, at=at)


def test_an_applicant_with_a_file_is_told_in_the_inbox(tree: factories.Tree, poster: Poster, at: datetime) -> None:
    known = factories.person("田小麦", number=950)
    actor = factories.actor(known)
    with entering(actor.reach(SIGNED_IN)):
        number = known.reveal("id_number")
        application = services.apply(
            poster=poster, name="田小麦", id_number=number, employer_name="灵活就业", by=actor, at=at
        )
    send_back(application, tree.chair, at)
    assert Message._base_manager.get(person=known).title == "入会申请需要修改"
    assert not Event.objects.filter(name="enrolment.answered").exists()


# ── where to join ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_entry_on_the_net_is_there_where_a_poster_is_in_use(tree: factories.Tree, at: datetime) -> None:
    Poster._base_manager.create(organisation=tree.union, made_at=at)
    with everywhere(reason="test"):
        assert queries.poster_of(tree.union) is not None
        assert queries.poster_of(tree.foreign_union) is None


def test_a_level_of_the_tree_is_as_long_as_the_search_upwards_takes_it_to_be() -> None:
    assert Organisation.steplen == queries._STEP


def test_an_employer_is_known_by_its_exact_name_only(tree: factories.Tree, poster: Poster) -> None:
    with everywhere(reason="test"):
        assert queries.employer_named(poster, " 青禾样例制衣 有限公司") == tree.employer
        assert queries.employer_named(poster, "青禾样例制衣") is None
        assert queries.employer_named(poster, tree.foreign_employer.name) is None


def test_a_long_list_of_employers_is_typed_and_not_chosen(tree: factories.Tree, poster: Poster) -> None:
    for number in range(queries.MOST_CHOICES):
        factories.coverage(tree.union, factories.employer(f"样例{number}厂", tree.county))
    with everywhere(reason="test"):
        assert queries.employers_to_choose(poster) == []
        poster.employer = tree.employer
        assert queries.employers_to_choose(poster) == [tree.employer]


def test_a_group_is_joined_by_the_poster_of_its_union(tree: factories.Tree, poster: Poster) -> None:
    group = factories.organisation("总装二组工会小组", tree.union, kind="union_group")
    village = factories.organisation("怀德社区工会委员会", tree.county, kind="village_union")
    below = factories.organisation("社区样例店工会委员会", village, kind="grassroots_union")
    Poster._base_manager.create(organisation=village, made_at=poster.made_at)
    with everywhere(reason="test"):
        entry = queries.poster_of(group)
        assert entry is not None
        assert entry.organisation == poster.organisation
        assert queries.poster_of(below) is None, "a union of its own is not the village's"
