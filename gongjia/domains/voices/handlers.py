"""What runs in the background: where nothing was supplied, the case goes on with what there is."""

from datetime import datetime

from gongjia.domains.voices.flow import VOICE
from gongjia.domains.voices.models import Voice
from gongjia.domains.voices.steps import move
from gongjia.kernel.actors import TICK


def fall_due(*, at: datetime, flow_code: str, matter_id: int, version: int, move: str) -> None:
    """Listens to casework.due. A voice that was moved meanwhile is left alone."""
    if flow_code != VOICE.code:
        return
    voice = Voice._base_manager.select_related("organisation", "person").filter(pk=matter_id, version=version).first()
    if voice is not None:
        _go(voice, move, at)


def _go(voice: Voice, code: str, at: datetime) -> None:
    move(voice, code, by=TICK, at=at, words="期限内没有补充，按现有材料办理")
