"""The officer's own page: whether the own name is shown, wherever a post is held."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.domains.homes import forms, queries, services
from gongjia.domains.homes.desk_views import withdrawn_means
from gongjia.domains.homes.pages import confirm_page
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
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
    return render(request, "homes/my_names.html", context, status=status_of(form, reasons))


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
    return confirm_page(
        request,
        lambda: services.withdraw(card=subject, by=request.actor, at=request.at),
        done="已经撤回，您的姓名和电话不再公开。",
        to=reverse("homes:my_names"),
        base_template="theme/service.html",
        title="撤回公开姓名",
        why=f"{subject.organisation.name}，{subject.post.get_role_display()}。",
        consequences=withdrawn_means(subject),
        submit_zh="撤回",
    )
