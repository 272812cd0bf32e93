"""The verbs of drives (攻坚行动)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import Kind
from gongjia.domains.organising.drives import export, queries, rules
from gongjia.domains.organising.models import Drive, DriveTarget
from gongjia.kernel import db
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import note, verb

_SHORTEST_REASON = 2


@verb("organising.open_drive", zh="开展攻坚行动", may="organising.drive", on="organisation")
def open_drive(
    *,
    organisation: Organisation,
    facts: Mapping[str, Any],
    targets: Mapping[int, int],
    by: Actor,
    at: datetime,
    key: str = "",
) -> Drive:
    """Open a drive of a federation. `facts`: name, from_on, until_on, target, at_least, region, site_kind, migrants;
    `targets`: by the number of a union, how many employers it is to organise. Refused with the fields that are wrong.
    """
    if organisation.kind != Kind.FEDERATION:
        raise Refused("攻坚行动由县级以上总工会开展。乡镇、街道工会的任务，由上级总工会在行动里定。")
    _require_right(organisation, facts, targets, today=today_of(at))
    drive = Drive.objects.create(organisation=organisation, opened_at=at, opened_by_id=by.person_id, **facts)
    _keep_targets(drive, targets)
    note(drive, target=drive.target, unions=len(targets))
    return drive


@verb("organising.amend_drive", zh="修改攻坚行动", may="organising.drive", on="drive")
def amend_drive(
    *,
    drive: Drive,
    version: int,
    facts: Mapping[str, Any],
    targets: Mapping[int, int],
    by: Actor,
    at: datetime,
    key: str = "",
) -> Drive:
    """Change a drive that is not over, and the targets of its unions. Raises Stale where somebody was faster."""
    _require_under_way(drive, today=today_of(at))
    _require_right(drive.organisation, facts, targets, today=today_of(at), but=drive.pk)
    before = drive.target
    changed = Drive.amend_row(drive, version=version, changes=dict(facts), what="这个行动")
    _keep_targets(changed, targets)
    note(changed, target_before=before, target=changed.target, unions=len(targets))
    return changed


@verb("organising.end_drive", zh="提前结束攻坚行动", may="organising.drive", on="drive")
def end_drive(*, drive: Drive, version: int, reason: str, by: Actor, at: datetime, key: str = "") -> Drive:
    """End a drive today, before its last day: what is organised later does not count in it."""
    today = today_of(at)
    _require_under_way(drive, today=today)
    if today < drive.from_on:
        raise Refused("行动还没有开始，不用提前结束。请改开始日、到期日。")
    if len(reason) < _SHORTEST_REASON:
        raise Refused("请写明为什么提前结束。", fields=["reason"])
    changes = {"ended_on": today, "ended_reason": reason}
    changed = Drive.amend_row(drive, version=version, changes=changes, what="这个行动")
    note(changed)
    return changed


@verb("organising.export_drive", zh="导出攻坚行动进度", may="organising.see", on="organisation")
def export_drive(*, organisation: Organisation, drive: Drive, by: Actor, at: datetime) -> bytes:
    """The progress of a drive as a workbook, as far as the reach goes. `organisation` is the asker's own."""
    found = queries.board(drive, on=today_of(at))
    note(drive, count=len(found.lines))
    return export.workbook(drive, found, target=queries.target_of(drive, found, by), on=today_of(at))


def _require_under_way(drive: Drive, *, today: date) -> None:
    if drive.ended_on:
        raise Refused("这个行动已经提前结束，不能再改。")
    if today > drive.until_on:
        raise Refused("这个行动已经到期，不能再改。接着攻坚，请开展新的行动。")


def _require_right(
    organisation: Organisation,
    facts: Mapping[str, Any],
    targets: Mapping[int, int],
    *,
    today: date,
    but: int | None = None,
) -> None:
    days = {"from_on": facts["from_on"], "until_on": facts["until_on"]}
    if wrong := rules.wrong_with(**days, target=facts["target"], today=today):
        raise Refused(*wrong.values(), fields=list(wrong))
    allowed = {each.pk for each in queries.may_share(organisation)}
    if but is not None:  # a union that has ended since keeps its part
        allowed |= set(DriveTarget.objects.filter(drive=but).values_list("organisation_id", flat=True))
    if not targets.keys() <= allowed or any(count < 0 for count in targets.values()):
        raise Refused("有的工会不能分任务：只能分给本级和直接下级的总工会、产业工会、开发区工会、乡镇（街道）工会。")
    db.lock(f"drives-{organisation.pk}")
    same = Drive.objects.filter(organisation=organisation, name=facts["name"]).exclude(pk=but or 0)
    if same.filter(from_on__lte=facts["until_on"], until_on__gte=facts["from_on"], ended_on=None).exists():
        raise Refused(f"这段时间已经有一个“{facts['name']}”，请换一个名称。", fields=["name"])


def _keep_targets(drive: Drive, targets: Mapping[int, int]) -> None:
    """What is sent is all there is: a union without a number has no target any more."""
    kept = {number: count for number, count in targets.items() if count}
    DriveTarget.objects.filter(drive=drive).delete()
    DriveTarget.objects.bulk_create(
        DriveTarget(drive=drive, organisation_id=number, count=count) for number, count in sorted(kept.items())
    )
