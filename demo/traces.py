"""What the personas find when they come: messages not yet read, and the record of who opened whose file."""

from datetime import datetime, time, timedelta

from demo.world import City
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.engines.messages.models import Circular, CircularRead, Direction, Message
from gongjia.kernel import audit
from gongjia.kernel.actors import Actor, PostHeld
from gongjia.kernel.db import within
from gongjia.kernel.models import AuditRow
from gongjia.kernel.moments import SHANGHAI

WORKER, CHAIR, OFFICER = "wangfang", "hejianping", "zhangmin"
OPENINGS = (
    (241, CHAIR, "membership"),
    (96, OFFICER, "verify"),
    (35, CHAIR, "request"),
    (12, "zhaoqing", "audit"),
)
"""Days ago, by whom and for what the worker's file was opened."""
UNREAD_DAYS = 9
SENT = (
    (WORKER, 64, CHAIR, "职工体检安排", "今年的职工体检安排在下个月上旬，请到所在小组登记时间。"),
    (WORKER, 21, CHAIR, "工会小组活动", "本周五下午两点在三楼活动室开小组会，欢迎带着问题来。"),
    (WORKER, 6, OFFICER, "技能培训报名", "区总工会开办电子装配中级工免费培训班，名额四十人，本月底前报名。"),
    (WORKER, 2, CHAIR, "请核对个人信息", "换届前要核对会员名册，请看一看您的手机号和岗位是否有变化。"),
    (CHAIR, 62, OFFICER, "本届任期已届满", "贵会本届委员会任期已满，请尽快提交换届请示。有困难可联系区总工会组织部。"),
    (CHAIR, 15, OFFICER, "会员名册更新", "请在本月底前更新会员名册，重点核对离职和新入职人员。"),
    (CHAIR, 3, OFFICER, "换届请示还没有收到", "任期届满已两个月，请在本月内报送换届请示。"),
    (OFFICER, 30, "chenli", "建会攻坚进度", "请汇总本区二十五人以上未建会单位的走访情况。"),
    (OFFICER, 4, "chenli", "季度统计核对", "请核对本季度会员数和基层工会数，有出入的请说明原因。"),
)
"""To whom, how many days ago, from whose organisation, title and text."""
WRITTEN = (
    (18, "食堂晚餐供应时间", "夜班同事下班后食堂已经关门，能不能延长半小时？"),
    (5, "二车间通风", "二车间靠里的工位比较闷热，请工会帮忙反映加装风扇。"),
    (1, "换届什么时候开始", "听说工会要换届，想了解怎么推荐候选人。"),
)
"""What the worker wrote to the union: how many days ago, title and text."""


TOLD = (
    (
        OFFICER,
        12,
        "职工技能比武开始报名",
        "电工、焊工、叉车三个工种，十二月五日开赛。愿意参加的请回答，工会统一报名。",
        ("愿意参加", "这次不参加"),
    ),
    (CHAIR, 8, "年终会员体检", "本月底前分批体检，早上空腹。请选方便的时间。", ("工作日上午", "周六上午", "不参加")),
    (CHAIR, 2, "冬季用品发放", "本周四起在工会办公室领取，带上会员证。", ()),
)
"""By whom, how many days ago, title, text and answers of notices to all members."""


def leave_traces(city: City) -> None:
    _messages(city)
    _circulars(city)
    _openings(city)


def _messages(city: City) -> None:
    rows = city.rows(
        Message, "person_id", "organisation_id", "direction", "title", "body", "sent_at", "read_at", "sent_by_id"
    )
    for username, days, sender, title, body in SENT:
        person, by = city.personas[username], city.personas[sender]
        rows.add(
            *(person.person_id, by.serves.id, Direction.DOWN.value, title, body),
            *(_moment(city, days), _read(city, days), by.person_id),
        )
    worker, union = city.personas[WORKER].person_id, city.personas[CHAIR].serves
    for days, title, body in WRITTEN:
        rows.add(
            *(worker, union.id, Direction.UP.value, title, body, _moment(city, days), _read(city, days), worker),
        )


def _circulars(city: City) -> None:
    """Notices to all members; about half of the chair's union have read theirs, most of them answered."""
    rows = city.rows(
        *(Circular, "organisation_id", "title", "body", "answers", "audience_count", "sent_at", "sent_by_id")
    )
    reads = city.rows(CircularRead, "circular_id", "person_id", "read_at", "answer")
    own_path = Organisation.objects.values_list("path", flat=True).get(pk=city.personas[CHAIR].serves.id)
    for username, days, title, body, answers in TOLD:
        by = city.personas[username]
        path = Organisation.objects.values_list("path", flat=True).get(pk=by.serves.id)
        members = Membership.objects.filter(within("organisation__path", (path,)), until_on=None)
        sent_at = _moment(city, days)
        number = rows.add(by.serves.id, title, body, list(answers), members.count(), sent_at, by.person_id)
        near = members.filter(within("organisation__path", (own_path,))).order_by("pk")
        others = near.exclude(person_id=city.personas[WORKER].person_id).values_list("person_id", flat=True)
        for place, reader in enumerate(others[:2000]):
            if place % 9 < 5:
                answer = place % 7 % len(answers) if answers and place % 5 else None
                reads.add(number, reader, sent_at + timedelta(hours=1 + place % 30), answer)


def _openings(city: City) -> None:
    """The file of the worker was opened a few times; the chair took in the members who came last."""
    live = Membership.objects.get(person_id=city.personas[WORKER].person_id, state__in=LIVE)
    rows = [
        audit.row_for(
            "memberships.membership.opened",
            by=_actor(city, username).for_purpose(purpose),
            at=_moment(city, days),
            subject=live,
            about_person_id=live.person_id,
        )
        for days, username, purpose in OPENINGS
    ]
    chair, union = _actor(city, CHAIR), city.personas[CHAIR].serves
    lately = Membership.objects.filter(
        within("organisation__path", (union.path,)), from_on__gt=city.today - timedelta(days=365)
    ).order_by("from_on", "pk")
    for membership in lately:
        at = datetime.combine(membership.from_on, time(10, 20), SHANGHAI)
        about = membership.person_id
        rows.append(audit.row_for("memberships.start", by=chair, at=at, subject=membership, about_person_id=about))
    AuditRow.objects.bulk_create(sorted(rows, key=lambda row: row.at))


def _actor(city: City, username: str) -> Actor:
    persona = city.personas[username]
    post = Post.objects.select_related("organisation").get(pk=persona.post_id)
    organisation: Organisation = post.organisation
    held = PostHeld(post.pk, organisation.pk, organisation.path, post.role)
    return Actor(account_id=persona.account_id, person_id=persona.person_id, posts=(held,))


def _moment(city: City, days: int) -> datetime:
    """In working hours, so many days before the city's own."""
    minutes = 37 * days % 500
    return datetime.combine(city.today - timedelta(days=days), time(9 + minutes // 60, minutes % 60), SHANGHAI)


def _read(city: City, days: int) -> datetime | None:
    return _moment(city, days) + timedelta(minutes=95) if days > UNREAD_DAYS else None
