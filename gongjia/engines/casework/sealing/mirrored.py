"""What happens to a copy is told to the matter that it stands for; never the other way."""

from datetime import datetime

from gongjia.engines.casework.models import MatterIndex, Step
from gongjia.engines.casework.sealing.models import Sealing
from gongjia.engines.casework.timeline import line
from gongjia.kernel.actors import Actor


def tell_origin(*, index: MatterIndex, by: Actor, at: datetime) -> None:
    """Listens to casework.moved: the unit that sealed a matter, and the person, see how far the other unit is."""
    seal = Sealing._base_manager.select_related("origin").filter(copy=index).first()
    if seal is not None:
        last = Step._base_manager.filter(matter=index).order_by("-at", "-pk").first()
        words = f"{index.organisation.name}：{last.words}" if last and last.words else index.organisation.name
        line(seal.origin, "sealed_step", last.move_zh if last else index.standing.zh, words, by, at)
