"""Voices' part of the invented city: a year of voices through every channel, some at each step, a group, small matters
that were promised and done. Whose they are stands nowhere but in the rows of the workers themselves."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people.models import Employment, Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.backbone.regions.models import Region
from gongjia.domains.voices import book, handling, keeping, queries, rules, services, small
from gongjia.domains.voices.models import SmallMatter, Voice
from gongjia.domains.voices.words import Channel, Identity, Refusal, Subject
from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.words import Way
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.casework.sealing import services as sealing
from gongjia.engines.messages.models import Message
from gongjia.kernel import scrubbing
from gongjia.kernel.actors import COMMAND, NOBODY, Actor
from gongjia.kernel.db import within
from gongjia.kernel.references import new_reference

#: What workers say, and how it was answered.
_SAID = (
    (
        "车间三个月没发工资了，班组十几个人都没拿到，一共欠我 9600 元",
        "已经和单位负责人谈过，十月、十一月工资在本月二十五日补发，工会跟到发放为止。",
    ),
    ("天天加班到晚上十点，加班费一分没有", "查看了考勤和工资表，单位补算了三个月加班费，共二千一百元，已经发放。"),
    (
        "上班快一年了，一直没签劳动合同，还扣了三百元押金",
        "单位已经补签书面合同，押金当天退还。不同意的可以申请仲裁，工会可以提供法律援助。",
    ),
    ("食堂饭菜太差，晚班没有热菜", "和单位行政一起开了会，晚班增加一个热菜，食堂每月公开一次账。"),
    ("宿舍没有热水，洗澡要等到半夜", "后勤部更换了热水设备，每天供应到晚上十一点。"),
    ("车间粉尘大，口罩一个月才发一次", "单位改为每周发放，并请疾控中心检测粉尘，结果会在车间公开。"),
    ("怀孕六个月，领导要我自己辞职", "已经告知单位孕期不得解除合同，单位撤回要求，调整到坐班岗位，工资不变。"),
    ("操作机器手被压伤，单位不肯报工伤", "工会帮助收集了证据，本人已经向社保部门提出工伤认定申请。"),
    ("年休假申请了两次都不批", "单位同意在春节前安排五天，已经排进班表。"),
    ("单位从去年九月起没给我们交社保", "社保费征收机构已经责令限期补缴，补缴到账后短信通知本人。"),
)  # fmt: skip
_ASKED = "请问年休假有几天，刚来半年能不能休"
_MOST = 60


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime
    personas: Any

    def draw(self, part: str) -> Any: ...


def build(city: City) -> None:
    """Voices of two counties over some months, and those that the personas meet."""
    draw = city.draw("voices")
    officer = Person.objects.get(pk=city.personas["zhangmin"].person_id)
    county = Organisation.objects.select_related("region").get(pk=city.personas["zhangmin"].serves.id)
    _give_post(officer, county, city.at)
    workers = _workers(county, [each.person_id for each in city.personas.values()])
    if len(workers) < 12:
        return
    last = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for number, worker in enumerate(workers[:_MOST]):
        at = city.at - timedelta(days=draw.one(range(1, 150)), hours=draw.one(range(8)))
        _one(number, worker, county, at, city.at)
    _group(workers[-11:], county, city.at)
    _of_personas(city)
    _small(county, city.at)
    for entry in book.delivered()[:8]:
        keeping.helped(
            organisation=county, entry=entry.key, topic=entry.topic, by=NOBODY, at=city.at - timedelta(days=9)
        )
    _same_references(draw, last)
    _handed(county, city.at)


def _give_post(officer: Person, county: Organisation, at: datetime) -> None:
    """In a county one person holds several desks: the officer listens as well."""
    since = at.date() - timedelta(days=700)
    Post.objects.create(person=officer, organisation=county, role=Role.RIGHTS_OFFICER, from_on=since)


def _workers(county: Organisation, known: list[int]) -> list[Membership]:
    rows = Membership.objects.filter(within("organisation__path", (county.path,)), state=State.ACTIVE)
    return list(rows.exclude(person_id__in=known).select_related("person").order_by("pk")[: _MOST + 11])


def _said(words: str, county: Organisation, person_id: int | None, **facts: Any) -> services.Said:
    read = rules.suggest(words)
    jobs = Employment.objects.filter(person_id=person_id or 0, until_on=None).select_related("employer")
    job = jobs.order_by("pk").first()
    region = queries.county_at(county.region.code) or Region.objects.filter(level=Region.Level.COUNTY).first()
    if region is None:
        raise ValueError("the demo city has no county")
    return services.Said(
        words=words, subject=read.subject or Subject.OTHER, wish=read.wish, region=region, tags=list(read.tags),
        employer=job.employer if job else None, **facts,
    )  # fmt: skip


def _one(number: int, worker: Membership, county: Organisation, at: datetime, now: datetime) -> None:
    """One voice, brought to where its number says: most are closed, some wait at each step."""
    words, answer = _SAID[number % len(_SAID)]
    said = _said(words, county, worker.person_id)
    if number % 5 == 3:
        voice = services.take(
            said=said, organisation=county, channel=(Channel.HOTLINE, Channel.WALK_IN)[number % 2], is_urgent=False,
            received_on=at.date(), caller_name=worker.person.name, by=COMMAND, at=at,
        )  # fmt: skip
    elif number % 7 == 4:
        voice = services.speak(said=said, identity=Identity.ANONYMOUS, by=NOBODY, at=at)
    else:
        own = Actor(account_id=0, person_id=worker.person_id)
        voice = services.speak(said=said, identity=Identity.HIDDEN, by=own, at=at)
    if number % 12 == 11:
        return
    hour = at + timedelta(hours=3)
    handling.receive(voice=_fresh(voice), by=COMMAND, at=hour)
    if number % 12 == 10:
        return
    if number % 12 == 9:
        words = "请向人力资源和社会保障局反映，地址和电话已经告知。"
        handling.refuse(voice=_fresh(voice), refusal=Refusal.NOT_OURS, words=words, by=COMMAND, at=hour)
        return
    handling.accept(voice=_fresh(voice), by=COMMAND, at=at + timedelta(hours=6))
    if number % 12 == 8:
        if not voice.is_anonymous:
            handling.ask(
                voice=_fresh(voice),
                words="请补充最近三个月的工资条或者转账记录。",
                by=COMMAND,
                at=at + timedelta(days=1),
            )
        return
    done = at + timedelta(days=6 if number % 9 else 40)
    if done >= now:
        return
    handling.answer(voice=_fresh(voice), words=answer, by=COMMAND, at=done)
    if number % 12 == 7 or done + timedelta(days=2) >= now:
        return
    outcome = None if voice.is_anonymous else True
    words = "匿名反映，无法回访。" if voice.is_anonymous else "本人说已经拿到。"
    handling.visit(voice=_fresh(voice), is_satisfied=outcome, words=words, by=COMMAND, at=done + timedelta(days=2))


def _group(workers: list[Membership], county: Organisation, now: datetime) -> None:
    """Eleven workers of one employer within days."""
    first = _said(_SAID[0][0], county, workers[0].person_id)
    for number, worker in enumerate(workers):
        own = Actor(account_id=0, person_id=worker.person_id)
        said = services.Said(words=_SAID[0][0], subject=first.subject, region=first.region, employer=first.employer)
        at = now - timedelta(days=3, hours=number)
        services.speak(said=said, identity=Identity.HIDDEN, by=own, at=at)


def _of_personas(city: City) -> None:
    """The worker's own: a question that was answered and waits for her rating; a wish that the own union may know."""
    worker = city.personas["wangfang"]
    own, county = Actor(account_id=0, person_id=worker.person_id), city.personas["zhangmin"].serves
    home = Organisation.objects.select_related("region").get(pk=county.id)
    said = _said(_ASKED, home, worker.person_id)
    asked = services.speak(said=said, identity=Identity.HIDDEN, by=own, at=city.at - timedelta(days=4))
    handling.accept(voice=_fresh(asked), by=COMMAND, at=city.at - timedelta(days=3, hours=20))
    words = "累计工作满一年才有年休假；以前在别处工作过的连续计算，带上社保记录到单位人事部门登记。"
    handling.answer(voice=_fresh(asked), words=words, by=COMMAND, at=city.at - timedelta(days=2))
    wish = _said("更衣室的柜子坏了一半，衣服没处放", home, worker.person_id)
    services.speak(said=wish, identity=Identity.OWN_UNION, by=own, at=city.at - timedelta(days=1))


def _small(county: Organisation, now: datetime) -> None:
    """Small matters of the county: gathered, promised, done."""
    voices = list(Voice.objects.filter(organisation=county, subject=Subject.WELFARE).order_by("pk")[:6])
    made: list[SmallMatter] = []
    for title, voice in zip(("晚班职工吃上热菜", "宿舍热水供到晚上", "更衣柜修好"), voices, strict=False):
        at = now - timedelta(days=30)
        made.append(handling.mark_small(voice=_fresh(voice), title=title, by=COMMAND, at=at))
    for matter, more in zip(made[:2], voices[3:], strict=False):
        handling.mark_small(voice=_fresh(more), matter=matter, by=COMMAND, at=now - timedelta(days=29))
    facts: dict[str, Any] = {"promised_by": "权益保障部和单位后勤部", "by": COMMAND, "at": now - timedelta(days=20)}
    for matter, words, days in zip(made[:2], ("每天晚班一个热菜", "热水供到晚上十一点"), (20, -10), strict=False):
        day = now.date() - timedelta(days=days - 20) if days > 0 else now.date() - timedelta(days=days)
        promised = small.promise(
            matter=matter, title=matter.title, promise=words, promised_for=day, version=matter.version, **facts
        )
        if days > 0:
            done: dict[str, Any] = {"done_on": now.date() - timedelta(days=5), "words": "已经办到，职工代表看过。"}
            small.finish(matter=promised, **done, version=promised.version, by=COMMAND, at=now - timedelta(days=5))


def _same_references(draw: Any, last: int) -> None:
    """The same city has the same references."""
    for model, rows in (
        (Voice, Voice.objects.all()),
        (SmallMatter, SmallMatter.objects.all()),
        (Message, Message.objects.filter(pk__gt=last)),
    ):
        for number in list(rows.order_by("pk").values_list("pk", flat=True)):
            reference = new_reference(lambda most: draw.one(range(most)))
            model._base_manager.filter(pk=number).update(reference=reference)
            if model is Voice:
                MatterIndex._base_manager.filter(flow_code=Voice.flow_code, matter_id=number).update(
                    reference=reference
                )


def _handed(county: Organisation, now: datetime) -> None:
    """Some of what is being handled is handed on: forwarded and waiting, assigned and reported, sealed."""
    towns = Organisation.objects.filter(within("path", (county.path,)))
    town = towns.filter(kind=Kind.TOWNSHIP_UNION).order_by("path").first()
    open_ = list(Voice.objects.filter(organisation=county, closed_at=None, state="handling").order_by("-pk")[:2])
    fresh = list(Voice.objects.filter(organisation=county, state="registered", is_copy=False).order_by("-pk")[:1])
    if town is None or len(open_) < 2 or not fresh:
        return
    at = now - timedelta(hours=20)
    facts: dict[str, Any] = {"by": COMMAND, "at": at}
    handing.forward(matter=_fresh(fresh[0]), to=town, words="单位在你们辖区，请就近核实、答复。", **facts)
    given = handing.assign(
        matter=_fresh(open_[0]), issuer=county, to=town, kind=Way.ASSIGN, words="请上门看工资发放表和考勤，报结果。",
        due_on=now.date() + timedelta(days=4), **facts,
    )  # fmt: skip
    handing.answer(
        assignment=given,
        words="已上门，单位承诺本月二十五日补发，附发放计划。",
        by=COMMAND,
        at=now - timedelta(hours=2),
    )
    voice = _fresh(open_[1])
    covered = scrubbing.cover(voice.words, scrubbing.find(voice.words, voice.known_of_person()))
    sealing.seal_and_forward(matter=voice, to=town, covered=covered, words="请就近核实，不要打听是谁反映的。", **facts)


def _fresh(voice: Voice) -> Voice:
    return Voice.objects.select_related("organisation", "person", "employer", "region").get(pk=voice.pk)
