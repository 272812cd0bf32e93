"""The desk of a union's public face: what it shows, who is named, duties and promises, the plate and the sheet."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.posts.words import Role
from gongjia.domains.homes import face, forms, params, queries, services
from gongjia.domains.homes.pages import confirm_page, form_page
from gongjia.domains.homes.words import OFFICERS, THREE, WITHOUT_FACE, DisplayKind
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request
from gongjia.theme.components import qr

_WRITE, _CHECK = "homes.write", "homes.check"
_STALE = "这里刚刚被别人修改过，您填的没有写进去。请重新打开看看现在的内容，再改。"


def union(request: Request, *, subject: Any) -> HttpResponse:
    """One union: what it shows, what is missing, and the way to each of them."""
    today = today_of(request.at)
    displays = queries.displays_of(subject)
    words = forms.words_of(subject, on=today)
    current = {each.kind: each for each in displays if each.lapsed_on is None}
    site = queries.own_site_of(subject)
    use = None if site else queries.use_of(subject)
    missing = [zh for kind, zh in words.items() if kind not in current] + ([] if site or use else [queries.SITE_ZH])
    officers = queries.officers_in(subject, on=today)
    context = {
        "union": subject,
        "has_face": subject.kind not in WITHOUT_FACE,
        "missing": missing,
        "three": [(kind, zh, current.get(kind)) for kind, zh in words.items()],
        "past": [(words[each.kind], each) for each in displays if each.lapsed_on is not None],
        "officers": officers,
        "is_officer": any(each.person_id == request.actor.person_id for each in officers),
        "site": site,
        "use": use,
        "served": queries.served_by(site) if site else [],
        "may_write": request.actor.may(_WRITE, path=subject.path),
        "may_check": _is_above(request, subject),
        "crumbs": [("三亮和阵地", reverse("homes:board"))],
        "tree_at": subject.reference,
    }
    return render(request, "homes/union.html", context)


def _is_above(request: Request, union: Any) -> bool:
    """Whether the actor checks this union, and is not its own officer."""
    own = {each.organisation_id for each in request.actor.posts}
    return request.actor.may(_CHECK, path=union.path) and union.pk not in own


def show(request: Request, *, subject: Any) -> HttpResponse:
    """Register that one of the three is shown."""
    kind = request.GET.get("kind", "")
    if kind not in THREE:
        return redirect("homes:union", reference=subject.reference)
    today = today_of(request.at)
    zh = forms.words_of(subject, on=today)[kind]
    form = forms.ShowForm(request.POST or None, initial={"shown_on": today, "key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            services.show(
                organisation=subject, kind=DisplayKind(kind), **form.cleaned_data, by=request.actor, at=request.at
            )
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, f"“{zh}”已经登记，公开页上看得到了。")
            return redirect("homes:union", reference=subject.reference)
    context = {"title": f"登记“{zh}”", "form": form, "reasons": reasons, "submit_zh": "登记", "kind": kind}
    return form_page(request, "homes/show.html", subject, context)


def take_down(request: Request, *, subject: Any) -> HttpResponse:
    """Take a display back, once what that means has been read."""
    union_url = reverse("homes:union", args=[subject.organisation.reference])
    if subject.lapsed_on is not None:
        return redirect(union_url)
    zh = forms.words_of(subject.organisation, on=today_of(request.at))[subject.kind]
    return confirm_page(
        request,
        lambda: services.take_down(display=subject, by=request.actor, at=request.at),
        done=f"“{zh}”已经撤下。",
        to=union_url,
        title=f"撤下“{zh}”",
        why=f"{subject.organisation.name}，{subject.shown_on:%Y-%m-%d} 开始展示。",
        consequences=[
            "公开页上不再显示这一项，覆盖率从今天起不计。",
            "登记过的内容留在记录里；重新做好了可以再登记。",
        ],
        submit_zh="撤下",
        tree_at=subject.organisation.reference,
    )


def check(request: Request, *, subject: Any) -> HttpResponse:
    """What a superior saw on the spot."""
    today = today_of(request.at)
    zh = forms.words_of(subject.organisation, on=today)[subject.kind]
    form = forms.CheckForm(request.POST or None, initial={"on": today, "key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        facts = {"is_there": said["is_there"] == "yes", "on": said["on"], "words": said["words"], "key": said["key"]}
        try:
            services.check(display=subject, **facts, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            done = (
                "已经记下，公开页上会显示“上级工会已核实”。"
                if facts["is_there"]
                else "已经记下，这一项从核实那天起不计，主席会收到消息。"
            )
            messages.success(request, done)
            return redirect("homes:union", reference=subject.organisation.reference)
    context = {
        "title": f"核实“{zh}”", "form": form, "reasons": reasons, "submit_zh": "记下核实结果", "display": subject,
    }  # fmt: skip
    return form_page(request, "homes/check.html", subject.organisation, context)


def duty(request: Request, *, subject: Any) -> HttpResponse:
    """The duties and the promise of one post."""
    role = request.GET.get("role", "")
    if role not in OFFICERS:
        return redirect("homes:union", reference=subject.reference)
    row = queries.duties_of(subject).get(role)
    offered = params.default_duty(role, on=today_of(request.at), region=subject.region.code)
    form = forms.DutyForm.of(request.POST or None, row=row, offered=offered, key=new_tracking_code())
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        try:
            services.write_duty(
                organisation=subject, role=Role(role), **form.cleaned_data, by=request.actor, at=request.at
            )
        except Refused as refused:
            reasons = refused.reasons
        except Stale:
            reasons = (_STALE,)
        else:
            messages.success(request, f"{Role(role).label}的职责和承诺已经公开。")
            return redirect("homes:union", reference=subject.reference)
    context = {"title": f"{Role(role).label}的职责和承诺", "form": form, "reasons": reasons, "is_new": row is None}
    return form_page(request, "homes/duty.html", subject, context | {"submit_zh": "保存并公开"})


def names(request: Request, *, subject: Any) -> HttpResponse:
    """Who is named in public, and the consent that was given on paper."""
    today = today_of(request.at)
    cards = queries.cards_of(subject)
    held = queries.officers_in(subject, on=today)
    took_back = queries.took_back([each.pk for each in held if each.pk not in cards])
    waiting = [each for each in held if each.pk not in cards and each.pk not in took_back]
    form = forms.PaperConsentForm(request.POST or None, posts=waiting, initial={"key": new_tracking_code()})
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        facts = {"post": form.post, "office_line": said["office_line"], "key": said["key"]}
        try:
            services.record_consent(organisation=subject, **facts, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "已经登记，公开页上显示姓名了。")
            return redirect("homes:names", reference=subject.reference)
    own = request.actor.person_id
    context = {
        "title": "公开姓名",
        "form": form,
        "reasons": reasons,
        "waiting": waiting,
        "took_back": [each for each in held if each.pk in took_back],
        "named": [(each, cards[each.pk]) for each in held if each.pk in cards],
        "is_officer": any(each.person_id == own for each in held),
    }
    return form_page(request, "homes/names.html", subject, context)


def drop_card(request: Request, *, subject: Any) -> HttpResponse:
    """Take an officer's name back."""
    names_url = reverse("homes:names", args=[subject.organisation.reference])
    if subject.ended_at is not None:
        return redirect(names_url)
    return confirm_page(
        request,
        lambda: services.drop_card(card=subject, by=request.actor, at=request.at),
        done="姓名和电话已经撤下。",
        to=names_url,
        title=f"不再公开{subject.name}的姓名",
        why=f"{subject.organisation.name}，{subject.post.get_role_display()}。",
        consequences=[*withdrawn_means(subject), "本人会收到消息。"],
        submit_zh="撤下姓名",
        tree_at=subject.organisation.reference,
    )


def withdrawn_means(card: Any) -> list[str]:
    """What taking a name back brings about, for whoever is about to."""
    means = ["公开页、牌子和职责承诺表上马上只显示姓氏，电话也不再显示。"]
    if card.post.role == Role.CHAIR:
        means.append("主席的身份不再展示，这一项从今天起不计入覆盖率。")
    return [*means, "以后可以重新同意。"]


def plate(request: Request, *, subject: Any) -> HttpResponse:
    """The plate as it is printed on A4."""
    today = today_of(request.at)
    address = address_of(subject)
    shown = face.face_of(subject, on=today)
    context = {
        "union": subject,
        "face": shown,
        "headline": subject.name,
        "address": address,
        "qr": qr.svg(address),
        "back_url": reverse("homes:union", args=[subject.reference]),
    }
    return render(request, "homes/plate.html", context)


def sheet(request: Request, *, subject: Any) -> HttpResponse:
    """The officers' duties and promises as they are printed."""
    today = today_of(request.at)
    address = address_of(subject)
    context = {
        "union": subject,
        "face": face.face_of(subject, on=today),
        "qr": qr.svg(address),
        "address": address,
        "today": today,
        "back_url": reverse("homes:union", args=[subject.reference]),
    }
    return render(request, "homes/sheet.html", context)


def address_of(union: Any) -> str:
    """Where the public page of a union stands on the net."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("open:union", args=[union.reference])
