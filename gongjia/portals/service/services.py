"""The verbs of a worker about the own file."""

from datetime import datetime
from typing import Any

from gongjia.backbone.memberships.queries import live_of
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.queries import myself
from gongjia.engines.messages import services as messages
from gongjia.engines.messages.models import Message
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb
from gongjia.portals.service import copying
from gongjia.portals.service.queries import union_that_answers, was_just_said
from gongjia.portals.service.words import About

AMENDABLE = ("education", "political", "skill_level", "is_migrant")


def _own_id(by: Actor) -> int:
    if by.person_id is None:
        raise Refused("您还没有档案：加入工会以后才有。")
    return by.person_id


class SaidAlready(Refused):
    """The same words went to the same union a moment ago: sent once more only by who says so."""


@verb("service.write", zh="给自己的工会留言", may=SIGNED_IN)
def write(*, body: str, about: str, by: Actor, at: datetime, again: bool = False, key: str = "") -> Message:
    """A member writes to the union that answers for the live membership. Refused for who has none.

    Raises SaidAlready for what was sent some minutes ago, unless `again`.
    """
    live = live_of(_own_id(by))
    if live is None:
        raise Refused("您现在没有会籍，还没有可以留言的工会。请先入会，或者拨打 12351。")
    title = About(about).label if about else ""
    union = union_that_answers(live, on=today_of(at))
    if not again and was_just_said(live.person_id, union.pk, body, at=at):
        raise SaidAlready("您刚发过同样的内容，工会已经收到，不用再发。")
    letter = messages.write(person=live.person, organisation=union, title=title, body=body, by=by, at=at)
    note(letter, about_person_id=live.person_id)
    return letter


@verb("service.amend_myself", zh="本人更正资料", may=SIGNED_IN)
def amend_myself(*, version: int, changes: dict[str, Any], by: Actor, at: datetime, key: str = "") -> Person:
    """The person corrects the plain facts of the own file (个人信息保护法 第四十六条). Raises Stale, in words."""
    person = myself(_own_id(by))
    changes = {name: value for name, value in changes.items() if name in AMENDABLE}
    return people.amend(person=person, version=version, changes=changes, by=by, at=at)


@verb("service.show_numbers", zh="本人查看完整号码", may=SIGNED_IN)
def show_numbers(*, by: Actor, at: datetime) -> dict[str, str]:
    """The person's own ID number and phone in clear. The caller has asked for a fresh proof."""
    person = myself(_own_id(by))
    note(person, about_person_id=person.pk)
    return {"id_number": person.reveal("id_number"), "phone": person.reveal("phone")}


@verb("service.take_copy", zh="本人取得资料副本", may=SIGNED_IN)
def take_copy(*, person: Person, by: Actor, at: datetime) -> copying.Copy:
    """All that is kept about the person (第四十五条), by section. The caller has asked for a fresh proof; `person` is
    the asker's own file, as it came with the account. Raises Forbidden for anybody else's.
    """
    if person.pk != _own_id(by):
        raise Forbidden("本人")
    note(person, about_person_id=person.pk)
    return copying.copy_of(person, at=at)
