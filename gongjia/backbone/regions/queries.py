"""How places are found by their codes, of which the longer begins with the shorter."""

from django.db.models import Q

#: The longest code, of a village or community.
_DIGITS = 12


def lies_in(lookup: str, code: str) -> Q:
    """A condition: the code found by `lookup` is of a place within `code`, or that place itself. A range of the code's
    index, where `startswith` would be a scan on SQLite."""
    return Q(**{f"{lookup}__gte": code, f"{lookup}__lte": code + "9" * (_DIGITS - len(code))})
