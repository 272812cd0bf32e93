"""会籍证明: a certificate that a union issues to its member, for a bank, a school, another union."""

from datetime import datetime

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.queries import is_live
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import PARTS
from gongjia.domains.enrolment.changes.telling import not_own
from gongjia.engines.papers import Certificate, Field, PaperKind
from gongjia.engines.papers import services as papers
from gongjia.engines.papers.models import Paper
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import above
from gongjia.kernel.errors import Refused
from gongjia.kernel.masking import mask_identity
from gongjia.kernel.verbs import note, verb

MOST_USE = 60

MEMBERSHIP_PROOF = PaperKind(
    code="enrolment.membership_proof",
    zh="会籍证明",
    group="会员",
    series="证",
    layout=Certificate(
        title="会籍证明",
        body=(
            (
                "兹证明{{ 姓名 }}（证件号码{{ 证件号码 }}）自{{ 入会日期 }}起加入中国工会，"
                "现为{{ 所在工会 }}会员，会籍状态为{{ 会籍状态 }}。"
            ),
            "此证明用于：{{ 用途 }}。",
        ),
    ),
    fields=(
        Field("name", "姓名", "王小芳"),
        Field("id_number", "证件号码", "421***********0010"),
        Field("joined_on", "入会日期", "2020年1月1日"),
        Field("union", "所在工会", "青禾样例制衣工会委员会"),
        Field("state", "会籍状态", "正式会员"),
        Field("use", "用途", "子女入学"),
    ),
)


@verb("enrolment.certify", zh="出具会籍证明", may="memberships.write", on="membership")
def certify(*, membership: Membership, use: str, by: Actor, at: datetime, word: str = "", key: str = "") -> Paper:
    """Issue a certificate of a live membership in the name of its union. The ID number stands on it covered. Refused
    for a membership that has ended. `word`: how the union's first document number begins."""
    if not is_live(membership):
        raise Refused("这条会籍已经终止，不能出具证明。请本人向现在的工会申请。")
    person, union = membership.person, issuer_of(membership.organisation)
    not_own(by, person.pk)
    by.require("memberships.write", path=union.path)  # a branch issues nothing in the name of its union
    paper = papers.issue(
        kind=MEMBERSHIP_PROOF.code,
        organisation=union,
        context={
            "name": person.name,
            "id_number": mask_identity(person.reveal("id_number")) or "未登记",
            "joined_on": membership.joined_on,
            "union": union.name,
            "state": membership.get_state_display(),
            "use": use,
        },
        about=membership,
        word=word,
        person=person,
        by=by,
        at=at,
    )
    note(paper, about_person_id=person.pk, membership_id=membership.pk)
    return paper


def issuer_of(organisation: Organisation) -> Organisation:
    """A branch or group issues nothing: the union that it is part of does."""
    if organisation.kind not in PARTS:
        return organisation
    unions = Organisation._base_manager.filter(path__in=above(organisation.path)).exclude(kind__in=PARTS)
    return unions.order_by("-depth")[0]
