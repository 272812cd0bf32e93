"""The member's card (会员证): a code signed anew each time it is opened, that anybody can check."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.safestring import SafeString

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, State
from gongjia.domains.enrolment import params
from gongjia.engines.papers import pdf, proofs
from gongjia.engines.papers.proofs import ProofKind
from gongjia.kernel.masking import mask_name
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import question
from gongjia.theme.components import qr


@question("enrolment.card_doubt")
def _doubt(reference: str, at: datetime) -> str:
    """Whether a membership still stands. Where its member went is nobody's business."""
    live = Membership.objects.filter(reference=reference, state__in=LIVE)
    lately = today_of(at) - timedelta(days=params.card_days(on=today_of(at)))
    # A card that is still in force may say 正式会员 of somebody who is kept without votes since.
    still = live.exclude(state=State.RETAINED, retained_on__gte=lately).exists()
    return "" if still else "这张会员证已经失效。请对方打开平台，出示新的会员证。"


MEMBER = ProofKind("m", "会员证", {"n": "姓名", "u": "所在工会", "s": "会籍状态", "j": "入会日期"}, _doubt)


@dataclass(frozen=True)
class MemberCard:
    """What the card shows; `address` is what its code holds."""

    membership: Membership
    name: str
    address: str
    on: date
    until_on: date

    @property
    def qr(self) -> SafeString:
        return qr.svg(self.address, error="l")

    @property
    def _data(self) -> dict[str, object]:
        live = self.membership
        return {
            "title": "中国工会会员证",
            "state": live.get_state_display(),
            "holder": self.name,
            "issuer": live.organisation.name,
            "reference": live.reference,
            "since": f"{_zh(live.joined_on)}入会",
            "until": f"有效期到{_zh(self.until_on)}",
            "hint": "用手机扫一扫就能核验；过期以后请重新保存。",
            "on": self.on.isoformat(),
            "qr": self.address,
        }

    def picture(self) -> bytes:
        """PNG, to keep on a phone."""
        return pdf.picture("pass", self._data)

    def pdf(self) -> bytes:
        return pdf.drawn("pass", self._data)


def card_of(membership: Membership, name: str, *, at: datetime) -> MemberCard:
    """`membership` is live. The code holds the name masked, and no number of the person."""
    today = today_of(at)
    until = today + timedelta(days=params.card_days(on=today))
    facts = {
        "n": mask_name(name),
        "u": membership.organisation.name,
        "s": membership.get_state_display(),
        "j": membership.joined_on.isoformat(),
    }
    token = proofs.token_of(MEMBER, membership.reference, facts, issued_on=today, until_on=until)
    return MemberCard(membership, name, proofs.address_of(token), today, until)


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
