"""What the operator's check asks of the figures."""

from datetime import datetime

from gongjia.engines.figures import repair
from gongjia.engines.figures.indicators import registered
from gongjia.kernel.checkups import Level


def agreement(_at: datetime) -> tuple[Level, str]:
    """Every sum against the rows it counts."""
    differing = [one.code for one in registered() if repair.check(one.code, most=1)]
    if differing:
        return (
            Level.ERROR,
            f"与明细不一致：{'、'.join(differing)}。请把这一行和日志交给开发人员，重算之前不要上报数字。",
        )
    return Level.GOOD, f"{len(registered())} 项指标与明细一致。"
