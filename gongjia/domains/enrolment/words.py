"""The words of joining."""

from collections.abc import Mapping

from django.db.models import TextChoices

from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.people.words import Group


class Way(TextChoices):
    """What a code leads by: a paper on a wall to the queue; a code that an officer shows, for a moment, at once."""

    PAPER = "paper", "海报"
    SPOT = "spot", "现场码"


class RefusalReason(TextChoices):
    """Why an application is sent back or refused; `MENDED_BY` names the answers to mend."""

    NAME = "name", "姓名与证件不一致"
    ID_NUMBER = "id_number", "证件号码有误"
    EMPLOYER = "employer", "工作单位有误"
    NOT_OURS = "not_ours", "应加入其他工会"
    OTHER = "other", "其他原因"


WORK_FIELDS = ("workplace", "employer_name", "job")
#: Which answers the applicant is asked again. A reason without any cannot be mended: it refuses.
MENDED_BY: Mapping[str, tuple[str, ...]] = {
    RefusalReason.NAME: ("name",),
    RefusalReason.ID_NUMBER: ("id_number",),
    RefusalReason.EMPLOYER: WORK_FIELDS,
    RefusalReason.NOT_OURS: (),
    RefusalReason.OTHER: ("name", "id_number", *WORK_FIELDS),
}

#: Unions that take workers whose own employer has none: of a village or community, or of several employers.
TAKES_FROM_AROUND = (Kind.VILLAGE_UNION, Kind.JOINT_GRASSROOTS_UNION)

#: The section of GB/T 4754 in which a group mostly works: by it an industry's union is found (unverified).
INDUSTRY_OF_GROUP: Mapping[str, str] = {
    Group.TRUCK_DRIVER: "G",
    Group.COURIER: "G",
    Group.NURSING_CARER: "Q",
    Group.DOMESTIC_WORKER: "O",
    Group.SHOP_ASSISTANT: "F",
    Group.FOOD_DELIVERER: "G",
    Group.PROPERTY_AGENT: "K",
    Group.SECURITY_GUARD: "L",
    Group.RIDE_HAILING_DRIVER: "G",
    Group.LIVESTREAM_HOST: "R",
}

#: The text that the applicant accepts; a new wording takes a new version.
CONSENT_VERSION = "2026-11"
