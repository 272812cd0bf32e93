"""The verbs of who speaks: by the button or through an officer; supplementing, taking back, rating."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from gongjia.backbone.accounts.services import grant
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.regions.models import Region
from gongjia.domains.voices import params, queries, rules
from gongjia.domains.voices.attaching import attach
from gongjia.domains.voices.figures import count_closed, count_opened
from gongjia.domains.voices.flow import TAKE, VOICE
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.steps import look_for_group, move, settle_rating
from gongjia.domains.voices.words import Channel, Identity, Subject, Tag, Wish
from gongjia.engines.casework import services as casework
from gongjia.kernel.actors import TICK, Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import ANYONE, SIGNED_IN
from gongjia.kernel.references import normalise
from gongjia.kernel.verbs import note, verb

_NO_UNION = "这个地方还没有总工会在平台上，暂时收不到。请拨打 12351，或者换一个区县。"


@dataclass(frozen=True)
class Said:
    """What a form brings of a voice."""

    words: str
    subject: Subject
    region: Region
    wish: Wish | None = None
    employer: Employer | None = None
    employer_name: str = ""
    tags: Sequence[Tag] = ()
    people: int = 1
    claimed: Decimal | None = None
    knew_on: date | None = None
    files: Sequence[Any] = field(default=(), compare=False)

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "words": self.words.strip(),
            "subject": self.subject,
            "region": self.region,
            "wish": self.wish or "",
            "employer": self.employer,
            "employer_name": "" if self.employer else self.employer_name.strip(),
            "people": self.people,
            "claimed": self.claimed,
            "knew_on": self.knew_on,
            **{f"is_{tag}": tag in self.tags for tag in Tag},
        }


@verb("voices.speak", zh="反映诉求", may=ANYONE)
def speak(*, said: Said, identity: Identity, by: Actor, at: datetime, code: str = "", key: str = "") -> Voice:
    """A worker speaks. Signed out it is anonymous; anonymous, neither row nor record says who it was.

    The federation of the place receives it; the own union only where the worker allows that. Who stays unknown follows
    it by `code`, a tracking code that the page shows. Refused where nobody receives there, or for days that cannot be.
    """
    is_anonymous = identity == Identity.ANONYMOUS or not by.is_signed_in
    own = _own_union(by) if identity == Identity.OWN_UNION and not is_anonymous else None
    organisation = own or queries.federation_at(said.region.code)
    if organisation is None:
        raise Refused(_NO_UNION, fields=["region"])
    today = today_of(at)
    _check_days(said, received_on=today, today=today, channel=Channel.WEB)
    made = Voice(
        **said.facts,
        organisation=organisation,
        channel=Channel.WEB,
        received_on=today,
        is_anonymous=is_anonymous,
        is_open_to_own_union=own is not None,
        person_id=None if is_anonymous else by.person_id,
        account_id=None if is_anonymous else by.account_id,
        is_urgent=rules.suggest(said.words).is_urgent,
    )
    actor = TICK if is_anonymous else by
    opened = _open(made, said.files, by=actor, at=at)
    if is_anonymous and code:
        casework.give_code(matter=opened, code=normalise(code), by=actor, at=at)
    return opened


@verb("voices.take", zh="登记来电来访诉求", may=TAKE, on="organisation")
def take(
    *,
    said: Said,
    organisation: Organisation,
    channel: Channel,
    received_on: date,
    is_urgent: bool,
    by: Actor,
    at: datetime,
    caller_name: str = "",
    phone: str = "",
    words: str = "",
    is_open_to_own_union: bool = False,
    code: str = "",
    key: str = "",
) -> Voice:
    """An officer writes down who called, came or wrote, or what another body sent on. A phone that one file has
    makes it that worker's own voice; with `code` (to be printed or told) it is followed without an account."""
    _check_days(said, received_on=received_on, today=today_of(at), channel=channel)
    made = Voice(
        **said.facts,
        organisation=organisation,
        channel=channel,
        received_on=received_on,
        is_urgent=is_urgent or rules.suggest(said.words).is_urgent,
        is_anonymous=not caller_name and not phone,
        is_open_to_own_union=is_open_to_own_union,
        caller_name=caller_name.strip(),
        person_id=queries.person_with_phone(phone) if phone else None,
    )
    made.seal_in(phone=phone)
    opened = _open(made, said.files, by=by, at=at, words=words)
    if code:
        casework.give_code(matter=opened, code=normalise(code), by=by, at=at)
    return opened


def _open(made: Voice, files: Sequence[Any], *, by: Actor, at: datetime, words: str = "") -> Voice:
    made.opened_at, made.state = at, VOICE.first
    title = f"诉求：{Subject(made.subject).zh}"
    made.kept_from_id = queries.kept_from(made)
    casework.open_matter(matter=made, title=title, by=by, at=at, words=words)
    if by.account_id is not None and made.account_id is not None and made.person_id is None:
        grant(account_id=by.account_id, kind=made.flow_code, number=made.pk, by=by, at=at)
    attach(made, files, by=by, at=at)
    count_opened(made)
    look_for_group(made, at=at)
    note(made, about_person_id=made.person_id, channel=made.channel, kind=made.subject)
    return made


def _own_union(by: Actor) -> Organisation | None:
    union = queries.known_of(by.person_id)["union"] if by.person_id else None
    return queries.union_above(union) if union else None


def _check_days(said: Said, *, received_on: date, today: date, channel: str) -> None:
    faults = rules.day_faults(
        knew_on=said.knew_on,
        received_on=received_on,
        today=today,
        channel=channel,
        backdate_days=params.backdate_days(today),
    )
    if faults:
        raise Refused(*faults)


@verb("voices.withdraw", zh="撤回诉求", may=SIGNED_IN)
def withdraw(*, voice: Voice, by: Actor, at: datetime, key: str = "") -> Voice:
    """The worker takes it back, before it is accepted."""
    if voice.state not in VOICE.move("withdraw").from_states:
        raise Refused("工会已经受理，不能撤回了。不想继续的，在补充里说明，由经办人按您的意思办结。")
    casework.move(matter=voice, move_code="withdraw", by=by, at=at)
    count_closed(voice, at=at)
    return voice


@verb("voices.supply", zh="补充材料", may=SIGNED_IN)
def supply(*, voice: Voice, words: str, attached: Sequence[Any], by: Actor, at: datetime, key: str = "") -> Voice:
    """The worker supplies what was asked for, in words, pictures or sound."""
    move(voice, "supply", by=by, at=at, words=words)
    attach(voice, attached, by=by, at=at)
    return voice


@verb("voices.rate", zh="评价答复", may=SIGNED_IN)
def rate(*, voice: Voice, is_satisfied: bool, words: str, by: Actor, at: datetime, key: str = "") -> Voice:
    """The worker says how it went. Not satisfied, it is handled anew."""
    code = "satisfied" if is_satisfied else "not_satisfied"
    if not is_satisfied and not words.strip():
        raise Refused("请写明哪里不满意：经办人要按这个重新办理。", fields=["words"])
    move(voice, code, by=by, at=at, words=words)
    settle_rating(voice, is_satisfied=is_satisfied, at=at)
    return voice
