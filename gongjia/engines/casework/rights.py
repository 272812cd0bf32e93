"""Who may do a thing to a matter, and the one way to say that it was changed."""

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework.flow import Move
from gongjia.engines.casework.models import Matter
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.permissions import SIGNED_IN


def side_of(matter: Matter, chosen: Move) -> Organisation:
    """The organisation at which the permission for a move is asked for."""
    side: Organisation = getattr(matter, chosen.at)
    return side


def require_move(matter: Matter, chosen: Move, by: Actor) -> None:
    """Raises Forbidden for whoever may not make this move here."""
    require_free(matter, by)
    if chosen.may == SIGNED_IN:
        is_own = by.person_id is not None and by.person_id == matter.person_id
        if not is_own and (matter.flow_code, matter.pk) not in by.grants and not _speaks_for(matter, by):
            raise Forbidden("由本人办理")
        return
    by.require(chosen.may, path=side_of(matter, chosen).path)


def may_handle(matter: Matter, by: Actor) -> bool:
    """Whether somebody handles this matter where it is: for what a page offers."""
    code = matter.flow.handled_by
    return bool(code) and not _is_tied(matter, by) and by.may(code, path=matter.organisation.path)


def may_approve(matter: Matter, by: Actor) -> bool:
    """Whether somebody grants what a handler asks for."""
    code = matter.flow.approved_by or matter.flow.handled_by
    return bool(code) and not _is_tied(matter, by) and by.may(code, path=matter.organisation.path)


def require_handler(matter: Matter, by: Actor, *, of_approver: bool = False) -> None:
    """Raises Forbidden for whoever does not handle the matter where it is, or may not grant what a handler asks;
    Refused for a kind of matter that is not handed on."""
    require_free(matter, by)
    of = matter.flow
    if not of.handled_by:
        raise Refused(f"{of.zh}在自己的页面里办，不转办、不改时限。")
    by.require((of.approved_by or of.handled_by) if of_approver else of.handled_by, path=matter.organisation.path)


def require_free(matter: Matter, by: Actor) -> None:
    """Raises Forbidden for whoever is too close to what the matter is about, however the row was come by."""
    if by.person_id != matter.person_id and _is_tied(matter, by):
        raise Forbidden("与被反映单位没有利害关系的人办理")


def _is_tied(matter: Matter, by: Actor) -> bool:
    return matter.kept_from_id is not None and matter.kept_from_id in by.ties


def _speaks_for(matter: Matter, by: Actor) -> bool:
    """Of a sealed copy nobody knows the person: whoever sealed it passes on what the person says."""
    from gongjia.engines.casework.sealing.models import Sealing

    if matter.person_id is not None or not matter.flow.handled_by:
        return False
    rows = Sealing._base_manager.filter(copy__flow_code=matter.flow_code, copy__matter_id=matter.pk)
    seal = rows.select_related("origin__organisation").first()
    return seal is not None and by.may(matter.flow.handled_by, path=seal.origin.organisation.path)


def touch(matter: Matter) -> None:
    """Hold a matter for this transaction and count the change; raises Stale when somebody was faster."""
    rows = type(matter)._base_manager.filter(pk=matter.pk)
    if not rows.filter(version=matter.version).update(version=matter.version + 1):
        raise Stale("这件事刚刚由别人办理过", yours={}, theirs={"状态": rows.get().standing.zh})
    matter.version += 1
