"""The rules, as tables: what is suggested, what is wrong, who is alike, what is a group, which files are taken."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from gongjia.domains.voices import book, clocks, params, rules
from gongjia.domains.voices.flow import VOICE
from gongjia.domains.voices.words import Subject, Tag, Wish
from gongjia.engines.casework.clocks import counted

pytestmark = pytest.mark.system("R1")
TODAY = date(2026, 11, 20)
SHANGHAI = ZoneInfo("Asia/Shanghai")


# ── suggestions ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("三个月没发工资了", Subject.WAGES),
        ("老板拖欠我们的工钱，一直不给", Subject.WAGES),
        ("天天加班到十二点，加班费一分没有", Subject.HOURS),
        ("上班一年了没签合同，还扣了押金", Subject.CONTRACT),
        ("怀孕五个月，单位要我自己走", Subject.WOMEN),
        ("操作机器手被压伤，单位不报工伤", Subject.INJURY),
        ("车间粉尘很大，不发口罩", Subject.SAFETY),
        ("食堂饭菜太差，宿舍没有热水", Subject.WELFARE),
        ("干了五年一直没交社保", Subject.INSURANCE),
        ("年休假不让休", Subject.LEAVE),
        ("昨天突然通知把我辞退，没有补偿金", Subject.DISMISSAL),
        ("单位没有工会，会费却照扣", Subject.UNION_RIGHTS),
        ("我有件事想说", None),
        ("", None),
    ],
)
def test_a_subject_is_read_from_plain_words_or_left_open(words: str, subject: Subject | None) -> None:
    assert rules.suggest(words).subject == subject


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("请问年休假有多少天", Wish.CONSULT),
        ("想请工会出面和单位协商", Wish.MEDIATE),
        ("要打官司，能帮我找律师吗，想申请仲裁", Wish.AID),
        ("我要举报他们，请查一查", Wish.REPORT),
        ("没发工资", None),
    ],
)
def test_a_wish_is_read_or_left_open(words: str, wish: Wish | None) -> None:
    assert rules.suggest(words).wish == wish


def test_groups_and_urgency_are_read() -> None:
    read = rules.suggest("我是劳务公司派遣到车间的农民工，有人要 跳楼 了")
    assert read.tags == (Tag.FRONTLINE, Tag.MIGRANT, Tag.AGENCY)
    assert read.is_urgent
    assert not rules.suggest("食堂太远").is_urgent


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("我在青禾样例制衣有限公司车间干活", "青禾样例制衣有限公司"),
        ("渡口样例纺织厂不发钱", "渡口样例纺织厂"),
        ("我们单位是咸安样例酒店，欠薪", "咸安样例酒店"),
        ("老板不给钱", ""),
        ("我在厂里", ""),
    ],
)
def test_an_employer_is_read_from_the_sentence(words: str, name: str) -> None:
    assert rules.employer_in(words) == name


# ── what is wrong ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("channel", "ago", "fault"),
    [
        ("hotline", 0, ""),
        ("hotline", 1, "当天登记"),
        ("walk_in", 1, "当天登记"),
        ("letter", 29, ""),
        ("letter", 30, ""),
        ("letter", 31, "不能倒填"),
        ("line_12345", 31, "不能倒填"),
        ("letter", -1, "晚于今天"),
    ],
)
def test_a_day_of_receipt_is_not_made_up(channel: str, ago: int, fault: str) -> None:
    found = rules.day_faults(
        knew_on=None, received_on=TODAY - timedelta(days=ago), today=TODAY, channel=channel, backdate_days=30
    )
    assert [fault in each for each in found] == ([True] if fault else [])


@pytest.mark.parametrize(("days", "is_wrong"), [(-1, False), (0, False), (1, True)])
def test_nobody_knows_a_thing_after_having_said_it(days: int, *, is_wrong: bool) -> None:
    found = rules.day_faults(
        knew_on=TODAY + timedelta(days=days), received_on=TODAY, today=TODAY, channel="web", backdate_days=30
    )
    assert bool(found) is is_wrong
    assert all("晚于反映的日期" in each for each in found)


@pytest.mark.parametrize(
    ("ago", "said"),
    [(300, ""), (334, ""), (335, "到期"), (364, "到期"), (365, "到期"), (366, "已经超过一年"), (1000, "已经超过一年")],
)
def test_a_time_limit_that_ends_or_has_passed_is_said(ago: int, said: str) -> None:
    days = params.claim_days(TODAY)
    found = rules.claim_warning("injury", knew_on=TODAY - timedelta(days=ago), today=TODAY, claim_days=days)
    assert said in found
    assert bool(found) is bool(said)


def test_an_unknown_day_warns_of_nothing_and_wages_of_who_works_on_are_not_barred() -> None:
    assert rules.claim_warning("injury", knew_on=None, today=TODAY, claim_days=365) == ""
    old = rules.claim_warning("wages", knew_on=date(2024, 1, 1), today=TODAY, claim_days=365)
    assert "还在这个单位上班的" in old


@pytest.mark.parametrize(
    ("name", "is_known", "warns"),
    [
        ("老王家", False, True),
        ("王老板厂", False, False),
        ("青禾样例制衣有限公司", False, False),
        ("某厂", False, True),
        ("老王家", True, False),
        ("", False, False),
    ],
)
def test_a_nickname_is_said_and_no_refusal(name: str, *, is_known: bool, warns: bool) -> None:
    assert bool(rules.name_warning(name, is_known=is_known)) is warns


@pytest.mark.parametrize(
    ("subject", "has_amount", "words", "warns"),
    [
        ("wages", False, "工资全都没发", True),
        ("wages", False, "欠我 3 个月", False),
        ("wages", True, "工资全都没发", False),
        ("leave", False, "年假没休", False),
    ],
)
def test_wages_without_a_sum_are_asked_about(subject: str, *, has_amount: bool, words: str, warns: bool) -> None:
    assert bool(rules.sum_warning(subject, has_amount=has_amount, words=words)) is warns


def test_a_text_for_others_carries_no_number_and_no_name() -> None:
    shown = rules.masked("王芳 13800001111 身份证 420202199001011234", ["王芳"])
    assert shown == "王某 （电话） 身份证 （证件号码）"


# ── alike and groups ───────────────────────────────────────────────────────────────────────────────────────────


def seen(number: int, *, who: int = 0, ago: int = 0, employer: int = 1, people: int = 1, **facts: str) -> rules.Seen:
    facts = {"employer_name": "", "subject": "wages", **facts}
    return rules.Seen(number, employer, who=who, came_on=TODAY - timedelta(days=ago), people=people, **facts)


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (seen(1, who=7, ago=30), "同一个人"),
        (seen(1, who=7, ago=31), ""),
        (seen(1, who=8, ago=29), "同一单位、同一类事"),
        (seen(1, who=8, ago=30), "同一单位、同一类事"),
        (seen(1, who=8, ago=31), ""),
        (seen(1, who=8, subject="leave"), ""),
        (seen(1, who=8, employer=2), ""),
        (seen(9, who=7), ""),
    ],
)
def test_what_may_be_the_same_is_offered_with_the_reason(before: rules.Seen, why: str) -> None:
    found = rules.alike(seen(9, who=7), [before], days=30)
    assert [each for _, each in found] == ([why] if why else [])


def test_employers_without_a_register_are_the_same_by_name() -> None:
    one, other = (seen(n, employer=0, employer_name="老王厂") for n in (1, 2))
    assert rules.same_employer(one, other)
    assert not rules.same_employer(seen(1, employer=0), seen(2, employer=0))


@pytest.mark.parametrize(("workers", "is_group"), [(9, False), (10, True), (11, True)])
def test_so_many_workers_are_a_group(workers: int, *, is_group: bool) -> None:
    rows = [seen(n, who=n) for n in range(1, workers + 1)]
    found = rules.gather(rows, on=TODAY, days=30, needed=params.group_workers(TODAY))
    assert (found.workers, found.is_group) == (workers, is_group)
    assert f"现在数到 {workers} 名" in found.zh


@pytest.mark.parametrize(("ago", "counted"), [(28, 1), (29, 1), (30, 0)])
def test_a_group_looks_back_so_many_days(ago: int, counted: int) -> None:
    found = rules.gather([seen(1, who=1, ago=ago)], on=TODAY, days=params.group_days(TODAY), needed=10)
    assert found.workers == counted


def test_a_worker_counts_once_and_who_is_unknown_each_time() -> None:
    rows = [seen(1, who=1, people=4), seen(2, who=1), seen(3), seen(4), seen(5, who=2)]
    assert rules.gather(rows, on=TODAY, days=30, needed=10).workers == 7


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 40
MEGA = 1024 * 1024


@pytest.mark.parametrize(
    ("name", "head", "size", "fault"),
    [
        ("a.jpg", JPEG, 10 * MEGA, ""),
        ("a.jpg", JPEG, 10 * MEGA - 1, ""),
        ("a.jpg", JPEG, 10 * MEGA + 1, "超过 10 兆"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 20, 5, ""),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", 5, ""),
        ("a.amr", b"#!AMR\n", 5 * MEGA, ""),
        ("a.amr", b"#!AMR\n", 5 * MEGA + 1, "超过 5 兆"),
        ("a.m4a", b"\0\0\0\x20ftypM4A \0", 5, ""),
        ("a.mp3", b"ID3\x04", 5, ""),
        ("a.jpg", b"MZ\x90\0", 5, "程序或者压缩包"),
        ("a.jpg", b"#!/bin/sh\n", 5, "程序或者压缩包"),
        ("a.jpg", b"PK\x03\x04", 5, "程序或者压缩包"),
        ("a.jpg", b"<html><script>", 5, "不是照片也不是录音"),
        ("a.svg", b"<svg onload=", 5, "不是照片也不是录音"),
        ("a.jpg", b"", 0, "不是照片也不是录音"),
    ],
)
def test_a_file_is_taken_by_its_content(name: str, head: bytes, size: int, fault: str) -> None:
    found = rules.file_fault(name, head, size, picture_mb=10, sound_mb=5)
    assert fault in found
    assert bool(found) is bool(fault)


def test_what_a_camera_wrote_is_left_out_and_the_picture_stays() -> None:
    place = b"\xff\xe1\x00\x0cGPSsecret!"
    picture = b"\xff\xda\x00\x02pixels\xff\xd9"
    clean = rules.without_traces(b"\xff\xd8" + b"\xff\xe0\x00\x04JF" + place + picture)
    assert clean == b"\xff\xd8\xff\xe0\x00\x04JF" + picture
    assert rules.without_traces(b"no picture") == b"no picture"


# ── clocks ─────────────────────────────────────────────────────────────────────────────────────────────────────

AT = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)  # a Friday


def voice(state: str, **facts: object) -> SimpleNamespace:
    known = {"state": state, "wish": "", "is_urgent": False, "received_on": AT.date(), "opened_at": AT}
    return SimpleNamespace(**{**known, **facts})


@pytest.mark.parametrize(
    ("of", "due"),
    [
        (voice("registered"), datetime(2026, 11, 24, 0, 0, tzinfo=SHANGHAI)),  # one working day: Monday
        (voice("registered", is_urgent=True), AT + timedelta(hours=2)),
        (voice("screening"), datetime(2026, 12, 8, 0, 0, tzinfo=SHANGHAI)),  # 15 days end on a Saturday, so Monday
        (voice("screening", received_on=date(2026, 11, 16)), datetime(2026, 12, 2, 0, 0, tzinfo=SHANGHAI)),
        (voice("handling"), datetime(2026, 12, 12, 0, 0, tzinfo=SHANGHAI)),
        (voice("handling", wish="consult"), datetime(2026, 11, 26, 0, 0, tzinfo=SHANGHAI)),
        (voice("waiting"), datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI)),
        (voice("answered"), datetime(2026, 11, 28, 0, 0, tzinfo=SHANGHAI)),
        (voice("archived"), None),
    ],
)
def test_each_state_has_the_clock_that_fits(of: SimpleNamespace, due: datetime | None) -> None:
    state = VOICE.state(of.state)
    running = [each for each in VOICE.clocks if of.state in each.runs and (each.when is None or each.when(of))]
    running += [state.clock] if state.clock else []
    ends = [
        counted(each.unit, each.length(AT.date()), each.since(of) if each.since else AT, zh="").at for each in running
    ]
    assert min(ends, default=None) == due


def test_the_receipt_says_what_comes_and_by_when() -> None:
    found = clocks.promises(wish="", is_urgent=False, at=AT)
    assert [(each.zh, each.due) for each in found[:2]] == [
        ("工会签收", date(2026, 11, 23)),
        ("决定是否受理", date(2026, 12, 7)),
    ]
    assert found[2].sums == "受理以后 15 个工作日内"
    assert clocks.promises(wish="consult", is_urgent=True, at=AT)[2].sums == "受理以后 3 个工作日内"


# ── the book ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("老板拖欠工资三个月", "wages_late"),
        ("周末加班的加班费怎么算", "overtime_pay"),
        ("一直没签合同能要双倍工资吗", "contract_none"),
        ("我怀孕了公司要辞退我", "women_pregnant"),
        ("请问年假有几天", "leave_annual"),
        ("仲裁时效是多久", "limitation_claim"),
        ("工伤认定要多久", "injury_apply"),
    ],
)
def test_the_best_answer_comes_first(words: str, key: str) -> None:
    assert book.helpful(words, book.delivered())[0].key == key


@pytest.mark.parametrize("words", ["", "好", "食堂的菜太咸了", "今天天气不错"])
def test_where_nothing_fits_nothing_is_offered(words: str) -> None:
    assert book.helpful(words, book.delivered()) == []


def test_every_delivered_answer_has_a_source_and_a_day_and_every_heading_has_one() -> None:
    entries = book.delivered()
    assert all(each.source and each.answer and each.reviewed_on for each in entries)
    assert {each.topic for each in entries} == set(book.Topic)
    assert len({each.key for each in entries}) == len(entries)


@pytest.mark.parametrize(
    ("on", "is_due"), [(date(2027, 10, 31), False), (date(2027, 11, 1), True), (date(2027, 11, 2), True)]
)
def test_an_answer_is_looked_at_again_after_a_year(on: date, *, is_due: bool) -> None:
    entry = next(each for each in book.delivered() if each.reviewed_on == date(2026, 11, 1))
    assert book.is_due(entry, on=on, months=params.review_months(on)) is is_due
