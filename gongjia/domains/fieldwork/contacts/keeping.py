"""What verbs of contacts and what follows other rooms share: days kept, and how a contact ends."""

from datetime import date
from typing import Any

from gongjia.domains.fieldwork.contacts.models import Contact, DutySpell
from gongjia.domains.fieldwork.rules import Spell
from gongjia.domains.fieldwork.words import ContactEnding


def spells_of(contact: Contact) -> list[Spell]:
    """The days that are kept of a contact."""
    rows = DutySpell._base_manager.filter(contact=contact).values_list("from_on", "to_on")
    return [Spell(*each) for each in rows]


def end(contact: Contact, *, on: date, ending: ContactEnding) -> None:
    """A contact ends; one that began later ends on its own first day."""
    contact.until_on, contact.ending = max(on, contact.from_on), ending
    contact.save(update_fields=["until_on", "ending"])


def end_all(*, on: date, ending: ContactEnding, **whose: Any) -> int:
    """End all that are in force of a post, a union, an employer; returns how many."""
    found = list(Contact._base_manager.select_for_update(of=("self",)).filter(until_on=None, **whose))
    for each in found:
        end(each, on=on, ending=ending)
    return len(found)
