"""The verbs: who receives, what is kept of whom, the clocks, who calls back, groups, figures."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongjia.backbone.accounts import services as accounts
from gongjia.backbone.accounts.queries import grants_of
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.files.queries import content_of
from gongjia.domains.voices import handling, keeping, queries, services, small
from gongjia.domains.voices.figures import CONSULTED, INDICATORS, VOICES, VOICES_CLOSED, VOICES_OF_GROUPS
from gongjia.domains.voices.models import BookUse, SmallMatter, Voice, VoiceFile
from gongjia.domains.voices.tests.conftest import Desk
from gongjia.domains.voices.words import Channel, Identity, Refusal, Subject, Tag, Topic, Wish
from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.figures import reading, repair
from gongjia.engines.messages.models import Message
from gongjia.kernel import events
from gongjia.kernel.actors import COMMAND, NOBODY, Actor
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.models import AuditRow, Event
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("R1"), pytest.mark.django_db]
JPEG = b"\xff\xd8\xff\xe1\x00\x08GPSxyz\xff\xe0\x00\x10JFIF" + b"\0" * 10 + b"\xff\xda\x00\x02px\xff\xd9"


def picture(name: str = "我家门口.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, JPEG)


# ── who receives, and what is kept ─────────────────────────────────────────────────────────────────────────────


def test_the_county_receives_and_the_own_union_neither_sees_nor_acts(desk: Desk) -> None:
    made = desk.speak()
    assert made.organisation == desk.tree.county
    assert (made.person, made.is_open_to_own_union) == (desk.tree.member, False)
    chair = factories.actor(desk.tree.chair)
    with entering(chair.reach("voices.handle")):
        assert not Voice.objects.filter(pk=made.pk).exists()
        assert not MatterIndex.objects.filter(matter_id=made.pk, flow_code=made.flow_code).exists()
    with entering(desk.handler.reach("voices.handle")):
        assert Voice.objects.filter(pk=made.pk).exists()
    with entering(factories.actor(desk.foreign).reach("voices.handle")):
        assert not Voice.objects.exists()


def test_allowed_the_own_union_has_it_and_the_county_sees_it(desk: Desk) -> None:
    made = desk.speak(Identity.OWN_UNION)
    assert (made.organisation, made.is_open_to_own_union) == (desk.tree.union, True)
    with entering(desk.handler.reach("voices.handle")):
        assert Voice.objects.filter(pk=made.pk).exists()


def test_anonymous_keeps_nothing_of_who_it_was(desk: Desk) -> None:
    before = AuditRow.objects.count()
    made = desk.speak(Identity.ANONYMOUS, files=[picture()])
    assert (made.person_id, made.account_id, made.caller_name, bytes(made.phone)) == (None, None, "", b"")
    index = MatterIndex._base_manager.get(matter_id=made.pk, flow_code=made.flow_code)
    assert (index.person_id, index.owner_id) == (None, None)
    assert not Step._base_manager.exclude(by_person=None).filter(matter=index).exists()
    rows = AuditRow.objects.order_by("pk")[before:]
    assert {(row.account_id, row.person_id, row.about_person_id) for row in rows} == {(None, None, None)}
    assert StoredFile._base_manager.get().uploaded_by_id is None


def test_somebody_signed_in_without_a_file_follows_by_the_account(desk: Desk) -> None:
    account = factories.account(None, "newcomer")
    made = desk.speak(by=Actor(account_id=account.pk))
    assert (made.person_id, made.account_id) == (None, account.pk)
    follower = Actor(account_id=account.pk, grants=grants_of(account.pk))
    with entering(follower.reach(SIGNED_IN)):
        assert [each.pk for each in Voice.objects.all()] == [made.pk]
    desk.act(services.withdraw, made, by=follower)


def test_becoming_a_member_the_newcomer_keeps_what_was_said(desk: Desk) -> None:
    account, other = factories.account(None, "newcomer"), factories.account(None, "other")
    made = desk.speak(by=Actor(account_id=account.pk), files=[picture()])
    foreign = desk.speak(by=Actor(account_id=other.pk))
    newcomer = factories.person("新会员")
    with everywhere(reason="test"):
        accounts.bind_person(account_id=account.pk, person=newcomer, by=COMMAND, at=desk.at)
    assert not grants_of(account.pk)
    with entering(Actor(account_id=account.pk, person_id=newcomer.pk).reach(SIGNED_IN)):
        assert Voice.objects.get().pk == made.pk
        assert VoiceFile.objects.filter(voice=made).exists()
        assert MatterIndex.objects.filter(matter_id=made.pk, flow_code=made.flow_code).exists()
    assert desk.fresh(foreign).person_id is None
    desk.act(handling.receive, made)
    assert Message._base_manager.filter(person=newcomer).exists()
    desk.act(services.withdraw, made, by=Actor(account_id=account.pk, person_id=newcomer.pk))


def test_files_are_sealed_under_names_of_their_own_and_without_the_camera_s_words(desk: Desk) -> None:
    made = desk.speak(files=[picture()])
    row = VoiceFile._base_manager.select_related("file").get(voice=made)
    assert (row.file.name, row.type) == ("照片1", "image/jpeg")
    assert b"GPS" not in b"".join(content_of(row.file))


def test_a_place_without_a_federation_is_refused(desk: Desk) -> None:
    nowhere = factories.region("110101", "东城区", "county")
    with pytest.raises(Refused, match="还没有总工会"):
        desk.speak(region=nowhere)


def test_a_day_that_cannot_be_is_refused_and_nothing_is_written(desk: Desk) -> None:
    with pytest.raises(Refused, match="晚于反映的日期"):
        desk.speak(knew_on=desk.at.date() + timedelta(days=1))
    assert not Voice._base_manager.exists()


# ── intake ─────────────────────────────────────────────────────────────────────────────────────────────────────


def take(desk: Desk, **facts: Any) -> Voice:
    known = {
        "said": desk.said(), "organisation": desk.tree.county, "channel": Channel.HOTLINE, "is_urgent": False,
        "received_on": desk.at.date(), "by": desk.handler, "at": desk.at,
    }  # fmt: skip
    with everywhere(reason="test"):
        return services.take(**{**known, **facts})


def test_a_call_from_a_known_phone_is_the_worker_s_own_voice(desk: Desk) -> None:
    made = take(desk, phone=desk.tree.member.reveal("phone"), caller_name="王芳")
    assert made.person_id == desk.tree.member.pk
    assert made.reveal("phone") == desk.tree.member.reveal("phone")
    assert not made.is_anonymous


def test_a_call_from_an_unknown_phone_is_kept_sealed(desk: Desk) -> None:
    made = take(desk, phone="13900001234", caller_name="过路人")
    assert made.person_id is None
    assert b"13900001234" not in bytes(made.phone)


def test_a_letter_of_last_week_is_counted_from_the_day_it_came(desk: Desk) -> None:
    day = desk.at.date() - timedelta(days=7)
    made = take(desk, channel=Channel.LETTER, received_on=day)
    index = MatterIndex._base_manager.get(matter_id=made.pk, flow_code=made.flow_code)
    assert index.due_at is not None
    assert index.due_at < desk.at
    with pytest.raises(Refused, match="不能倒填"):
        take(desk, channel=Channel.LETTER, received_on=desk.at.date() - timedelta(days=31))
    with pytest.raises(Refused, match="当天登记"):
        take(desk, received_on=day)


def test_a_chair_does_not_write_down_for_the_county(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        take(desk, by=factories.actor(desk.tree.chair))


# ── the desk ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_way_tells_the_worker_and_is_rated(desk: Desk) -> None:
    made = desk.act(handling.receive, desk.speak())
    made = desk.act(handling.accept, made)
    made = desk.act(handling.ask, made, words="请补充工资条")
    made = desk.act(services.supply, made, by=desk.worker, words="工资条在这里", attached=[picture()])
    assert made.state == "handling"
    with pytest.raises(Refused, match="只能请本人一次"):
        desk.act(handling.ask, made, words="还要合同")
    made = desk.act(handling.answer, made, words="已经核实，单位今天补发了三个月工资。")
    assert (made.state, made.is_late, made.answered_by) == ("answered", False, desk.officer)
    made = desk.act(services.rate, made, by=desk.worker, is_satisfied=True, words="")
    assert (made.state, made.is_satisfied) == ("archived", True)
    titles = list(Message._base_manager.filter(person=desk.tree.member).order_by("pk").values_list("title", flat=True))
    assert titles == [
        "工会已经签收您的反映", "您反映的事已经受理", "请您补充材料", "您反映的事有了答复",
    ]  # fmt: skip


def test_closing_without_an_answer_is_refused(desk: Desk) -> None:
    made = desk.accepted()
    for words in ("", "   ", "已办", "一二三四五六七八九"):
        with pytest.raises(Refused, match="没有答复不能办结"):
            desk.act(handling.answer, made, words=words)
    assert desk.act(handling.answer, made, words="一二三四五六七八九十").state == "answered"


def test_not_satisfied_reopens_and_the_clock_runs_anew(desk: Desk) -> None:
    made = desk.answered()
    with pytest.raises(Refused, match="哪里不满意"):
        desk.act(services.rate, made, by=desk.worker, is_satisfied=False, words=" ")
    later = desk.at + timedelta(days=3)
    made = desk.act(services.rate, made, by=desk.worker, is_satisfied=False, words="还差一个月", at=later)
    assert (made.state, made.reopened, made.draft) == ("handling", 1, made.answer)
    index = MatterIndex._base_manager.get(matter_id=made.pk, flow_code=made.flow_code)
    assert index.due_at is not None
    assert index.due_at > later + timedelta(days=15)


def test_who_answered_does_not_call_back(desk: Desk) -> None:
    made = desk.answered()
    with pytest.raises(Refused, match="办理人以外的人"):
        desk.act(handling.visit, made, is_satisfied=True, words="")
    made = desk.act(handling.visit, made, by=desk.other, is_satisfied=False, words="单位没有给")
    assert (made.state, made.reopened) == ("handling", 1)


def test_who_was_not_reached_is_archived_without_a_rating(desk: Desk) -> None:
    made = desk.act(handling.visit, desk.answered(), by=desk.other, is_satisfied=None, words="打了三次没人接")
    assert (made.state, made.is_satisfied) == ("archived", None)


def test_an_answer_after_the_term_is_late_and_stays_so(desk: Desk) -> None:
    made = desk.accepted()
    words = "核实以后单位已经补发，迟了请原谅。"
    late = desk.at + timedelta(days=60)
    made = desk.act(handling.answer, made, words=words, at=late)
    assert made.is_late
    made = desk.act(services.rate, made, by=desk.worker, is_satisfied=False, words="不对", at=late)
    assert desk.act(handling.answer, made, words=words, at=late + timedelta(days=1)).is_late


def test_nobody_decides_about_their_own_voice(desk: Desk) -> None:
    factories.membership(desk.officer, desk.tree.union)
    made = desk.speak(by=desk.handler)
    with pytest.raises(Refused, match="自己的事不能自己办"):
        desk.act(handling.accept, made)


def test_taken_back_only_before_it_is_accepted(desk: Desk) -> None:
    made = desk.speak()
    with pytest.raises(Forbidden):
        desk.act(services.withdraw, made, by=factories.actor(desk.tree.foreign_member))
    assert desk.act(services.withdraw, made, by=desk.worker).state == "withdrawn"
    with pytest.raises(Refused, match="已经受理"):
        desk.act(services.withdraw, desk.accepted(), by=desk.worker)


def test_who_stays_unknown_is_asked_for_nothing(desk: Desk) -> None:
    made = desk.act(handling.accept, desk.speak(Identity.ANONYMOUS))
    with pytest.raises(Refused, match="匿名"):
        desk.act(handling.ask, made, words="请补充")


def test_where_nothing_is_supplied_the_case_goes_on(desk: Desk) -> None:
    made = desk.act(handling.ask, desk.accepted(), words="请补充工资条")
    assert not events.run_due(at=desk.at + timedelta(days=9))
    while events.run_due(at=desk.at + timedelta(days=12)):
        pass
    assert not Event.objects.exclude(error="").exists()
    assert desk.fresh(made).state == "handling"


def test_a_question_is_answered_sooner(desk: Desk) -> None:
    found = desk.accepted(wish=Wish.CONSULT)
    index = MatterIndex._base_manager.get(matter_id=found.pk, flow_code=found.flow_code)
    assert index.due_at is not None
    assert index.due_at < desk.at + timedelta(days=8)


def test_voices_alike_are_joined_and_three_are_a_small_matter(desk: Desk) -> None:
    first, second, third = (desk.speak(subject=Subject.WELFARE) for _ in range(3))
    with entering(desk.handler.reach("voices.handle")):
        assert {each.pk for each, _ in queries.alike(third)} == {first.pk, second.pk}
    desk.act(handling.join, second, main=desk.fresh(first))
    assert not SmallMatter._base_manager.exists()
    joined = desk.act(handling.join, third, main=desk.fresh(first))
    assert (joined.state, joined.joined_to_id) == ("joined", first.pk)
    matter = SmallMatter._base_manager.get()
    assert (matter.organisation, matter.state) == (desk.tree.county, "gathered")
    for wrong in (desk.fresh(first), desk.fresh(second)):
        with pytest.raises(Refused):
            desk.act(handling.join, desk.fresh(first), main=wrong)


def test_whoever_said_the_same_is_told_the_answer_and_reads_it(desk: Desk, sign_in: Any) -> None:
    """Also who was joined to what was joined then; who said it twice is told once."""
    third = factories.person("工友丙")
    first, again = desk.speak(), desk.speak()
    second = desk.speak(by=factories.actor(desk.tree.foreign_member))
    deep = desk.speak(by=factories.actor(third))
    desk.act(handling.join, deep, main=desk.fresh(second))
    for each in (second, again):
        desk.act(handling.join, each, main=desk.fresh(first))
    words = "已经和单位核实，三个月工资今天补发到卡上。"
    desk.act(handling.answer, desk.act(handling.accept, first), words=words)
    told = Message._base_manager.filter(title="您反映的事有了答复").order_by("pk")
    assert [(each.person, each.leads_to) for each in told] == [
        (who, f"/my/voices/{one.reference}/")
        for who, one in ((desk.tree.member, first), (desk.tree.foreign_member, second), (third, deep))
    ]
    page = sign_in(Client(), third).get(f"/my/voices/{deep.reference}/").content.decode()
    assert words in page
    assert desk.fresh(deep).said_to_person() == words


def test_the_one_that_another_goes_on_with_does_not_end_meanwhile(desk: Desk) -> None:
    made, main = desk.speak(), desk.speak()
    read = desk.fresh(main)
    desk.act(handling.guide, main, words="请找人社局")
    with pytest.raises(Stale):
        desk.act(handling.join, made, main=read)
    assert desk.fresh(made).joined_to_id is None
    open_ = desk.speak()
    read = desk.fresh(open_)
    desk.act(handling.join, made, main=desk.fresh(open_))
    with everywhere(reason="test"), pytest.raises(Stale):
        handling.guide(voice=read, words="请找人社局", by=desk.handler, at=desk.at)


def test_a_closed_voice_takes_no_other(desk: Desk) -> None:
    closed = desk.act(handling.guide, desk.speak(), words="请找人社局")
    with pytest.raises(Refused, match="已经办结"):
        desk.act(handling.join, desk.speak(), main=closed)


# ── groups ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tenth_worker_makes_it_a_group_wherever_the_others_were_received(desk: Desk) -> None:
    desk.speak(Identity.OWN_UNION, people=4)
    desk.speak(Identity.ANONYMOUS, people=5)
    assert not Voice._base_manager.filter(is_group=True).exists()
    last = desk.speak(Identity.ANONYMOUS)
    assert Voice._base_manager.filter(is_group=True).count() == 3
    assert desk.fresh(last).is_group
    with entering(desk.handler.reach("voices.see")):
        ((found, rows),) = queries.groups(on=desk.at.date())
        assert (found.workers, len(rows)) == (10, 3)
    with entering(desk.handler.reach("voices.see")):
        assert queries.groups(on=desk.at.date() + timedelta(days=30)) == []


# ── small matters ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_promise_is_public_and_names_nobody(desk: Desk) -> None:
    made = desk.speak(subject=Subject.WELFARE)
    with everywhere(reason="test"):
        matter = handling.mark_small(voice=made, title="宿舍没有热水", by=desk.handler, at=desk.at)
    facts = {
        "matter": matter, "title": "宿舍没有热水", "promise": "每天供到晚上十点", "promised_by": "后勤部",
        "promised_for": date(2026, 12, 20), "version": 1, "by": desk.handler, "at": desk.at,
    }  # fmt: skip
    with entering(NOBODY.reach(ANYONE)):
        assert not SmallMatter.objects.exists()
    with everywhere(reason="test"):
        for wrong in ({"title": "王芳说没有热水"}, {"promise": "打 13800001111"}):
            with pytest.raises(Refused, match="不能有反映人"):
                small.promise(**{**facts, **wrong})
        with pytest.raises(Refused, match="已经过去"):
            small.promise(**{**facts, "promised_for": date(2026, 11, 19)})
        matter = small.promise(**facts)
    with entering(NOBODY.reach(ANYONE)):
        assert queries.promised_by(desk.tree.county).get().count == 1
        assert not Voice.objects.exists()
    with everywhere(reason="test"):
        done = small.finish(
            matter=matter, done_on=desk.at.date(), words="换了锅炉", version=matter.version, by=desk.handler, at=desk.at
        )
    assert done.state == "done"
    assert Message._base_manager.filter(person=desk.tree.member, title__startswith="关键小事办好了").exists()


# ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_figures_follow_every_verb_and_equal_a_recount(desk: Desk) -> None:
    desk.speak(tags=[Tag.MIGRANT, Tag.AGENCY])
    desk.act(handling.refuse, desk.speak(), refusal=Refusal.NOT_OURS, words="请找人社局")
    desk.act(services.withdraw, desk.speak(), by=desk.worker)
    desk.act(services.rate, desk.answered(), by=desk.worker, is_satisfied=True, words="")
    with everywhere(reason="test"):
        keeping.helped(organisation=desk.tree.county, entry="wages_late", topic=Topic.WAGES, by=NOBODY, at=desk.at)
        on, county = desk.at.date(), desk.tree.county
        assert reading.total(VOICES.code, county, on=on).value == 4
        groups = {each.filters["tag"]: each.value for each in reading.by(VOICES_OF_GROUPS.code, "tag", county, on=on)}
        assert (groups["migrant"], groups["agency"], groups.get("hardship", 0)) == (1, 1, 0)
        endings = {
            each.filters["ending"]: each.value for each in reading.by(VOICES_CLOSED.code, "ending", county, on=on)
        }
        assert (endings["archived"], endings["refused"], endings["withdrawn"]) == (1, 1, 1)
        assert reading.total(CONSULTED.code, county, on=on).value == 1
        assert queries.counted("", under=county, on=on).count() == 4
        assert queries.counted("closed", under=county, on=on, timely="yes", satisfied="yes").count() == 1
        assert queries.counted("closed", under=county, on=on, timely="none").count() == 2
        for each in INDICATORS:
            repair.check(each.code)
    assert BookUse._base_manager.get().entry == "wages_late"


def test_sent_twice_it_is_one_voice_and_sent_changed_it_is_said(desk: Desk) -> None:
    facts = {"said": desk.said(), "identity": Identity.HIDDEN, "at": desk.at, "key": "k1"}
    with everywhere(reason="test"):
        first = services.speak(by=desk.worker, **facts)
        again = services.speak(by=desk.worker, **facts)
        with pytest.raises(Refused, match="和上次不一样"):
            services.speak(by=desk.worker, **{**facts, "said": desk.said("改了主意，是另一件事")})
    assert first.pk == again.pk
