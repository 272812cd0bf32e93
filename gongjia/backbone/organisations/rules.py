"""Who may stand under whom, and how long a term is. Pure functions; sources at each rule."""

from collections.abc import Mapping
from datetime import date

from gongjia.kernel.days import add_years

#: The chain of levels (DOMAIN 1.1): each kind with the kinds that may be its leading superior (组织隶属).
SUPERIORS: Mapping[str, frozenset[str]] = {
    "federation": frozenset({"federation"}),
    "industrial_union": frozenset({"federation", "industrial_union"}),
    "zone_union": frozenset({"federation"}),
    "union_work_committee": frozenset({"federation", "industrial_union"}),
    "union_office": frozenset({"federation", "industrial_union"}),
    "township_union": frozenset({"federation", "zone_union"}),
    "village_union": frozenset({"township_union", "zone_union"}),
}
_TERRITORIAL = frozenset(
    {
        "federation",
        "industrial_union",
        "zone_union",
        "union_work_committee",
        "township_union",
        "village_union",
        "regional_union_federation",
        "industry_union_federation",
    }
)
_GRASSROOTS = frozenset({"grassroots_union", "joint_grassroots_union", "village_union"})


def may_stand_under(kind: str, superior_kind: str) -> bool:
    """Whether an organisation of one kind may have one of the other as its leading superior."""
    if kind == "union_group":
        return superior_kind in _GRASSROOTS | {"branch"}
    if kind == "branch":
        return superior_kind in _GRASSROOTS
    if kind == "grassroots_union":
        # a large unit's own unions stand under its grassroots union (总公司工会 — 子公司工会)
        return superior_kind in _TERRITORIAL | {"grassroots_union"}
    return superior_kind in SUPERIORS.get(kind, _TERRITORIAL)


def term_end(starts_on: date, years: int) -> date:
    """The last day of a term of `years` that starts on a day."""
    return add_years(starts_on, years)
