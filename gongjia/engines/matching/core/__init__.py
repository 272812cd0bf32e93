"""Comparing two lists of organisations, without Django and without a database.

`match(register, records)` gives one `Verdict` for each record, in order. The register is the list that is searched,
records are the ones that look for their entry. The README beside this folder says how a comparison runs.
"""

from gongjia.engines.matching.core.regions import Located
from gongjia.engines.matching.core.register import Record, Register
from gongjia.engines.matching.core.stages import EXACT, Proposal, Stage, Strength
from gongjia.engines.matching.core.verdicts import Candidate, Decided, Grade, Verdict, match

__all__ = [
    "EXACT",
    "Candidate",
    "Decided",
    "Grade",
    "Located",
    "Proposal",
    "Record",
    "Register",
    "Stage",
    "Strength",
    "Verdict",
    "match",
]
