"""What somebody is told when another hand touched the own account: in the platform and by short message."""

from datetime import datetime
from typing import TYPE_CHECKING

from gongjia.backbone.accounts.words import ManagedAct
from gongjia.engines.messages import services as messages
from gongjia.kernel.actors import Actor

if TYPE_CHECKING:
    from gongjia.backbone.accounts.models import Account
    from gongjia.backbone.organisations.models import Organisation

_NEXT = {
    ManagedAct.OPENED: "登录名和一次性密码由管理员当面交给您，第一次登录时要换成自己的密码。",
    ManagedAct.PASSWORD_ISSUED: "一次性密码由管理员交给您，登录时要换成自己的密码；以前的密码和打开的登录都已失效。",
    ManagedAct.SECOND_FACTOR_RESET: "下次登录时重新设置动态码，以前的动态码和恢复码都已失效。",
    ManagedAct.CLOSED: "从现在起不能登录，打开的登录都已退出。",
    ManagedAct.REOPENED: "请向管理员领取一次性密码，再登录。",
}


def tell_holder(
    *, account: "Account", organisation: "Organisation", act: ManagedAct, reason_zh: str, by: Actor, at: datetime
) -> None:
    """A listener of `accounts.managed`. Nobody is told of an account that belongs to no person."""
    if account.person is None:
        return
    reason = f"原因：{reason_zh}。" if reason_zh else ""
    body = f"{reason}{_NEXT[act]}如果不是您要求或知道的，请马上联系{organisation.name}。"
    messages.tell(
        person=account.person, organisation=organisation, title=act.label, body=body, also_sms=True, by=by, at=at
    )
