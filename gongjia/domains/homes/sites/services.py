"""The verbs of a union's site (会站家一体化): kept by the union, used by others that have none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import State
from gongjia.backbone.people.office_lines import clean_office_line
from gongjia.domains.homes import lapsing, rules
from gongjia.domains.homes.holding import held, standing
from gongjia.domains.homes.models import SiteUse, UnionSite
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.numbers import tells_a_number
from gongjia.kernel.verbs import note, verb


@verb("homes.keep_site", zh="登记会站家阵地", may="homes.write", on="organisation")
def keep_site(
    *, organisation: Organisation, facts: Mapping[str, Any], version: int, by: Actor, at: datetime, key: str = ""
) -> UnionSite:
    """Write the one record of a union's site; it is public at once. `facts`: name, is_union, is_station, is_home,
    address, hours, service_line, staff, services, words. `version` is 0 for the first. Raises Stale."""
    union = standing(organisation)
    kept = {**facts, "services": list(facts["services"])}
    said = {name: kept[name] for name in ("is_union", "is_station", "is_home", "hours", "services")}
    wrong = rules.wrong_with_site(**said)
    try:
        kept["service_line"] = clean_office_line(kept["service_line"])
    except ValueError as error:
        wrong["service_line"] = str(error)
    if tells_a_number([kept["words"], kept["address"], kept["hours"]]):
        wrong["words"] = "文字里有手机号或者身份证号。这里公开给所有人看，请删掉号码再保存。"
    if wrong:
        raise Refused(*wrong.values(), fields=list(wrong))
    row = UnionSite._base_manager.filter(organisation=union, closed_on=None).first()
    if row is None:
        row = UnionSite._base_manager.create(organisation=union, region=union.region, opened_on=today_of(at), **kept)
        lapsing.end_uses(on=today_of(at), organisation=union)
    else:
        row = UnionSite.amend_row(row, version=version, changes=kept, what="阵地的资料")
    note(row, services=len(kept["services"]))
    return row


@verb("homes.close_site", zh="停用会站家阵地", may="homes.write", on="organisation")
def close_site(*, organisation: Organisation, by: Actor, at: datetime, key: str = "") -> UnionSite:
    """Close a site today; unions that it served have none from then on."""
    held(organisation.pk)
    row = UnionSite._base_manager.filter(organisation=organisation, closed_on=None).first()
    if row is None:
        raise Refused("本会没有在用的阵地。")
    lapsing.close_site(row, on=today_of(at))
    note(row)
    return row


@verb("homes.use_site", zh="使用其他工会的阵地", may="homes.write", on="organisation")
def use_site(*, organisation: Organisation, site_id: int, by: Actor, at: datetime, key: str = "") -> SiteUse:
    """Name the site of another union that serves the workers of this one. Refused for a union with a site of its own,
    and for a site that is closed or is neither station nor home."""
    union = standing(organisation)
    site = UnionSite._base_manager.select_related("organisation").filter(pk=site_id, closed_on=None).first()
    if site is None or site.organisation.state != State.STANDING:
        raise Refused("这个阵地已经停用，请另选一个。", fields=["site"])
    if not (site.is_station or site.is_home):
        raise Refused("这个地方只用来办公，不服务职工，请另选一个。", fields=["site"])
    if UnionSite._base_manager.filter(organisation=union, closed_on=None).exists():
        raise Refused("本会有自己的阵地，不用登记别的。原来的不用了，请先停用。")
    lapsing.end_uses(on=today_of(at), organisation=union)
    made = SiteUse._base_manager.create(organisation=union, site=site, from_on=today_of(at))
    note(made, site_id=site.pk)
    return made


@verb("homes.leave_site", zh="不再使用其他工会的阵地", may="homes.write", on="organisation")
def leave_site(*, organisation: Organisation, by: Actor, at: datetime, key: str = "") -> int:
    """End the link to the site of another union."""
    held(organisation.pk)
    ended = lapsing.end_uses(on=today_of(at), organisation=organisation)
    if not ended:
        raise Refused("本会没有登记使用别的阵地。")
    note(organisation)
    return ended
