"""The verbs on employers: registering, counting heads, covering."""

from datetime import date, datetime
from typing import Any

from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.employers.words import Source, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE
from gongjia.backbone.regions.models import Region
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.pinyin import initials
from gongjia.kernel.reach import question
from gongjia.kernel.verbs import note, verb

_AMENDABLE = ("name", "uscc", "kind", "industry", "address", "state", "founded_on")


@question("employers.is_registered")
def is_registered(uscc: str, *, but: int | None = None) -> bool:
    """Whether any federation has registered this code already, for another employer than the one with the id `but`."""
    return bool(uscc) and Employer.objects.filter(uscc=uscc).exclude(pk=but or 0).exists()


@question("employers.is_covered")
def is_covered(employer_id: int) -> bool:
    """Whether any union covers this employer now."""
    return Coverage.objects.filter(employer_id=employer_id, until_on=None).exists()


@verb("employers.register", zh="登记用人单位", may="employers.write", on="organisation")
def register(
    *,
    organisation: Organisation,
    name: str,
    region: Region,
    by: Actor,
    at: datetime,
    uscc: str = "",
    kind: str = "",
    industry: str = "",
    address: str = "",
    founded_on: date | None = None,
    source: Source | str = "",
    source_on: date | None = None,
    key: str = "",
) -> Employer:
    """Register an employer; `organisation` answers for founding a union there. Refused for a code that is known."""
    if is_registered(uscc):
        raise Refused(f"统一社会信用代码 {uscc} 已经登记过，不能再登记一次。", fields=["uscc"])
    employer = Employer.objects.create(
        organisation=organisation,
        name=name,
        initials=initials(name),
        region=region,
        uscc=uscc,
        kind=kind,
        industry=industry,
        address=address,
        founded_on=founded_on,
        source=source,
        source_on=source_on,
    )
    events.tell("employers.registered", employers=[employer], at=at)
    return employer


@verb("employers.amend", zh="修改用人单位信息", may="employers.write", on="employer")
def amend(
    *, employer: Employer, version: int, changes: dict[str, Any], by: Actor, at: datetime, key: str = ""
) -> Employer:
    """Change plain facts of an employer. Raises Stale when somebody changed it since `version` was shown."""
    changes = {name: value for name, value in changes.items() if name in _AMENDABLE}
    if "name" in changes:
        changes["initials"] = initials(changes["name"])
    if is_registered(uscc := changes.get("uscc", ""), but=employer.pk):
        raise Refused(f"统一社会信用代码 {uscc} 已经登记在另一个单位名下，请核对后重填。", fields=["uscc"])
    before = _locked(employer)
    current = Employer.amend_row(before, version=version, changes=changes, what=f"“{before.name}”")
    events.tell("employers.amended", before=before, employer=current, at=at)
    note(current, fields=sorted(changes))
    return current


@verb("employers.count_heads", zh="登记职工人数", may="employers.write", on="employer")
def count_heads(
    *, employer: Employer, source: Source, on: date, count: int, by: Actor, at: datetime, key: str = ""
) -> Headcount:
    """Keep a number of staff by one source on one day; the same source on the same day is corrected."""
    headcount, _ = Headcount.objects.update_or_create(
        employer=employer, source=source, on=on, defaults={"count": count}
    )
    return headcount


@verb("employers.cover", zh="登记覆盖单位", may="employers.cover", on="organisation")
def cover(
    *,
    organisation: Organisation,
    employer: Employer,
    from_on: date,
    by: Actor,
    at: datetime,
    reason: str = "",
    key: str = "",
) -> Coverage:
    """Say that a union covers an employer from a day on. Refused while another union does: end that first."""
    db.hold(Organisation, organisation.pk)
    organisation, employer = Organisation._base_manager.get(pk=organisation.pk), _locked(employer)
    if organisation.state not in IN_FORCE:
        raise Refused(f"“{organisation.name}”{organisation.get_state_display()}，不能覆盖单位。")
    if employer.state != State.OPERATING:
        raise Refused(f"“{employer.name}”登记状态为{employer.get_state_display()}，不能再被覆盖。")
    if is_covered(employer.pk):
        raise Refused(f"“{employer.name}”已由其他工会覆盖：一个单位同一时间只属于一个工会，请先结束原来的覆盖。")
    coverage = Coverage.objects.create(organisation=organisation, employer=employer, from_on=from_on, reason=reason)
    events.tell("employers.covered", coverage=coverage, at=at)
    note(coverage, employer_id=employer.pk)
    return coverage


@verb("employers.uncover", zh="结束覆盖", may="employers.cover", on="coverage")
def uncover(*, coverage: Coverage, until_on: date, reason: str, by: Actor, at: datetime, key: str = "") -> Coverage:
    """End a coverage on a day; the row stays and answers for the days before."""
    db.hold(Organisation, coverage.organisation_id)
    coverage.employer = _locked(coverage.employer)
    if until_on < coverage.from_on:
        raise Refused(f"结束日期不能早于开始日期 {coverage.from_on:%Y-%m-%d}。", fields=["until_on"])
    done = Coverage.objects.filter(pk=coverage.pk, until_on=None).update(until_on=until_on, reason=reason)
    if not done:
        raise Refused("这段覆盖关系已经结束。")
    coverage.until_on = until_on
    events.tell("employers.uncovered", coverage=coverage, at=at)
    return coverage


def _locked(employer: Employer) -> Employer:
    """The employer as it stands now; what figures count of it does not change before the transaction ends."""
    return Employer._base_manager.select_for_update(no_key=True).get(pk=employer.pk)
