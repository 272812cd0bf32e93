"""What the operator's check asks of the messages."""

from datetime import datetime

from gongjia.engines.messages.queries import stuck_deliveries
from gongjia.kernel.checkups import Level


def unsent(at: datetime) -> tuple[Level, str]:
    stuck = stuck_deliveries(at=at)
    if stuck:
        return Level.WARNING, f"{stuck:,} 条发出一小时以上还没有结果。请检查短信服务的设置和 gongjia worker。"
    return Level.GOOD, "没有积压。"
