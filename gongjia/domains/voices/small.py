"""The verbs of small matters that count (关键小事): promised, done, or not taken up; and what they are made of."""

from datetime import date, datetime

from gongjia.domains.voices import queries
from gongjia.domains.voices.flow import PROMISE
from gongjia.domains.voices.models import SmallMatter
from gongjia.domains.voices.words import SmallState
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb


@verb("voices.promise", zh="承诺关键小事", may=PROMISE, on="matter")
def promise(
    *,
    matter: SmallMatter,
    title: str,
    promise: str,
    promised_by: str,
    promised_for: date,
    version: int,
    by: Actor,
    at: datetime,
    key: str = "",
) -> SmallMatter:
    """Say what is done, by whom, by when; from now on everybody reads it. Refused for a day that is gone, and for words
    that name somebody."""
    _in(matter, SmallState.GATHERED, SmallState.PROMISED)
    today = today_of(at)
    if promised_for < today:
        raise Refused("承诺办好的日期已经过去，请写今天或者以后的日期。", fields=["promised_for"])
    _check_words(matter, title, promise)
    facts = {
        "title": title.strip(),
        "promise": promise.strip(),
        "promised_by": promised_by.strip(),
        "promised_for": promised_for,
        "promised_on": matter.promised_on or today,
        "state": SmallState.PROMISED,
    }
    return SmallMatter.amend_row(matter, version=version, changes=facts, what="这件关键小事")


@verb("voices.finish", zh="关键小事办好了", may=PROMISE, on="matter")
def finish(
    *, matter: SmallMatter, done_on: date, words: str, version: int, by: Actor, at: datetime, key: str = ""
) -> SmallMatter:
    """Say that it is done and how; who spoke up is told."""
    _in(matter, SmallState.PROMISED)
    if done_on > today_of(at):
        raise Refused("办好的日期不能晚于今天：办好了再来写。", fields=["done_on"])
    _check_words(matter, words)
    facts = {"done_on": done_on, "done_words": words.strip(), "state": SmallState.DONE}
    done = SmallMatter.amend_row(matter, version=version, changes=facts, what="这件关键小事")
    people = queries.people_behind(matter)
    if people:
        messages.tell_many(
            person_ids=people,
            organisation=matter.organisation,
            title=f"关键小事办好了：{matter.title}"[:60],
            body=words.strip(),
            path="",
            by=by,
            at=at,
        )
    note(done, count=len(people))
    return done


@verb("voices.drop_small", zh="不列入关键小事", may=PROMISE, on="matter")
def drop(*, matter: SmallMatter, words: str, version: int, by: Actor, at: datetime, key: str = "") -> SmallMatter:
    """Not taken up, with the reason; the voices behind it go on by themselves."""
    _in(matter, SmallState.GATHERED)
    if not words.strip():
        raise Refused("请写明为什么不列入。", fields=["words"])
    facts = {"why_dropped": words.strip(), "state": SmallState.DROPPED}
    return SmallMatter.amend_row(matter, version=version, changes=facts, what="这件关键小事")


def _in(matter: SmallMatter, *states: SmallState) -> None:
    if matter.state not in states:
        raise Refused(f"这件事现在是“{matter.get_state_display()}”，不能再这样办。")


def _check_words(matter: SmallMatter, *texts: str) -> None:
    """What everybody reads names nobody: no phone, no number, no name of who spoke up."""
    if found := queries.names_in(matter, " ".join(texts)):
        raise Refused(f"公开的文字里不能有反映人的姓名和电话：请改掉“{found}”。", fields=["title"])
