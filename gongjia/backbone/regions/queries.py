"""How divisions are found."""

from gongjia.backbone.regions.models import Region

_LENGTHS = (2, 4, 6, 9, 12)


def names_of_divisions(code: str) -> list[str]:
    """The names of a division and of all that it lies in, from the province down."""
    codes = [code[:length] for length in _LENGTHS if length <= len(code)]
    return list(Region.objects.filter(code__in=codes).order_by("code").values_list("name", flat=True))
