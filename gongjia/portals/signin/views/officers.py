"""The officers' way: name and password, second factor, and at the first sign-in setting it up."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from gongjia.backbone.accounts import services
from gongjia.backbone.accounts.fresh import require_fresh
from gongjia.backbone.accounts.limits import SHORTEST_OFFICER_PASSWORD, SHORTEST_PASSWORD
from gongjia.backbone.accounts.queries import is_officer
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request
from gongjia.portals.signin import entry, second_factor, stages
from gongjia.portals.signin.forms import EnrolForm, NewPasswordForm, OfficerForm, SecondFactorForm
from gongjia.portals.signin.views._page import draw


def officer(request: Request) -> HttpResponse:
    """Name and password. What is wrong is never told apart: name unknown, password wrong."""
    entry.keep_errand(request)
    if request.actor.is_signed_in:
        return HttpResponseRedirect(entry.errand_of(request))
    form = OfficerForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        entry.begin_anew(request)
        response: HttpResponse = form.login(request, redirect_url=entry.errand_of(request))
        return response
    return draw(request, "officer", form=form)


def second(request: Request) -> HttpResponse:
    """The changing code, or one of the recovery codes."""
    stage = stages.current(request, stages.SecondFactorStage)
    if stage is None:
        return redirect("signin:officer")
    form = SecondFactorForm(request.POST or None, user=stage.login.user, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        response: HttpResponse = stage.exit()
        return response
    return draw(request, "second_factor", form=form)


def renew_password(request: Request) -> HttpResponse:
    """A password that is too old, or was set by somebody else, is changed before the way goes on."""
    stage = stages.current(request, stages.PasswordStage)
    if stage is None:
        return redirect("signin:officer")
    account = stage.login.user
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        by = Actor(account_id=account.pk, person_id=account.person_id)
        try:
            services.set_password(account=account, password=form.cleaned_data["password"], by=by, at=request.at)
        except Refused as refusal:
            form.add_error("password", list(refusal.reasons))
        else:
            response: HttpResponse = stage.exit()
            return response
    shortest = SHORTEST_OFFICER_PASSWORD if is_officer(account, on=today_of(request.at)) else SHORTEST_PASSWORD
    is_first = account.password_changed_at is None
    return draw(request, "renew_password", form=form, is_first=is_first, shortest=shortest)


def enrol(request: Request) -> HttpResponse:
    """Set up the changing code: nobody with a strict post is in without it."""
    stage = stages.current(request, stages.EnrolStage)
    if stage is None:
        return redirect("signin:officer")
    account, secret = stage.login.user, second_factor.secret_of(request, stage)
    form = EnrolForm(request.POST or None, secret=secret)
    if form.is_valid():
        second_factor.set_up(request, account, secret)
        response: HttpResponse = stage.exit()
        if request.user.is_authenticated:
            codes_url = reverse("signin:recovery-codes")
            response["Location"] = f"{codes_url}?{urlencode({'next': response['Location']})}"
        return response
    return draw(request, "enrol", form=form, secret=secret, picture=second_factor.picture_of(account, secret))


def recovery_codes(request: Request) -> HttpResponse:
    """The ten codes for a lost phone, and a way to make new ones."""
    require_fresh(request)
    if request.method == "POST":
        second_factor.make_recovery_codes(request)
        return redirect("signin:recovery-codes")
    wanted = request.GET.get("next", "")
    next_url = wanted if entry.is_own(request, wanted) else ""
    return draw(request, "recovery_codes", codes=second_factor.recovery_codes_of(request), next_url=next_url)
