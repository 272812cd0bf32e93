"""Work in the field's part of the invented city: contacts, a plan half walked, problems at every step, and a
questionnaire that has ended, at the officer's county and the chair's union."""

from datetime import date, datetime, timedelta
from typing import Any, Protocol

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import COUNTED_AS_UNIONS, State
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork.asking import services as asking
from gongjia.domains.fieldwork.contacts import services as contacts
from gongjia.domains.fieldwork.places import Place
from gongjia.domains.fieldwork.rules import Question
from gongjia.domains.fieldwork.surveys import mixing
from gongjia.domains.fieldwork.surveys import services as surveys
from gongjia.domains.fieldwork.surveys.models import Questionnaire
from gongjia.domains.fieldwork.visits import observing
from gongjia.domains.fieldwork.visits import services as visits
from gongjia.domains.fieldwork.visits.models import FieldVisit, Observation
from gongjia.domains.fieldwork.words import About, ContactKind, Grade, ObservationKind, Outcome
from gongjia.engines.messages.models import Circular, Message
from gongjia.kernel.actors import COMMAND, Actor
from gongjia.kernel.db import within
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_reference

_ASKED = (
    Question("q0", "今年最希望工会办哪件事", "choice", ("体检", "夜校", "班车", "子女托管"), is_needed=True),
    Question("q1", "对职工食堂满意吗", "scale"),
    Question("q2", "还想对工会说什么", "words"),
)
_WORDS = ("夜班下班没有车", "希望周末有书法班", "食堂菜能再热一点", "体检能不能带家属", "谢谢工会")
_FOUND = (
    (ObservationKind.BLOCK, Grade.IMPORTANT, "午间服务站不开门，职工吃不上热饭", 20),
    (ObservationKind.PAIN, Grade.ORDINARY, "夜班没有班车，下班要走四十分钟", 45),
    (ObservationKind.DIFFICULTY, Grade.URGENT, "外地职工入会要跑两趟才办得成", 5),
    (ObservationKind.BLIND, Grade.ORDINARY, "外包保洁人员不知道自己可以入会", 40),
)


class City(Protocol):
    """What is needed of the city that is being built."""

    at: datetime
    personas: Any

    def draw(self, part: str) -> Any: ...


def build(city: City) -> None:
    """The county's officer looks after unions and went to the chair's; the chair's union solves, suggests and asks."""
    home = Organisation.objects.get(pk=city.personas["hejianping"].serves.id)
    officer = city.personas["zhangmin"]
    today = today_of(city.at)
    post = Post.objects.select_related("organisation").filter(person_id=officer.person_id, until_on=None).first()
    below = Organisation.objects.filter(kind__in=COUNTED_AS_UNIONS, state=State.STANDING)
    if post is None or not home.path.startswith(post.organisation.path):
        return
    below = below.filter(within("path", (post.organisation.path,))).exclude(pk=home.pk).order_by("path")
    unions = [home, *below[:5]]
    lasts = {model: _last(model) for model in (Message, Circular)}
    _contacts(post, unions, today, city.at)
    _visits(post, unions, city.at)
    to = post.organisation
    said = asking.suggest(organisation=home, to=to, words="希望县里统一开夜校，小单位凑不够人", by=COMMAND, at=city.at)
    asking.answer(
        suggestion=said, outcome=Outcome.ADOPTED, words="春节后在三个点开班，报名另行通知", by=COMMAND, at=city.at
    )
    asking.suggest(organisation=home, to=to, words="建会批复能不能在网上直接看到", by=COMMAND, at=city.at)
    _questionnaire(city, home)
    draw = city.draw("fieldwork")
    for model, last in lasts.items():  # the same city has the same references
        for number in list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)):
            reference = new_reference(lambda most: draw.one(range(most)))
            model.objects.filter(pk=number).update(reference=reference)


def _last(model: Any) -> int:
    return int(model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _contacts(post: Post, unions: list[Organisation], today: date, at: datetime) -> None:
    """The officer looks after the first three, and is stationed at the fourth."""
    begun = max(post.from_on, date(today.year - 1, 3, 1))
    for number, union in enumerate(unions[:4]):
        kind = ContactKind.STATIONED if number == 3 else ContactKind.CONTACT
        made = contacts.look_after(post=post, kind=kind, from_on=begun, union=union, by=COMMAND, at=at)
        contacts.publish(contact=made, office_line="0715-0880021", by=COMMAND, at=at)
        for month in range(number + 1):
            first = max(begun, today - timedelta(days=40 * (month + 1)))
            if first + timedelta(days=2) > today or (month and first == begun):
                continue
            did = "和班组一起上了两个早班，听了食堂、班车、排班的意见"
            facts: dict[str, Any] = {
                "from_on": first,
                "to_on": first + timedelta(days=2),
                "did": did,
                "solved": "食堂晚餐延到八点",
            }
            contacts.log_days(contact=made, **facts, by=COMMAND, at=at)


def _visits(post: Post, unions: list[Organisation], at: datetime) -> None:
    """A plan of five weeks ago that was walked, and one that the next unions do not know of."""
    then = at - timedelta(days=35)
    officer = Actor(person_id=post.person_id, channel="command")
    topic = asking.begin_topic(
        organisation=post.organisation, name="小微企业职工午间服务", question="午间为什么没有人、没有地方、没有热饭",
        from_on=today_of(then), to_on=today_of(at) + timedelta(days=30), leader=post, members=[], by=COMMAND, at=then,
    )  # fmt: skip
    facts: dict[str, Any] = {"organisation": post.organisation, "goers": [post], "by": COMMAND}
    items = ["服务站按公布的时间开门", "公示栏有主席姓名和电话", "饮水、热饭设备能用"]
    walked = visits.plan_visits(
        purpose="看午间服务", items=items, places=[Place(each) for each in unions[:2]], from_on=today_of(then),
        to_on=today_of(then), topic=topic, at=then, **facts,
    )  # fmt: skip
    said: dict[str, Any] = {
        "arrived_at": then, "answers": {"0": "no", "1": "yes", "2": "unseen"}, "spoken": {"workers": 6, "union": 1},
        "words": "职工愿意说，食堂人多", "by": officer, "at": then,
    }  # fmt: skip
    for place in FieldVisit.objects.filter(plan=walked).select_related("organisation", "union").order_by("pk"):
        visit = visits.record_visit(visit=place, **said)
        for kind, grade, words, days in _FOUND:
            due_on = today_of(then) + timedelta(days=days)
            seen = observing.Seen(kind, grade, words, visit.union, due_on)
            observing.observe(visit=visit, seen=seen, by=officer, at=then)
    _solve(list(Observation.objects.select_related("organisation", "counterpart").order_by("pk")), at)
    nexts = [Place(each) for each in unions[2:]]
    if nexts:
        visits.plan_visits(
            purpose="看夜班班车", items=["夜班有车", "站点有灯"], places=nexts, from_on=today_of(at),
            to_on=today_of(at) + timedelta(days=14), at=at, **facts,
        )  # fmt: skip


def _solve(found: list[Observation], at: datetime) -> None:
    """One solved in time and verified, one reported, one under way, the others to do; some are late."""
    then = at - timedelta(days=20)
    for number, one in enumerate(found[:3]):
        done = observing.take(observation=one, measure="和单位商量，中午安排人值班", by=COMMAND, at=then)
        if number < 2:
            done = observing.report_solved(observation=done, evidence="已经排班，公示在门口", by=COMMAND, at=then)
        if number < 1:
            went: Any = done.counterpart
            observing.verify(observation=done, counterpart=went, words="去看过，中午开着", by=COMMAND, at=then)


def _questionnaire(city: City, home: Organisation) -> None:
    """Asked a month ago, answered by some, ended, and what was changed was told."""
    then = city.at - timedelta(days=30)
    made: Questionnaire = surveys.draw_up(
        organisation=home, title="秋季职工需求", about=About.NEEDS, intro="三分钟，不记名，结果向大家公布。",
        questions=_ASKED, by=COMMAND, at=then,
    )  # fmt: skip
    made = surveys.send(questionnaire=made, closes_on=today_of(then) + timedelta(days=14), by=COMMAND, at=then)
    draw = city.draw("fieldwork.answers")
    for number in range(24):
        said = {"q0": draw.one(_ASKED[0].options), "q1": draw.one(("3", "4", "5"))}
        mixing.add(made, made.questions, {**said, "q2": _WORDS[number] if number < len(_WORDS) else ""})
    later = then + timedelta(days=15)
    made = surveys.close(questionnaire=made, by=COMMAND, at=later)
    surveys.tell_changed(questionnaire=made, words="食堂从下月起保温供餐；夜班班车正在和单位谈。", by=COMMAND, at=later)
