"""What voices do in step with others: one that is handed over counts where it is, none stays with a union that has
ended, and what somebody said before becoming a member stays their own."""

from datetime import datetime

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.domains.voices.figures import count_moved
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.steps import keep
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.models import Matter
from gongjia.kernel.actors import TICK, Actor


def follow_handover(*, matter: Matter, was: Organisation, at: datetime) -> None:
    """Listens to casework.handed_over."""
    if isinstance(matter, Voice) and not matter.is_copy:
        count_moved(matter, was=was.pk)


def follow_end(
    *, organisation: Organisation, at: datetime, into: Organisation | None = None, **more: Organisation
) -> None:
    """Listens to organisations.merged and organisations.dissolved: open voices go on with the successor, or with the
    superior."""
    heir = into or more["superior"]
    for voice in Voice._base_manager.filter(organisation=organisation, closed_at=None).select_related("organisation"):
        words = f"{organisation.name}已经合并或者撤销，由{heir.name}接着办理"
        casework.hand_over(matter=voice, to=heir, by=TICK, at=at, words=words)


def follow_binding(*, account_id: int, person: Person, by: Actor, at: datetime) -> None:
    """Listens to accounts.bound: the grants of the account are gone, by the person its voices are found again."""
    for voice in Voice._base_manager.filter(account_id=account_id, person=None).select_related("organisation"):
        keep(voice, person_id=person.pk)
        casework.give_person(matter=voice, person=person, by=by, at=at)
