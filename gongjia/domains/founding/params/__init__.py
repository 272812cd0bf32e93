"""The dated figures of founding and of the first election; each YAML row carries its source."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from gongjia.domains.founding.rules import Band
from gongjia.kernel.parameters import Parameters


@lru_cache(maxsize=1)
def _table() -> Parameters:
    return Parameters.load(Path(__file__).parent)


def reply_days(on: date) -> int:
    """Within how many days the superior answers the request to found."""
    return _table().value("founding.reply_days", on=on).whole


def result_reply_days(on: date) -> int:
    """Within how many days the superior answers the report of the election."""
    return _table().value("founding.result_reply_days", on=on).whole


@dataclass(frozen=True)
class Figures:
    """All thresholds of a day, for the rules."""

    must_found: int
    term_years: tuple[int, ...]
    quorum: Fraction
    percent: int
    fund_audit_percent: int
    delegates_from: int
    notice_days: int
    bands: tuple[Band, ...]
    fund_audit_sizes: tuple[int, int]
    one_auditor_below: int
    womens_committee: int


def figures(*, on: date) -> Figures:
    """The thresholds that hold on a day."""

    def whole(name: str) -> int:
        return _table().value(f"founding.{name}", on=on).whole

    least, most = (int(str(each)) for each in _table().value("founding.fund_audit_sizes", on=on).choices)
    return Figures(
        must_found=whole("must_found"),
        term_years=tuple(int(str(each)) for each in _table().value("founding.term_years", on=on).choices),
        quorum=_table().value("founding.quorum", on=on).fraction,
        percent=whole("differential_percent"),
        fund_audit_percent=whole("fund_audit_percent"),
        delegates_from=whole("delegates_from"),
        notice_days=whole("notice_days"),
        bands=tuple(Band.read(str(each)) for each in _table().value("founding.committee_bands", on=on).choices),
        fund_audit_sizes=(least, most),
        one_auditor_below=whole("one_auditor_below"),
        womens_committee=whole("womens_committee"),
    )
