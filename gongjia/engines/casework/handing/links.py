"""The links by which guests come in: secret, ending, to one invitation."""

from datetime import datetime

from gongjia.engines.casework.handing.models import Invitation
from gongjia.kernel.errors import Gone
from gongjia.kernel.references import digest_of


def invitation_by(secret: str, at: datetime) -> Invitation:
    """The invitation that a link opens, and nothing else. Gone when it has ended: the same for one that never was."""
    rows = Invitation._base_manager.select_related("of", "organisation").filter(link=digest_of(secret))
    found = rows.filter(ends_at__gt=at, closed_at=None).first()
    if found is None:
        raise Gone("这个会办链接已经失效。请联系发给您链接的工会重新发送。")
    return found
