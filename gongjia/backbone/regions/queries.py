"""How places are found by their codes, of which the longer begins with the shorter."""

from django.db.models import Q

from gongjia.backbone.regions.models import Region

_LENGTHS = (2, 4, 6, 9, 12)


def names_of_divisions(code: str) -> list[str]:
    """The names of a division and of all that it lies in, from the province down."""
    codes = [code[:length] for length in _LENGTHS if length <= len(code)]
    return list(Region.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True))


def lies_in(lookup: str, code: str) -> Q:
    """A condition: the code found by `lookup` is of a place within `code`, or that place itself. A range of the code's
    index, where `startswith` would be a scan on SQLite."""
    return Q(**{f"{lookup}__gte": code, f"{lookup}__lte": code + "9" * (_LENGTHS[-1] - len(code))})
