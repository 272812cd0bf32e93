"""The verbs of joining."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from gongjia.backbone.accounts.queries import actor_by_account, of_person
from gongjia.backbone.accounts.services import bind_person, grant, phone_of
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.queries import has_live, live_of
from gongjia.backbone.memberships.words import Origin
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS, Kind
from gongjia.backbone.people import services as people
from gongjia.backbone.people.models import Person
from gongjia.backbone.people.queries import id_of_number
from gongjia.backbone.people.words import EmploymentForm
from gongjia.backbone.regions.models import Region
from gongjia.domains.enrolment import params
from gongjia.domains.enrolment.models import Application, Poster
from gongjia.domains.enrolment.posters import check_open
from gongjia.domains.enrolment.queries import known_of
from gongjia.domains.enrolment.words import CONSENT_VERSION, MENDED_BY, RefusalReason
from gongjia.engines.casework import services as casework
from gongjia.engines.messages import services as messages
from gongjia.kernel import db, events
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.verbs import note, verb


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
    is_migrant: bool | None = None,
    region: Region | None = None,
    spot_at: datetime | None = None,
    key: str = "",
) -> Application:
    """Ask to join the poster's union; an entry on the net is no row and is kept as none.

    A second application while one is open is refused; who is a member already, too; and one without a workplace.
    Where the entry is the county's own, the application waits there with a time limit until a union is found.
    `spot_at`: the moment of the officer's code that the applicant has opened in time (`spots.read`): admitted at once
    in the officer's name, or left to the queue where anything at all stands against it.

    The ID number is as `rules.clean_id_number` gives it. Nothing here tells whether the number has a file elsewhere.
    """
    check_open(poster)
    _check_no_member(by)
    _check_own_number(by.person_id, id_number)
    if employer is None and not employer_name.strip():
        raise Refused(
            "还没有写在哪里工作：请选单位，或者写上名称；没有固定单位的，写“灵活就业”。", fields=["employer_name"]
        )
    was_here = Application._base_manager.filter(account_id=by.account_id or 0).exists()
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
        is_migrant=is_migrant,
        region=region,
        due_at=_due_at(poster.organisation, at),
        consent_version=CONSENT_VERSION,
    )
    application.seal_in(id_number=id_number)
    _open(application, by=by, at=at)
    if by.person_id is None and by.account_id:
        grant(account_id=by.account_id, kind=application.flow_code, number=application.pk, by=by, at=at)
    if spot_at is not None and not was_here:
        _admit(application, spot_at=spot_at, at=at)
    note(application, poster_id=poster.pk, is_at_once=application.spot_at is not None)
    return application


def _due_at(organisation: Organisation, at: datetime) -> datetime | None:
    """Until when the county answers; None where a union has the application."""
    return at + params.pool_answers(on=today_of(at)) if organisation.kind == Kind.FEDERATION else None


def _admit(application: Application, *, spot_at: datetime, at: datetime) -> None:
    """Approve at once in the name of whoever shows the code, as long as that post still may; else nothing happens, and
    the union decides. The reason is told to nobody but the union."""
    poster = application.poster
    if poster is None or poster.shown_by_id is None:
        return
    db.lock(f"enrolment.spot.{poster.pk}.{spot_at.timestamp()}")
    admitted = Application._base_manager.filter(poster=poster, spot_at=spot_at).count()
    if admitted >= params.spot_most(on=today_of(at)):
        return
    if (account := of_person(poster.shown_by_id)) is None:
        return
    officer = actor_by_account(account.pk, on=today_of(at), channel="task")
    try:
        with transaction.atomic():
            application.spot_at = spot_at
            application.save(update_fields=["spot_at"])
            approve(application=application, by=officer, at=at)
    except (Refused, Forbidden):
        application.refresh_from_db(from_queryset=Application._base_manager.select_related("organisation", "poster"))


def _open(application: Application, *, by: Actor, at: datetime) -> None:
    try:
        with transaction.atomic():
            title = f"入会申请：{application.name}"
            casework.open_matter(matter=application, title=title, by=by, at=at, due_at=application.due_at)
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
    if application.is_pooled:
        raise Refused("这份申请还没有工会：请先转给一个工会，由它审核。", fields=["to"])
    casework.move(matter=application, move_code="approve", by=by, at=at)
    person = _person_of(application, has_seen_card=has_seen_card, by=by, at=at)
    membership = live_of(person.pk)
    if membership is None or membership.organisation_id != application.organisation_id:
        membership = memberships.start(
            organisation=application.organisation,
            person=person,
            origin=_origin_of(application),
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


def _origin_of(application: Application) -> Origin:
    if application.spot_at is not None:
        return Origin.SPOT
    return Origin.POSTER if application.poster_id else Origin.ONLINE


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
        facts = {"is_migrant": application.is_migrant}
        person = people.register(name=application.name, id_number=id_number, phone=phone, facts=facts, by=by, at=at)
    if person.is_migrant is None and application.is_migrant is not None:
        facts = {"is_migrant": application.is_migrant}
        person = people.amend(person=person, version=person.version, changes=facts, by=by, at=at)
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
    answered_at = at if application.is_pooled else application.answered_at
    Application.objects.filter(pk=application.pk).update(reason=reason, answered_at=answered_at)
    application.reason, application.answered_at = reason, answered_at
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
        _tell_phone(application, at)
    note(application, reason=str(reason))
    return application


def _tell_phone(application: Application, at: datetime) -> None:
    """Word to the phone of an applicant who has no file, and so no inbox, yet."""
    sending = f"enrolment-answer-{application.pk}-{application.version}"
    events.emit("enrolment.answered", key=sending, at=at, application_id=application.pk)


@verb("enrolment.assign", zh="把入会申请转给工会", may="enrolment.assign", on="application")
def assign(*, application: Application, to: Organisation, by: Actor, at: datetime, key: str = "") -> Application:
    """The county gives an application that had no union to one that can take the worker; that union decides.

    Refused for one that is not the county's to give, or has been answered, and for a union that takes no members.
    """
    if not application.is_pooled:
        raise Refused("这份申请已经答复过，或者已经有工会在办。")
    if to.kind not in WITH_MEMBERS or to.state not in IN_FORCE:
        raise Refused(f"“{to.name}”现在不能接收会员，请换一个工会。", fields=["to"])
    if not to.path.startswith(application.organisation.path):
        raise Refused(f"“{to.name}”不在{application.organisation.name}范围内。", fields=["to"])
    casework.move(matter=application, move_code="assign", by=by, at=at, words=f"由{to.name}审核")
    casework.hand_over(matter=application, to=to, by=by, at=at)
    Application._base_manager.filter(pk=application.pk).update(answered_at=at)
    application.answered_at = at
    if application.person:
        messages.tell(
            person=application.person,
            organisation=to,
            title="您的入会申请已经找到工会",
            body=f"已经转给{to.name}，由它审核。",
            path=reverse("enrolment:application", args=[application.reference]),
            by=by,
            at=at,
        )
    else:
        _tell_phone(application, at)
    note(application, to_id=to.pk)
    return application


@verb("enrolment.inherit", zh="承接入会申请", may=INSIDE)
def inherit(*, application: Application, to: Organisation, by: Actor, at: datetime) -> Application:
    """The union with which an application waits has ended: its successor answers for it, or its superior, which gives
    it to another union within the time of the pool."""
    due_at = _due_at(to, at) if application.state == "submitted" else None
    casework.hand_over(matter=application, to=to, by=by, at=at, due_at=due_at)
    if due_at:
        Application._base_manager.filter(pk=application.pk).update(due_at=due_at, answered_at=None)
        application.due_at, application.answered_at = due_at, None
    note(application, to_id=to.pk)
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
    due_at = _due_at(application.organisation, at)
    casework.move(matter=application, move_code="resubmit", by=by, at=at, due_at=due_at)
    if id_number := taken.pop("id_number", ""):
        _check_own_number(application.person_id, id_number)
        application.seal_in(id_number=id_number)
    for field, value in taken.items():
        setattr(application, field, value)
    application.reason = ""
    if application.organisation.kind == Kind.FEDERATION:
        application.due_at, application.answered_at = due_at, None
    columns = ["name", "id_number", "id_number_index", "employer", "employer_name", "job", "reason"]
    columns += ["due_at", "answered_at"]
    application.save(update_fields=columns)
    note(application, fields=sorted(changes))
    return application


@verb("enrolment.withdraw", zh="撤回入会申请", may=SIGNED_IN)
def withdraw(*, application: Application, by: Actor, at: datetime, key: str = "") -> Application:
    """The applicant takes the application back before it is decided."""
    casework.move(matter=application, move_code="withdraw", by=by, at=at)
    return application
