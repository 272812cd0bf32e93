"""The verbs on posters, and on the codes that officers show on the spot."""

from datetime import datetime

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.domains.enrolment import params
from gongjia.domains.enrolment.models import Poster
from gongjia.domains.enrolment.queries import covered
from gongjia.domains.enrolment.words import Way
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Gone, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.verbs import verb


@verb("enrolment.put_up_poster", zh="制作入会海报", may="enrolment.posters", on="organisation")
def put_up_poster(
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
    employer: Employer | None = None,
    place: str = "",
    key: str = "",
) -> Poster:
    """Make a poster for a union that takes members, or for one employer that it covers. Refused for organisations
    that take none, and for employers of others.
    """
    _check_takes(organisation, employer)
    return Poster.objects.create(organisation=organisation, employer=employer, place=place, made_at=at)


@verb("enrolment.revoke_poster", zh="停用入会海报", may="enrolment.posters", on="poster")
def revoke_poster(*, poster: Poster, why: str, by: Actor, at: datetime, key: str = "") -> Poster:
    """Switch a poster or an officer's code off for good: whoever scans it later reads why, and is shown the way on."""
    if not why.strip():
        raise Refused("请写明为什么停用，扫码的人会看到。", fields=["why"])
    Poster.objects.filter(pk=poster.pk, revoked_at=None).update(revoked_at=at, revoked_why=why.strip())
    poster.refresh_from_db(fields=["revoked_at", "revoked_why"], from_queryset=Poster._base_manager.all())
    return poster


@verb("enrolment.open_spot", zh="开始现场入会", may="enrolment.posters", on="organisation")
def open_spot(
    *, organisation: Organisation, by: Actor, at: datetime, employer: Employer | None = None, key: str = ""
) -> Poster:
    """Begin to show codes on the spot: who opens one in time is admitted at once, in the name of whoever shows it.

    Refused for organisations that take no members, and for who may not admit there.
    """
    _check_takes(organisation, employer)
    by.require("enrolment.approve", path=organisation.path)
    if by.person_id is None:
        raise Refused("现场码要由在任的工会干部出示。")
    return Poster.objects.create(
        organisation=organisation,
        employer=employer,
        place="现场",
        way=Way.SPOT,
        shown_by_id=by.person_id,
        shown_until=at + params.spot_stays(on=today_of(at)),
        made_at=at,
    )


@verb("enrolment.close_spot", zh="收起现场码", may="enrolment.posters", on="poster")
def close_spot(*, poster: Poster, by: Actor, at: datetime, key: str = "") -> Poster:
    """Show no more codes. Those that were photographed go on leading to the queue, as a poster does."""
    Poster.objects.filter(pk=poster.pk, shown_until__gt=at).update(shown_until=at)
    poster.refresh_from_db(fields=["shown_until"], from_queryset=Poster._base_manager.all())
    return poster


def _check_takes(organisation: Organisation, employer: Employer | None) -> None:
    """Raises Refused where nobody joins, and for an employer of others."""
    if organisation.kind not in WITH_MEMBERS or organisation.state not in IN_FORCE:
        raise Refused(f"“{organisation.name}”不直接发展会员，请为它下面的基层工会制作海报。")
    if employer is not None and not covered(organisation).filter(pk=employer.pk).exists():
        raise Refused(f"“{employer.name}”现在不由这个工会覆盖，请重新选择单位，或者先登记覆盖关系。")


def check_open(poster: Poster) -> None:
    """Raises Gone for a poster that leads nowhere any more: revoked, or its union has ended."""
    union = poster.organisation
    if union.state not in IN_FORCE:
        raise Gone(f"{union.name}{union.get_state_display()}，不能从这里入会。请拨打 12351，问一问现在该加入哪个工会。")
    if poster.revoked_at is not None:
        why = f"（{poster.revoked_why}）" if poster.revoked_why else ""
        raise Gone(
            f"这张{poster.get_way_display()}已经停用{why}。要加入{union.name}，请扫一张新的海报，或者在下面换一个办法。"
        )
