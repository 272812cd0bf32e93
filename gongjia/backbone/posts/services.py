"""The verbs on posts."""

from datetime import date, datetime

from django.db.models import Q

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.queries import terms_of
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.queries import holders_from, is_last_operator, roles_during
from gongjia.backbone.posts.words import FORBIDDEN_PAIRS, KEPT_FOR_THE_TERM, SINGLE, WATCHERS, PostEnding, Role
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb


@verb("posts.appoint", zh="登记任职", may="posts.appoint", on="organisation")
def appoint(
    *,
    organisation: Organisation,
    person: Person,
    role: Role,
    from_on: date,
    by: Actor,
    at: datetime,
    is_full_time: bool = False,
    basis: str = "",
    key: str = "",
) -> Post:
    """Give a person a post. Refused for oneself, for a post that is held already, for a second holder of what a union
    has one of where no basis says so, for roles that one person may not hold together on any day, and for those who
    watch the whole platform away from its top."""
    if by.person_id == person.pk:
        raise Refused("不能给自己登记任职，请由其他负责人办理。")
    _check_watcher(role, organisation, by)
    db.hold(Organisation, organisation.pk)
    organisation = Organisation._base_manager.get(pk=organisation.pk)
    if organisation.state not in IN_FORCE:
        raise Refused(f"“{organisation.name}”{organisation.get_state_display()}，不能登记任职。", fields=["union"])
    _lock(person.pk)
    if Post.objects.filter(organisation=organisation, person=person, role=role, until_on=None).exists():
        raise Refused(f"这个人已经在这里担任{role.label}，不用再登记一次。", fields=["role"])
    if role in SINGLE and not basis and (held := holders_from(organisation, role, from_on)):
        raise Refused(_who_holds_it(organisation, role, held), fields=["basis"])
    _check_pairs(person.pk, role, from_on, None, field="role")
    facts = {"from_on": from_on, "is_full_time": is_full_time, "basis": basis}
    post = Post.objects.create(organisation=organisation, person=person, role=role, **facts)
    note(post, about_person_id=person.pk, role=str(role))
    return post


@verb("posts.end", zh="登记离任", may="posts.appoint", on="post")
def end(
    *, post: Post, until_on: date, ending: PostEnding, by: Actor, at: datetime, ending_basis: str = "", key: str = ""
) -> Post:
    """End a post: access goes with it at the start of `until_on`. An end that is still to come may be changed.

    Refused for one's own, for a day before it began, for the last who manages the accounts there, and for a chair in
    the midst of the term where nothing is said of the consent that the law asks for. As nobody ends the own post,
    somebody who appoints is always left.
    """
    if by.person_id is not None and by.person_id == post.person_id:
        raise Refused("不能给自己登记离任，请由其他负责人办理。")
    if post.role in WATCHERS:
        by.require("posts.appoint_watchers", path=post.organisation.path)
    if until_on < post.from_on:
        raise Refused(f"离任日期不能早于任职日期 {post.from_on:%Y-%m-%d}。", fields=["until_on"])
    if post.role == Role.SYSTEM_OPERATOR and is_last_operator(post, until_on):
        raise Refused("这是最后一位系统管理员，离任后没有人能开立和停用账号。请先登记接任的人，再登记离任。")
    if not ending_basis and (why := _what_is_missing(post, until_on, ending)):
        raise Refused(why, fields=["ending_basis"])
    db.hold(Organisation, post.organisation_id)
    _lock(post.person_id)
    post = Post.objects.select_related("organisation").get(pk=post.pk)
    if post.until_on is not None and until_on > post.until_on:
        _check_pairs(post.person_id, Role(post.role), post.until_on, until_on, field="until_on")
    open_ended = Q(until_on=None) | Q(until_on__gt=today_of(at))
    facts = {"until_on": until_on, "ending": ending, "ending_basis": ending_basis}
    if not Post.objects.filter(open_ended, pk=post.pk).update(**facts):
        raise Refused("这个职务已经离任，不能再登记一次。")
    post.until_on, post.ending, post.ending_basis = until_on, ending, ending_basis
    events.tell("posts.ended", post=post, at=at)
    note(post, about_person_id=post.person_id, role=str(post.role), ending=str(ending))
    return post


def _lock(person_id: int) -> None:
    """Hold the person's row: the posts of one person change one after the other."""
    Person._base_manager.select_for_update(no_key=True).get(pk=person_id)


def _who_holds_it(organisation: Organisation, role: Role, held: list[Post]) -> str:
    names = "、".join(f"{each.person.name}（从 {each.from_on:%Y-%m-%d}）" for each in held)
    return (
        f"“{organisation.name}”现在的{role.label}是{names}。一个工会只有一位{role.label}：请先为原来的人登记离任；"
        "确实要同时有两位的，请在“依据”里写明批复文号或会议决议。"
    )


def _check_watcher(role: Role, organisation: Organisation, by: Actor) -> None:
    """Who watches or runs the whole platform is appointed at its top, by who may do so there (三员分立)."""
    if role not in WATCHERS:
        return
    if organisation.depth != 1:
        raise Refused(f"{role.label}管的是整个平台，只能在最上级工会任职。", fields=["role"])
    by.require("posts.appoint_watchers", path=organisation.path)


def _check_pairs(person_id: int, role: Role, from_on: date, until_on: date | None, *, field: str) -> None:
    held = roles_during(person_id, from_on, until_on)
    for pair in FORBIDDEN_PAIRS:
        if role in pair and pair - {role} <= held:
            other = Role(next(iter(pair - {role}))).label
            raise Refused(
                f"{other}和{role.label}不能由同一个人担任：任职的日子有重叠。请先登记{other}离任。", fields=[field]
            )


def _what_is_missing(post: Post, until_on: date, ending: PostEnding) -> str:
    """工会法第十八条: chair and vice-chair are not moved at will before the term is over, and not removed but by the
    members' meeting; "" where the article asks for nothing."""
    if post.role not in KEPT_FOR_THE_TERM or ending not in {PostEnding.TRANSFERRED, PostEnding.REMOVED}:
        return ""
    terms = terms_of(post.organisation)
    if not any(term.starts_on <= until_on <= term.ends_on for term in terms):
        return ""
    if ending == PostEnding.TRANSFERRED:
        return (
            "主席、副主席任期未满，因工作需要调动的，应当征得本级工会委员会和上一级工会的同意（工会法第十八条）。"
            "请在“依据”里填写同意的文号。"
        )
    return (
        "罢免主席、副主席，必须由会员大会全体会员或者会员代表大会全体代表过半数通过（工会法第十八条）。"
        "请在“依据”里填写决议的文号或日期。"
    )
