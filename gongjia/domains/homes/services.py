"""The verbs of the public face of a union: displays, names, duties and promises; those of the site stand in sites/."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.office_lines import clean_office_line
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.domains.homes import lapsing, params, queries, rules
from gongjia.domains.homes.holding import held, standing
from gongjia.domains.homes.models import Card, Display, Duty, Reminder
from gongjia.domains.homes.words import OFFICERS, WITHOUT_FACE, CardEnding, DisplayKind, Given, Lapse
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb

_SHORTEST_WORDS = 2


# ── displays ────────────────────────────────────────────────────────────────────────────────────────────────────


@verb("homes.show", zh="登记三亮", may="homes.write", on="organisation")
def show(
    *,
    organisation: Organisation,
    kind: DisplayKind,
    shown_on: date,
    by: Actor,
    at: datetime,
    place: str = "",
    key: str = "",
) -> Display:
    """Register that a union shows its plate, its chair or its promise. Refused for one that is registered already, for
    a day that cannot be, for the chair where nobody is or has not agreed, and for a promise that is not written."""
    union = standing(organisation)
    zh = params.display_words(on=today_of(at), region=union.region.code)[str(kind)]
    shown = lapsing.in_force(union.pk)
    if kind in shown:
        raise Refused(f"“{zh}”已经登记过了。换了位置或者重新做的，先撤下原来的，再登记。", fields=["kind"])
    chair = queries.chair_post_of(union.pk, on=today_of(at))
    before = Display._base_manager.filter(organisation=union, kind=kind).exclude(lapsed_on=None).order_by("-lapsed_on")
    facts = rules.Shown(
        kind=str(kind),
        shown_on=shown_on,
        founded_on=union.founded_on,
        chair_since=chair.from_on if chair else None,
        chair_agreed=bool(chair) and Card._base_manager.filter(post=chair, ended_at=None).exists(),
        has_promise=Duty._base_manager.filter(organisation=union, role=Role.CHAIR).exclude(promise="").exists(),
        lapsed_on=before.values_list("lapsed_on", flat=True).first(),
    )
    if wrong := rules.wrong_with(facts, today=today_of(at)):
        raise Refused(*wrong.values(), fields=list(wrong))
    display = Display(
        organisation=union,
        kind=kind,
        shown_on=shown_on,
        place=place,
        post=chair if kind == DisplayKind.IDENTITY else None,
        recorded_at=at,
        recorded_by_id=by.person_id,
    )
    lapsing.begin(display)
    note(display, kind=str(kind))
    return display


@verb("homes.take_down", zh="撤下三亮", may="homes.write", on="display")
def take_down(*, display: Display, by: Actor, at: datetime, key: str = "") -> Display:
    """Take a display back today; what was registered stays on record."""
    held(display.organisation_id)
    if not lapsing.lapse(display.organisation_id, [display.kind], on=today_of(at), why=Lapse.TAKEN_DOWN):
        raise Refused("这一项已经失效，不用再撤。")
    note(display, kind=display.kind)
    return Display._base_manager.get(pk=display.pk)


@verb("homes.check", zh="核实三亮", may="homes.check", on="display")
def check(
    *, display: Display, is_there: bool, on: date, by: Actor, at: datetime, words: str = "", key: str = ""
) -> Display:
    """What a superior found on a visit: it is there, or it is not, and then it lapses and the chair is told.

    Refused for one's own union, and for whoever registered it: nobody confirms themselves.
    """
    union = held(display.organisation_id)
    if any(post.organisation_id == union.pk for post in by.posts):
        raise Refused("核实由上级工会来做，不能核实本级自己的。")
    if by.person_id is not None and by.person_id == display.recorded_by_id:
        raise Refused("这一项是您登记的，请换一位同事去核实。")
    current = lapsing.in_force(union.pk).get(display.kind)
    if current is None or current.pk != display.pk:
        raise Refused("这一项已经失效，不用再核实。")
    if not current.shown_on <= on <= today_of(at):
        raise Refused(f"核实日期要在 {current.shown_on:%Y-%m-%d} 到今天之间。", fields=["on"])
    if not is_there and len(words.strip()) < _SHORTEST_WORDS:
        raise Refused("没有看到的，请写一句看到的情况，工会好照着改。", fields=["words"])
    current.checked_on, current.check_words = on, words.strip()
    current.checked_by_id = by.posts[0].organisation_id if by.posts else None
    current.save(update_fields=["checked_on", "check_words", "checked_by"])
    note(current, is_there=is_there)
    if not is_there:
        lapsing.lapse(union.pk, [current.kind], on=on, why=Lapse.NOT_FOUND)
        zh = params.display_words(on=today_of(at), region=union.region.code)[current.kind]
        _tell_chair(union, f"上级核实时没有看到“{zh}”", words.strip(), by=by, at=at)
    return Display._base_manager.get(pk=current.pk)


# ── duties and promises ─────────────────────────────────────────────────────────────────────────────────────────


@verb("homes.write_duty", zh="写职责和承诺", may="homes.write", on="organisation")
def write_duty(
    *,
    organisation: Organisation,
    role: Role,
    duty: str,
    promise: str,
    version: int,
    by: Actor,
    at: datetime,
    key: str = "",
) -> Duty:
    """Write what a post is to do and what its holder promises; it is public at once. `version` is 0 for the first.
    Without the chair's promise its display lapses. Raises Stale where somebody was faster."""
    union = standing(organisation)
    if role not in OFFICERS:
        raise Refused("这个职务的职责不在公开页上展示。", fields=["role"])
    if tells_a_number([duty, promise]):
        raise Refused("文字里有手机号或者身份证号。这里公开给所有人看，请删掉号码再保存。", fields=["duty"])
    facts = {"duty": duty.strip(), "promise": promise.strip(), "changed_on": today_of(at)}
    row = Duty._base_manager.filter(organisation=union, role=role).first()
    if row is None:
        row = Duty._base_manager.create(organisation=union, role=role, **facts)
    else:
        row = Duty.amend_row(row, version=version, changes=facts, what=f"{role.label}的职责和承诺")
    if role == Role.CHAIR and not facts["promise"]:
        lapsing.lapse(union.pk, [DisplayKind.PROMISE], on=today_of(at), why=Lapse.PROMISE_WITHDRAWN)
    note(row, role=str(role))
    return row


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────


@verb("homes.agree", zh="同意公开姓名", may=SIGNED_IN)
def agree(*, post: Post, by: Actor, at: datetime, office_line: str = "", key: str = "") -> Card:
    """Agree, for one's own post, to be named on the public page, with an office telephone if one is given."""
    if by.person_id is None or post.person_id != by.person_id:
        raise Forbidden("由本人办理自己的职务公示")
    return _name(post, office_line=office_line, given=Given.ONLINE, at=at)


@verb("homes.record_consent", zh="登记书面同意", may="homes.write", on="organisation")
def record_consent(
    *, organisation: Organisation, post: Post, by: Actor, at: datetime, office_line: str = "", key: str = ""
) -> Card:
    """Register that an officer of the union agreed on paper to be named. The officer is told, and can take it back at
    once. Refused for who has taken the own name back: then nobody else brings it up again."""
    if post.organisation_id != organisation.pk:
        raise Refused("请选择本会现在任职的人。", fields=["post"])
    held(organisation.pk)
    if queries.took_back([post.pk]):
        raise Refused(
            "本人撤回过公开姓名的同意，不能再由工会登记。要重新公开，请本人登录以后在“任职公示”里同意。",
            fields=["holder"],
        )
    card = _name(post, office_line=office_line, given=Given.PAPER, at=at)
    what = f"{post.get_role_display()}，姓名“{card.name}”" + (
        f"，办公电话 {card.office_line}" if card.office_line else ""
    )
    body = f"工会按您签字的同意书登记，公开页上现在显示：{what}。不是您的意思，或者改了主意，打开这条消息马上可以撤回。"
    _tell_officer(card, "公开页上显示您的姓名了", body, by=by, at=at)
    return card


@verb("homes.withdraw", zh="撤回公开姓名的同意", may=SIGNED_IN)
def withdraw(*, card: Card, by: Actor, at: datetime, key: str = "") -> Card:
    """Take the own name back: it disappears at once, and with the chair's name its display."""
    if by.person_id is None or card.person_id != by.person_id:
        raise Forbidden("由本人撤回自己的职务公示")
    return _unname(card, ending=CardEnding.WITHDRAWN, at=at)


@verb("homes.drop_card", zh="撤下职务公示", may="homes.write", on="card")
def drop_card(*, card: Card, by: Actor, at: datetime, key: str = "") -> Card:
    """Take a name back for an officer who asks the union to; the officer is told."""
    card = _unname(card, ending=CardEnding.DROPPED, at=at)
    body = "工会把您的姓名和办公电话从公开页上撤下了，现在只显示姓氏。想继续公开的，可以自己重新同意。"
    _tell_officer(card, "公开页上不再显示您的姓名", body, by=by, at=at)
    return card


def _name(post: Post, *, office_line: str, given: Given, at: datetime) -> Card:
    union = held(post.organisation_id)
    post = Post._base_manager.select_related("person").get(pk=post.pk)
    today = today_of(at)
    if post.role not in OFFICERS or not (post.from_on <= today and post.is_open_on(today)):
        raise Refused("只有现在任职的主席、副主席和委员可以公示姓名。", fields=["post"])
    if union.kind in WITHOUT_FACE:
        raise Refused("分工会、工会小组和筹备组不单独公示，请到所属的工会办理。")
    try:
        line = clean_office_line(office_line)
    except ValueError as wrong:
        raise Refused(str(wrong), fields=["office_line"]) from wrong
    try:
        with transaction.atomic():
            card = Card._base_manager.create(
                organisation=union,
                person=post.person,
                post=post,
                name=post.person.name,
                office_line=line,
                given=given,
                agreed_at=at,
            )
    except IntegrityError as clash:
        raise Refused("这个职务已经公示。要改电话，先撤回，再重新同意。", fields=["post"]) from clash
    note(card, about_person_id=post.person_id, given=str(given))
    return card


def _tell_officer(card: Card, title: str, body: str, *, by: Actor, at: datetime) -> None:
    path = reverse("homes:my_names")
    messages.tell(person=card.person, organisation=card.organisation, title=title, body=body, path=path, by=by, at=at)


def _unname(card: Card, *, ending: CardEnding, at: datetime) -> Card:
    held(card.organisation_id)
    card = Card._base_manager.select_related("person", "organisation").get(pk=card.pk)
    if card.ended_at is not None:
        raise Refused("这份公示已经结束，不用再撤。")
    lapsing.end_card(card, ending=ending, at=at)
    lapsing.lapse_identity_of([card.post_id], on=today_of(at), why=Lapse.CONSENT_WITHDRAWN)
    note(card, about_person_id=card.person_id)
    return card


# ── reminding ───────────────────────────────────────────────────────────────────────────────────────────────────


@verb("homes.remind", zh="提醒补齐三亮", may="homes.check", on="organisation")
def remind(*, organisation: Organisation, by: Actor, at: datetime, key: str = "") -> Reminder:
    """Write to the chair of a union what it does not show yet. Refused where nothing is missing, where nobody is chair,
    for one's own union, and within some days of the last time."""
    union = standing(organisation)
    if any(post.organisation_id == union.pk for post in by.posts):
        raise Refused("这是本级工会，不用提醒自己。")
    today = today_of(at)
    missing = queries.missing_of(union, on=today)
    if not missing:
        raise Refused(f"“{union.name}”三亮和阵地都齐全，不用提醒。")
    last = Reminder._base_manager.filter(organisation=union).order_by("-sent_at").first()
    days = params.remind_days(on=today, region=union.region.code)
    again = rules.may_remind_from(today_of(last.sent_at) if last else None, days=days)
    if again is not None and today < again:
        raise Refused(f"“{union.name}”最近提醒过，{again:%Y-%m-%d} 起可以再提醒。")
    chair = queries.chair_post_of(union.pk, on=today)
    if chair is None:
        raise Refused(f"“{union.name}”没有登记主席，没有人能收到提醒。请先督促选举主席。")
    zh = "、".join(queries.missing_words(missing, on=today, region=union.region.code))
    _tell_chair(union, "请补齐三亮和阵地", f"还没有登记：{zh}。请打开工作网的“三亮和阵地”办理。", by=by, at=at)
    made = Reminder._base_manager.create(organisation=union, person_id=chair.person_id, missing=missing, sent_at=at)
    note(made, about_person_id=chair.person_id, count=len(missing))
    return made


def _tell_chair(union: Organisation, title: str, body: str, *, by: Actor, at: datetime) -> None:
    chair = queries.chair_post_of(union.pk, on=today_of(at))
    if chair is not None:
        path = reverse("homes:union", args=[union.reference])
        messages.tell(person=chair.person, organisation=union, title=title, body=body, path=path, by=by, at=at)
