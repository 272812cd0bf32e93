"""The officer's own page: whether the own name is shown, wherever a post is held."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.homes import forms, queries, services
from gongjia.domains.homes.desk_views import withdrawn_means
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request


def my_names(request: Request) -> HttpResponse:
    """My posts, and for each whether I agree to be named."""
    person_id = request.actor.person_id or 0
    held = {_code(each): each for each in queries.posts_of_person(person_id, on=today_of(request.at))}
    cards = queries.cards_of_person(person_id)
    form = forms.AgreeForm(request.POST or None)
    reasons: tuple[str, ...] = ()
    if form.is_valid() and (post := held.get(form.cleaned_data["post"])) is not None:
        facts = {"office_line": form.cleaned_data["office_line"], "key": form.cleaned_data["key"]}
        try:
            services.agree(post=post, **facts, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "您的姓名已经公开。随时可以撤回。")
            return redirect("homes:my_names")
    context = {
        "held": [(each, cards.get(each.pk), _form_of(form, code)) for code, each in held.items()],
        "reasons": reasons,
        "form": form,
        "back_url": reverse("service:home"),
    }
    wrong = 409 if reasons else 422 if form.errors else 200
    return render(request, "homes/my_names.html", context, status=wrong)


def _code(post: Any) -> str:
    return f"{post.role}-{post.organisation.reference}"


def _form_of(sent: forms.AgreeForm, code: str) -> forms.AgreeForm:
    """What was typed stays with the post that it was typed for."""
    if sent.is_bound and sent.data.get("post") == code:
        return sent
    return forms.AgreeForm(initial={"post": code, "key": new_tracking_code()}, auto_id=f"{code}-%s")


def withdraw(request: Request, *, subject: Any) -> HttpResponse:
    """Take my name back, once what that means has been read."""
    if subject.ended_at is not None:
        return redirect("homes:my_names")
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            services.withdraw(card=subject, by=request.actor, at=request.at)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, "已经撤回，您的姓名和电话不再公开。")
            return redirect("homes:my_names")
    context = {
        "base_template": "theme/service.html",
        "title": "撤回公开姓名",
        "why": f"{subject.organisation.name}，{subject.post.get_role_display()}。",
        "consequences": withdrawn_means(subject),
        "submit_zh": "撤回",
        "cancel_url": reverse("homes:my_names"),
        "reasons": reasons,
    }
    return render(request, "theme/confirm.html", context, status=409 if reasons else 200)
