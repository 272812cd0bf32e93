"""The office's pages: papers issued and received, the register of numbers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.engines.papers import files, queries, services
from gongjia.engines.papers.forms import Keyed, RegisterForm, SkipForm, VoidForm, WordForm
from gongjia.engines.papers.kinds import zh_of
from gongjia.engines.papers.words import SERIES
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.requests import Request


def desk(request: Request) -> HttpResponse:
    """Papers that the own organisations issued or received, newest first."""
    page = page_of(queries.papers_in_reach(), by=("-issued_at", "-pk"), cursor=request.GET.get("cursor", ""))
    paths = request.actor.paths_for("papers.numbers")
    return render(request, "papers/desk.html", {"page": page, "own": own_of(paths) if paths else None})


def paper(request: Request, *, subject: Any) -> HttpResponse:
    """One paper: what it is, its files, and whether it still holds."""
    by_clerk = subject.template_id is not None
    context = {
        "paper": subject,
        "kicker": zh_of(subject.kind) if zh_of(subject.kind) != subject.title else "",
        "has_pdf": not by_clerk or files.can_turn_word_into_pdf(),
        "may_void": not subject.void_at and request.actor.may("papers.numbers", path=subject.organisation.path),
        "crumbs": [("公文", reverse("papers:desk"))],
        "tree_at": subject.organisation.reference,
    }
    return render(request, "papers/paper.html", context)


def void(request: Request, *, subject: Any) -> HttpResponse:
    """Void a paper, once what that means has been read. Who only received it cannot."""
    request.actor.require("papers.numbers", path=subject.organisation.path)
    return _voided(
        request,
        lambda reason: services.void(paper=subject, reason=reason, by=request.actor, at=request.at),
        title="作废这份公文",
        why=f"《{subject.title}》{subject.number_zh}",
        consequences=["公文和文号都保留，注明作废和原因；文号不再使用。", "再打开、再核验它的人，会看到已经作废。"],
        back=reverse("papers:paper", args=[subject.reference]),
        organisation=subject.organisation,
    )


def numbers(request: Request, *, subject: Any) -> HttpResponse:
    """The register of an organisation's numbers, and what is entered by hand."""
    word = queries.word_of(subject)
    begun = {"word": word.word if word else queries.word_to_confirm(subject), "version": word.version if word else 0}
    given = {"organisation": subject, "by": request.actor, "at": request.at}
    made: dict[str, tuple[Keyed, Callable[..., Any], str]] = {
        "word": (_form(request, "word", WordForm, begun), services.set_word, "机关代字已经设定。"),
        "register": (_form(request, "register", RegisterForm), services.register_number, "文号已经登记。"),
        "skip": (_form(request, "skip", SkipForm), services.skip_numbers, "已经登记，平台从下一号开始。"),
    }
    act = request.POST.get("act", "")
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and act not in made:
        reasons = ("不知道要办什么，请刷新页面后再按一次按钮。",)
    elif request.method == "POST":
        form, verb, done = made[act]
        if form.is_valid():
            try:
                verb(**form.cleaned_data, **given)
                messages.success(request, done)
                return redirect("papers:numbers", reference=subject.reference)
            except Refused as refusal:
                reasons = refusal.reasons
    year = today_of(request.at).year
    last = queries.series_of(subject, year)
    context = {
        "organisation": subject,
        "page": page_of(queries.numbers_of(subject), by=("-taken_at", "-pk"), cursor=request.GET.get("cursor", "")),
        "series": [(f"{begun['word']}{code}〔{year}〕", last[code]) for code in SERIES if code in last],
        "year": year,
        "forms": {name: form for name, (form, _, _) in made.items()},
        "act": act,
        "reasons": reasons,
        "crumbs": [("公文", reverse("papers:desk"))],
        "tree_at": subject.reference,
    }
    is_wrong = any(form.errors for form, _, _ in made.values())
    return render(request, "papers/numbers.html", context, status=409 if reasons else 422 if is_wrong else 200)


def _form(request: Request, act: str, form: type[Keyed], initial: dict[str, Any] | None = None) -> Keyed:
    """Of several forms on a page only the one that was sent is bound."""
    return form(request.POST if request.POST.get("act") == act else None, initial=initial)


def void_number(request: Request, *, subject: Any) -> HttpResponse:
    """Void a number that was taken by hand, once what that means has been read."""
    return _voided(
        request,
        lambda reason: services.void_number(number=subject, reason=reason, by=request.actor, at=request.at),
        title="作废这个文号",
        why=f"{subject.text}《{subject.subject}》",
        consequences=["文号留在登记簿里，注明作废和原因，不再给别的公文使用。"],
        back=reverse("papers:numbers", args=[subject.organisation.reference]),
        organisation=subject.organisation,
    )


def _voided(
    request: Request,
    act: Callable[[str], Any],
    *,
    title: str,
    why: str,
    consequences: list[str],
    back: str,
    organisation: Any,
) -> HttpResponse:
    form = VoidForm(request.POST if request.method == "POST" else None)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, "已经作废，原因已经记下。")
            return redirect(back)
    context = {
        "title": title,
        "why": why,
        "consequences": consequences,
        "form": form,
        "reasons": reasons,
        "submit_zh": "确认作废",
        "cancel_url": back,
        "crumbs": [("公文", reverse("papers:desk"))],
        "tree_at": organisation.reference,
    }
    return render(request, "theme/confirm.html", context, status=409 if reasons else 422 if form.errors else 200)
