"""What runs in the background: a delivery on its way outside."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from gongjia.engines.messages import sms
from gongjia.engines.messages.models import Delivery, DeliveryState

GAVE_UP = "短信服务一直不可用，试了多次没有送出"


def send(*, delivery_id: int, at: datetime) -> None:
    """Send one delivery. A provider that fails raises: the event is tried again. No number is final.

    Runs in no transaction: the provider is asked, and then what became of it is written.
    """
    delivery = _open(delivery_id).select_related("message__person", "message__organisation").first()
    if delivery is None:
        return
    message = delivery.message
    phone = message.person.reveal("phone")
    if not phone:
        _finish(delivery, DeliveryState.UNREACHABLE, at, "没有登记手机号")
    elif not settings.SMS_URL:
        _finish(delivery, DeliveryState.FAILED, at, "没有配置短信服务")
    else:
        _hand_over(delivery, phone, at)


def _hand_over(delivery: Delivery, phone: str, at: datetime) -> None:
    """The provider sends one key once: a second try after a lost answer does not ring twice."""
    union = delivery.message.organisation
    text = f"【{union.short_name or union.name}】{delivery.message.title}"
    try:
        sms.send(phone, text, key=f"delivery-{delivery.pk}")
    except sms.Undeliverable as refusal:
        _finish(delivery, DeliveryState.FAILED, at, str(refusal))
    else:
        _finish(delivery, DeliveryState.SENT, at)


def give_up(*, delivery_id: int, at: datetime) -> None:
    """The last try has failed: the delivery ends, and goes on only where somebody asks for all that failed again."""
    _open(delivery_id).update(state=DeliveryState.FAILED, changed_at=at, error=GAVE_UP)


def _open(delivery_id: int) -> QuerySet[Delivery]:
    """The delivery, while it has no final state, or only that of too many tries."""
    return Delivery.objects.filter(Q(state=DeliveryState.WAITING) | Q(error=GAVE_UP), pk=delivery_id)


def _finish(delivery: Delivery, state: DeliveryState, at: datetime, error: str = "") -> None:
    _open(delivery.pk).update(state=state, changed_at=at, error=error)
