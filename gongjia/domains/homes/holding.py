"""The locks of a union's public face: it does not end meanwhile, and what it shows changes one after the other."""

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import State
from gongjia.domains.homes import lapsing
from gongjia.domains.homes.words import WITHOUT_FACE
from gongjia.kernel import db
from gongjia.kernel.errors import Refused


def held(organisation_id: int) -> Organisation:
    """The union as it stands now, held until the transaction ends."""
    db.hold(Organisation, organisation_id)
    lapsing.lock(organisation_id)
    return Organisation._base_manager.select_related("region").get(pk=organisation_id)


def standing(organisation: Organisation) -> Organisation:
    """The union, held. Raises Refused for one that shows nothing by itself: a part, or one that does not stand."""
    union = held(organisation.pk)
    if union.state == State.PREPARING:
        raise Refused(f"“{union.name}”还没有成立，等工会成立以后再登记。")
    if union.state != State.STANDING:
        raise Refused(f"“{union.name}”{union.get_state_display()}，不能登记。")
    if union.kind in WITHOUT_FACE:
        raise Refused(f"“{union.name}”不单独挂牌，也不单独登记阵地，请到所属的工会办理。")
    return union
