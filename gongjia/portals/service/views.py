"""The worker's pages: home, messages, the own file."""

import json
from typing import Any

from allauth.core.internal.ratelimit import Rate
from django.contrib import messages as notices
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.accounts.fresh import require_fresh
from gongjia.backbone.accounts.queries import mine
from gongjia.backbone.memberships.queries import live_of
from gongjia.backbone.people.queries import myself
from gongjia.backbone.posts.openings import in_words
from gongjia.domains.enrolment import drafts
from gongjia.domains.enrolment.queries import open_application_of
from gongjia.engines.messages import queries as messages
from gongjia.engines.messages import services as message_services
from gongjia.kernel.masking import mask_identity, mask_phone
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request
from gongjia.portals.liaison.clocks import due_of
from gongjia.portals.service import copying, queries, services
from gongjia.portals.service.forms import AmendForm, ChoiceForm, LetterForm
from gongjia.portals.service.words import ASKED, About, greeting
from gongjia.portals.signin import limits

#: Who writes more than this is a machine, or needs somebody to call.
LETTERS_OF_ONE = (Rate(5, 60, "key"), Rate(30, 86400, "key"))
MOST_SHOWN = 200
NOTICES = "notices"


def home(request: Request) -> HttpResponse:
    """Who I am here, what waits for me, what I can do."""
    actor = request.actor
    context: dict[str, Any] = {"greeting": greeting(request.at)}
    if actor.person_id is None:
        mine = open_application_of(actor.account_id or 0)
        return render(request, "service/newcomer.html", context | {"mine": mine, "begun": drafts.begun(request)})
    return render(request, "service/home.html", context | {"home": queries.home_of(actor.person_id, at=request.at)})


def inbox(request: Request) -> HttpResponse:
    """What organisations wrote to the person, or told all; the newest first."""
    person_id = request.actor.person_id
    if person_id is None:
        return _no_file(request, "消息")
    is_notices = request.GET.get("tab") == NOTICES
    rows: QuerySet[Any] = messages.circulars_for(person_id) if is_notices else messages.inbox_of(person_id)
    page = page_of(rows, by=("-sent_at", "-pk"), cursor=request.GET.get("cursor", ""))
    address = reverse("service:messages")
    tabs = [("给我的", address, not is_notices), ("给会员的通知", f"{address}?tab={NOTICES}", is_notices)]
    return render(request, "service/inbox.html", {"page": page, "tabs": tabs, "is_notices": is_notices})


def circular(request: Request, *, subject: Any) -> HttpResponse:
    """A notice to many; opening it is reading it, and the answer may be changed while it stands."""
    person_id = request.actor.person_id
    if person_id is None:
        return _no_file(request, "消息")
    form = ChoiceForm(request.POST or None, answers=subject.answers) if subject.answers else None
    if request.method == "POST" and form is not None and form.is_valid():
        message_services.read_circular(circular=subject, **form.cleaned_data, by=request.actor, at=request.at)
        notices.success(request, "已经记下您的回答。工会只看到人数，看不到是谁。")
        return redirect("service:circular", reference=subject.reference)
    answer = messages.answer_of(subject, person_id)
    if request.method != "POST":
        message_services.read_circular(circular=subject, by=request.actor, at=request.at)
        if form is not None:
            form.initial["answer"] = answer
    back_url = f"{reverse('service:messages')}?tab={NOTICES}"
    context = {"circular": subject, "form": form, "is_answered": answer is not None, "back_url": back_url}
    return render(request, "service/circular.html", context, status=422 if form and form.errors else 200)


def matters(request: Request) -> HttpResponse:
    """All that the person has under way or had, what waits for the person first said."""
    person_id = request.actor.person_id
    if person_id is None:
        return _no_file(request, "我的事项")
    page = page_of(queries.my_matters(person_id), by=("-opened_at", "-pk"), cursor=request.GET.get("cursor", ""))
    lines = [(each, queries.waits_for_person(each)) for each in page.rows]
    return render(request, "service/matters.html", {"page": page, "lines": lines})


def message(request: Request, *, subject: Any) -> HttpResponse:
    """The thread that a message belongs to; what is shown of it is read."""
    rows = messages.thread(subject.person_id, subject.organisation_id)
    page = page_of(rows, by=("-sent_at", "-pk"), cursor=request.GET.get("cursor", ""))
    unread = [each for each in page.rows if each.read_at is None and each.direction == "down"]
    if unread:
        message_services.read(messages=unread, by=request.actor, at=request.at)
    context = {"organisation": subject.organisation, "page": page, "back_url": reverse("service:messages")}
    return render(request, "service/thread.html", context)


def near(request: Request) -> HttpResponse:
    """Stations and homes around the place of my union, the nearest first."""
    person_id = request.actor.person_id
    live = live_of(person_id) if person_id is not None else None
    if live is None:
        return _no_file(request, "附近的工会服务")
    found = queries.sites_around(live)
    return render(request, "service/near.html", {"found": found, "union": live.organisation})


def write(request: Request) -> HttpResponse:
    """One thing: a letter to my union; under it what was written before."""
    person_id = request.actor.person_id
    live = live_of(person_id) if person_id is not None else None
    if live is None:
        return _no_file(request, "给工会留言")
    asked = request.GET.get("about", "")
    about = About(asked) if asked in About.values else About.OTHER
    form = LetterForm(request.POST or None, initial={"about": about, "key": new_tracking_code()})
    is_said = False
    if request.method == "POST" and form.is_valid():
        limits.take_or_stop(
            request, f"letters:{request.actor.account_id}", LETTERS_OF_ONE, "您今天已经写了很多条，请等一等工会的回复。"
        )
        again = request.POST.get("again") == "1"
        try:
            letter = services.write(**form.cleaned_data, again=again, by=request.actor, at=request.at)
        except services.SaidAlready:
            is_said = True
        else:
            by = due_of(letter.sent_at).day
            said = f"已经送到{letter.organisation.name}，最迟 {by.month} 月 {by.day} 日答复您。"
            notices.success(request, f"{said}回复会出现在这里，也会出现在“消息”里。")
            return redirect("service:message", reference=letter.reference)
    union = queries.union_that_answers(live, on=request.at.date())
    context = {
        "form": form,
        "title": About(about).label if about else "给工会留言",
        "why": ASKED[about],
        "submit_zh": "发送",
        "is_said": is_said,
        "back_url": reverse("service:me" if about else "service:home"),
        "organisation": union,
        "before": messages.thread(live.person_id, union.pk).order_by("-sent_at", "-pk")[:5],
    }
    return render(request, "service/write.html", context, status=409 if is_said else 422 if form.errors else 200)


def me(request: Request) -> HttpResponse:
    """All that the platform knows about me, with where it comes from."""
    if request.actor.person_id is None:
        return _no_file(request, "我的资料")
    file = queries.file_of(request.actor.person_id)
    context = {
        "file": file,
        "person": file.person,
        "is_member": any(each.until_on is None for each in file.memberships),
        "id_masked": mask_identity(file.person.reveal("id_number")),
        "phone_masked": mask_phone(file.person.reveal("phone")),
    }
    return render(request, "service/me.html", context)


def amend(request: Request) -> HttpResponse:
    """Correct the plain facts of one's own file."""
    if request.actor.person_id is None:
        return _no_file(request, "我的资料")
    form = AmendForm(request.POST) if request.method == "POST" else AmendForm.of(myself(request.actor.person_id))
    if form.is_bound and form.is_valid():
        changes = dict(form.cleaned_data)
        services.amend_myself(version=changes.pop("version"), changes=changes, by=request.actor, at=request.at)
        notices.success(request, "已经改好。")
        return redirect("service:me")
    context = {
        "form": form,
        "title": "更正我的资料",
        "why": "这四项您自己改，马上生效；不想填的可以空着。姓名、证件号、民族和岗位，请工会核对证件后更正。",
        "submit_zh": "保存",
        "back_url": reverse("service:me"),
    }
    return render(request, "service/amend.html", context, status=422 if form.errors else 200)


def openings(request: Request) -> HttpResponse:
    """Who opened my file: every time, with unit, post and purpose."""
    person_id = request.actor.person_id
    if person_id is None:
        return _no_file(request, "谁看过我的档案")
    page = page_of(queries.openings_of(person_id), by=("-pk",), cursor=request.GET.get("cursor", ""))
    context = {"page": page, "openings": in_words(page.rows), "back_url": reverse("service:me")}
    return render(request, "service/openings.html", context)


def numbers(request: Request) -> HttpResponse:
    """The numbers in clear, after a fresh proof."""
    if request.actor.person_id is None:
        return _no_file(request, "我的资料")
    require_fresh(request)
    shown = services.show_numbers(by=request.actor, at=request.at)
    return _unkept(render(request, "service/numbers.html", {**shown, "back_url": reverse("service:me")}))


def copy_page(request: Request) -> HttpResponse:
    """A copy of my data to read and print, after a fresh proof."""
    person = mine(request).person
    if person is None:
        return _no_file(request, "我的资料")
    require_fresh(request)
    copy = services.take_copy(person=person, by=request.actor, at=request.at)
    sections = [
        (zh, copying.in_chinese([lines] if isinstance(lines, dict) else lines[:MOST_SHOWN]), len(lines))
        for zh, lines in copy.sections.items()
        if not isinstance(lines, str)
    ]
    context = {"sections": sections, "made_at": request.at, "most": MOST_SHOWN, "back_url": reverse("service:me")}
    return _unkept(render(request, "service/copy.html", context | {"unread": copy.unread}))


def copy_file(request: Request) -> HttpResponse:
    """The same copy as a file that machines read too."""
    person = mine(request).person
    if person is None:
        return redirect("service:me")
    require_fresh(request)
    copy = services.take_copy(person=person, by=request.actor, at=request.at)
    response = HttpResponse(
        json.dumps(copy.sections, ensure_ascii=False, indent=2), content_type="application/json; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="gongjia-{request.at:%Y%m%d}.json"'
    return _unkept(response)


def _no_file(request: Request, title: str) -> HttpResponse:
    """For who has no file, or no union, yet: the way to one."""
    mine = open_application_of(request.actor.account_id or 0)
    return render(request, "service/no_file.html", {"title": title, "mine": mine})


def _unkept(response: HttpResponse) -> HttpResponse:
    """Full numbers stay in no browser's memory."""
    response["Cache-Control"] = "no-store"
    return response
