"""The verbs of joining."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from gongjia.backbone.accounts.services import bind_person, grant, phone_of
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.queries import has_live, live_of
from gongjia.backbone.memberships.words import Origin
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.queries import id_of_number
from gongjia.backbone.people.words import EmploymentForm
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.queries import covered, known_of
from gongjia.domains.enrolment.words import CONSENT_VERSION, MENDED_BY, RefusalReason
from gongjia.engines.casework import services as casework
from gongjia.engines.messages import services as messages
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Gone, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import SIGNED_IN
from gongjia.kernel.verbs import note, verb


@verb("enrolment.put_up_poster", zh="制作入会海报", may="enrolment.posters", on="organisation")
def put_up_poster(
    *,
    organisation: Organisation,
    by: Actor,
    at: datetime,
    employer: Employer | None = None,
    place: str = "",
    key: str = "",
) -> Poster:
    """Make a poster for a union that takes members, or for one employer that it covers. Refused for organisations
    that take none, and for employers of others.
    """
    if organisation.kind not in WITH_MEMBERS or organisation.state not in IN_FORCE:
        raise Refused(f"“{organisation.name}”不直接发展会员，请为它下面的基层工会制作海报。")
    if employer is not None and not covered(organisation).filter(pk=employer.pk).exists():
        raise Refused(f"“{employer.name}”现在不由这个工会覆盖，请重新选择单位，或者先登记覆盖关系。")
    return Poster.objects.create(organisation=organisation, employer=employer, place=place, made_at=at)


@verb("enrolment.revoke_poster", zh="停用入会海报", may="enrolment.posters", on="poster")
def revoke_poster(*, poster: Poster, by: Actor, at: datetime, key: str = "") -> Poster:
    """Switch a poster off: whoever scans it later is told so and shown the way on."""
    Poster.objects.filter(pk=poster.pk, revoked_at=None).update(revoked_at=at)
    poster.revoked_at = poster.revoked_at or at
    return poster


def check_open(poster: Poster) -> None:
    """Raises Gone for a poster that leads nowhere any more: revoked, or its union has ended."""
    union = poster.organisation
    if union.state not in IN_FORCE:
        raise Gone(f"{union.name}{union.get_state_display()}，不能从这里入会。请拨打 12351，问一问现在该加入哪个工会。")
    if poster.revoked_at is not None:
        raise Gone(f"这张海报已经停用。要加入{union.name}，请扫一张新的海报，或者拨打 12351。")


@verb("enrolment.apply", zh="申请入会", may=SIGNED_IN)
def apply(
    *,
    poster: Poster,
    name: str,
    id_number: str,
    by: Actor,
    at: datetime,
    employer: Employer | None = None,
    employer_name: str = "",
    job: str = "",
    group: str = "",
    key: str = "",
) -> Application:
    """Ask to join the poster's union; an entry on the net is no row and is kept as none.

    A second application while one is open is refused; who is a member already, too; and one without a workplace.

    The ID number is as `rules.clean_id_number` gives it. Nothing here tells whether the number has a file elsewhere.
    """
    check_open(poster)
    _check_no_member(by)
    _check_own_number(by.person_id, id_number)
    if employer is None and not employer_name.strip():
        raise Refused(
            "还没有写在哪里工作：请选单位，或者写上名称；没有固定单位的，写“灵活就业”。", fields=["employer_name"]
        )
    application = Application(
        poster=poster if poster.pk else None,
        organisation=poster.organisation,
        person_id=by.person_id,
        account_id=by.account_id or 0,
        name=name,
        employer=employer,
        employer_name="" if employer else employer_name,
        job=job,
        group=group,
        consent_version=CONSENT_VERSION,
    )
    application.seal_in(id_number=id_number)
    _open(application, by=by, at=at)
    if by.person_id is None and by.account_id:
        grant(account_id=by.account_id, kind=application.flow_code, number=application.pk, by=by, at=at)
    note(application, poster_id=poster.pk)
    return application


def _open(application: Application, *, by: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            casework.open_matter(matter=application, title="入会申请", by=by, at=at)
    except IntegrityError as clash:
        raise Refused("您已经有一份入会申请在办理中，请先查看它的进度，或者撤回后再申请。") from clash


def _check_no_member(by: Actor) -> None:
    if by.person_id is not None and has_live(by.person_id):
        raise Refused("您已经是工会会员，不需要重复申请。换了单位的，请给现在的工会留言，由工会办理会籍转接。")


def _check_own_number(person_id: int | None, id_number: str) -> None:
    """Raises Refused where somebody who has a file gives another number than stands in it."""
    if person_id is None:
        return
    on_file = Person._base_manager.get(pk=person_id).reveal("id_number")
    if on_file and on_file != id_number:
        raise Refused(
            "填写的证件号码和您档案里的不一样。请用自己的证件号申请；档案里的号码错了，请写给工会更正。",
            fields=["id_number"],
        )


@verb("enrolment.approve", zh="同意入会", may="enrolment.approve", on="application")
def approve(
    *, application: Application, by: Actor, at: datetime, has_seen_card: bool = False, key: str = ""
) -> Application:
    """Accept an applicant: file, membership, employment and answer, in one transaction.

    Where the number has a file already and its phone is another one, only with `has_seen_card`: the approver has
    compared the person with the card.

    Who stands in this union's roster already gets the account only. Refused when a live membership stands anywhere
    else: that is a transfer, which both unions handle.
    """
    casework.move(matter=application, move_code="approve", by=by, at=at)
    person = _person_of(application, has_seen_card=has_seen_card, by=by, at=at)
    membership = live_of(person.pk)
    if membership is None or membership.organisation_id != application.organisation_id:
        membership = memberships.start(
            organisation=application.organisation,
            person=person,
            origin=Origin.POSTER,
            joined_on=today_of(at),
            group=application.group,
            form=EmploymentForm.NEW_FORM if application.group else "",
            by=by,
            at=at,
        )
    if application.employer:
        people.employ(
            person=person, employer=application.employer, from_on=None, job=application.job, by=by, at=at,
            group=application.group,
        )  # fmt: skip
    messages.tell(
        person=person,
        organisation=application.organisation,
        title="您的入会申请已经通过",
        body=f"欢迎加入{application.organisation.name}。会员证在“我的工会”里，可以随时出示。",
        path=reverse("enrolment:membership"),
        also_sms=True,
        by=by,
        at=at,
    )
    note(application, about_person_id=person.pk, membership_id=membership.pk, has_seen_card=has_seen_card)
    return application


def _check_known(application: Application) -> None:
    """Raises Refused for a file that the applicant has not been seen to own. A transfer is refused further on."""
    known = known_of(application)
    if known.needs_vouching:
        raise Refused(
            "这个证件号码已有档案，登录的手机号和档案里的不一致。请本人带身份证原件当面核对，勾选“已当面核对”再同意；"
            "不能确认是本人的，不要同意。",
            fields=["seen"],
        )


def _person_of(application: Application, *, has_seen_card: bool, by: Actor, at: datetime) -> Person:
    """The applicant's file: the account's own, the one with the same ID number, or a new one.

    Two unions that approve one worker at once wait for each other here: the second finds the file of the first.
    """
    db.lock(f"enrolment.{application.id_number_index}")
    id_number = application.reveal("id_number")
    known_id = id_of_number(id_number)
    person_id = application.person_id or known_id
    if known_id is not None and known_id != person_id:
        raise Refused("这个证件号码登记在另一份档案里：请退回，让本人核对证件号。", fields=["id_number"])
    if person_id is not None:
        person = Person._base_manager.get(pk=person_id)
        if person.name != application.name:
            raise Refused("证件号码与姓名对不上：请退回，让本人核对姓名和证件号。", fields=["name"])
        if known_id is None and person.reveal("id_number"):
            raise Refused("证件号码和申请人档案里的不一样：请退回，让本人核对证件号。", fields=["id_number"])
        if not has_seen_card:
            _check_known(application)
    else:
        phone = phone_of(application.account_id)
        person = people.register(name=application.name, id_number=id_number, phone=phone, by=by, at=at)
    bind_person(account_id=application.account_id, person=person, by=by, at=at)
    Application._base_manager.filter(pk=application.pk).update(person=person)
    casework.give_person(matter=application, person=person, by=by, at=at)
    application.person = person
    return person


@verb("enrolment.send_back", zh="退回或不予通过", may="enrolment.approve", on="application")
def send_back(
    *, application: Application, reason: RefusalReason, words: str, final: bool, by: Actor, at: datetime, key: str = ""
) -> Application:
    """Return an application for one answer to be mended, or refuse it; the reason is told to the applicant.

    Refused for a return that leaves nothing to mend.
    """
    if not final and not MENDED_BY[reason]:
        raise Refused(
            f"“{reason.label}”不是改一项就能解决的，请选择“不予通过”，并写明该加入哪个工会。", fields=["reason"]
        )
    said = words.strip() or reason.label
    casework.move(matter=application, move_code="refuse" if final else "return", by=by, at=at, words=said)
    Application.objects.filter(pk=application.pk).update(reason=reason)
    application.reason = reason
    if application.person:
        messages.tell(
            person=application.person,
            organisation=application.organisation,
            title="入会申请需要修改" if not final else "入会申请没有通过",
            body=said,
            path=reverse("enrolment:application", args=[application.reference]),
            also_sms=True,
            by=by,
            at=at,
        )
    else:
        sending = f"enrolment-answer-{application.pk}-{application.version}"
        events.emit("enrolment.answered", key=sending, at=at, application_id=application.pk)
    note(application, reason=str(reason))
    return application


@verb("enrolment.mend", zh="修改后重新提交", may=SIGNED_IN)
def mend(*, application: Application, changes: dict[str, Any], by: Actor, at: datetime, key: str = "") -> Application:
    """The applicant mends what was named and sends the application again.

    `changes` may hold name, id_number, employer (None: not a registered one), employer_name and job; what the reason
    does not name is left as it was.
    """
    named = set(MENDED_BY.get(application.reason, ()))
    named |= {"employer"} if "workplace" in named else set()
    taken = {field: value for field, value in changes.items() if field in named}
    casework.move(matter=application, move_code="resubmit", by=by, at=at)
    if id_number := taken.pop("id_number", ""):
        _check_own_number(application.person_id, id_number)
        application.seal_in(id_number=id_number)
    for field, value in taken.items():
        setattr(application, field, value)
    application.reason = ""
    columns = ["name", "id_number", "id_number_index", "employer", "employer_name", "job", "reason"]
    application.save(update_fields=columns)
    note(application, fields=sorted(changes))
    return application


@verb("enrolment.withdraw", zh="撤回入会申请", may=SIGNED_IN)
def withdraw(*, application: Application, by: Actor, at: datetime, key: str = "") -> Application:
    """The applicant takes the application back before it is decided."""
    casework.move(matter=application, move_code="withdraw", by=by, at=at)
    return application
