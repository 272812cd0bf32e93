"""A verb around an act, for tests of verbs that are only ever part of another one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import ANYONE
from gongjia.kernel.verbs import verb


@verb("tests.inside", zh="试", may=ANYONE)
def inside(*, act: Callable[[], Any], by: Actor, at: datetime) -> Any:
    return act()
