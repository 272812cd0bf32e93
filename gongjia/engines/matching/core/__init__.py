"""Comparing two lists of organisations, without Django and without a database.

`match(Register(entries), records)` gives one `Verdict` for each record, in order. The register is the list that is
searched, records are the ones that look for their entry. The README beside this folder says how a comparison runs.
"""

from typing import TYPE_CHECKING, Any

from gongjia.engines.matching.core.records import Record, Rows
from gongjia.engines.matching.core.regions import Located
from gongjia.engines.matching.core.stages import EXACT, Proposal, Stage, Strength
from gongjia.engines.matching.core.verdicts import Candidate, Decided, Grade, Verdict, match

if TYPE_CHECKING:
    from gongjia.engines.matching.core.register import Register as Register

__all__ = [
    "EXACT",
    "Candidate",
    "Decided",
    "Grade",
    "Located",
    "Proposal",
    "Record",
    "Register",
    "Rows",
    "Stage",
    "Strength",
    "Verdict",
    "match",
]


def __getattr__(name: str) -> Any:
    """`Register` wakes a library of numbers, which a page that only knows the words of a verdict does not need."""
    if name != "Register":
        raise AttributeError(name)
    from gongjia.engines.matching.core.register import Register

    return Register
