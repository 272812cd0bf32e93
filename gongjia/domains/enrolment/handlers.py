"""What runs in the background: an answer on its way to an applicant who has no file, and so no inbox, yet; and word to
whoever had a roster checked, imported or undone that it is through."""

from datetime import datetime

from django.urls import reverse

from gongjia.backbone.accounts.queries import person_of
from gongjia.backbone.accounts.services import phone_of
from gongjia.domains.enrolment.models import Application
from gongjia.domains.enrolment.rosters import KIND
from gongjia.engines.intake.models import Import
from gongjia.engines.messages import services as messages
from gongjia.engines.messages import sms
from gongjia.kernel.actors import TICK

_SAID = {"returned": "需要修改一项", "refused": "没有通过"}

_LONG = 5_000  # rows whose check nobody waits for at the page


def send_answer(*, application_id: int, at: datetime) -> None:
    """Tell the applicant's phone that the union has answered; the reason stands on the page, not in the message."""
    application = Application.objects.select_related("organisation").get(pk=application_id)
    said = _SAID.get(application.state)
    if application.state == "submitted" and application.answered_at is not None:
        said = f"已经转给{application.organisation.name}审核"
    phone = phone_of(application.account_id)
    if said and phone and sms.is_configured():
        union = application.organisation
        text = f"【{union.short_name or union.name}】您的入会申请{said}，请登录工家查看。"
        sms.send(phone, text, key=f"enrolment-{application.pk}-{application.version}")


def tell_who_asked(*, import_id: int, state: str, at: datetime) -> None:
    """Tell who pressed the button what became of a roster; the check of a short one is seen on the page at once."""
    one = Import.objects.select_related("organisation").get(pk=import_id)
    person = person_of(one.asked_by_id) if one.asked_by_id else None
    if one.kind != KIND or person is None or (state == Import.State.CHECKED and one.total < _LONG):
        return
    said = {
        Import.State.CHECKED: f"花名册核对好了：新增 {one.new_count:,} 人，有问题 {one.bad_count:,} 行",
        Import.State.DONE: f"花名册导入好了：新增 {one.added_count:,} 人，更新 {one.amended_count:,} 人",
        Import.State.UNDONE: f"花名册导入已撤销：{one.undone_count:,} 行退回，{one.kept_count:,} 行保留",
        Import.State.FAILED: "花名册没有处理完",
    }
    messages.tell(
        person=person,
        organisation=one.organisation,
        title=said[Import.State(state)],
        body=one.error,
        path=reverse("enrolment:import", args=[one.reference]),
        by=TICK,
        at=at,
    )
