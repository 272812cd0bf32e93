"""The desk of a union's site: its one record, closing it, and the site of another union that serves this one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gongjia.domains.homes import forms, params, queries
from gongjia.domains.homes.pages import confirm_page, form_page
from gongjia.domains.homes.sites import services
from gongjia.kernel.errors import Refused, Stale
from gongjia.kernel.moments import today_of
from gongjia.kernel.references import new_tracking_code
from gongjia.kernel.requests import Request


def site(request: Request, *, subject: Any) -> HttpResponse:
    """The one record of a union's site, new or as it stands."""
    row = queries.own_site_of(subject)
    offered = params.services(on=today_of(request.at), region=subject.region.code)
    form = forms.SiteForm(
        request.POST or None, site=row, offered=offered, initial={"key": new_tracking_code()} | _suggested(subject, row)
    )
    reasons: tuple[str, ...] = ()
    if form.is_valid():
        said = form.cleaned_data
        sent = {"version": said["version"], "key": said["key"], "by": request.actor, "at": request.at}
        try:
            services.keep_site(organisation=subject, facts=form.facts, **sent)
        except Refused as refused:
            reasons = refused.reasons
        except Stale:
            reasons = ("阵地的资料刚刚被别人修改过，您填的没有写进去。请重新打开看看现在的内容，再改。",)
        else:
            messages.success(request, "阵地的资料已经公开。")
            return redirect("homes:union", reference=subject.reference)
    return form_page(request, "homes/site.html", subject, {"form": form, "reasons": reasons, "site": row})


def _suggested(union: Any, row: Any) -> dict[str, str]:
    """What is known of a place before anything is written: the union's own address."""
    return {} if row else {"address": union.address}


def close(request: Request, *, subject: Any) -> HttpResponse:
    """Close the own site, once what that means has been read."""
    union_url = reverse("homes:union", args=[subject.reference])
    row = queries.own_site_of(subject)
    if row is None:
        return redirect(union_url)
    served = len(queries.served_by(row))
    others = [f"还在使用它的 {served} 个工会，从今天起没有阵地，请先告诉他们。"] if served else []
    return confirm_page(
        request,
        lambda: services.close_site(organisation=subject, by=request.actor, at=request.at),
        done="阵地已经停用。",
        to=union_url,
        title=f"停用“{row.name}”",
        why=f"{row.address}。",
        consequences=["公开页和“附近的阵地”里不再出现。", *others, "以后可以重新登记。"],
        submit_zh="停用",
        tree_at=subject.reference,
    )


def use(request: Request, *, subject: Any) -> HttpResponse:
    """Choose the site of another union that serves this one, or leave it."""
    current = queries.use_of(subject)
    offered = queries.own_near(subject)
    is_choosing = request.method == "POST" and "leave" not in request.POST
    form = forms.UseSiteForm(
        request.POST if is_choosing else None, offered=offered, initial={"key": new_tracking_code()}
    )
    reasons: tuple[str, ...] = ()
    try:
        if "leave" in request.POST:
            services.leave_site(organisation=subject, by=request.actor, at=request.at)
            messages.success(request, "已经不再使用那个阵地。")
            return redirect("homes:union", reference=subject.reference)
        if form.is_valid():
            site_id = queries.site_id_of(form.cleaned_data["site"]) or 0
            key = form.cleaned_data["key"]
            services.use_site(organisation=subject, site_id=site_id, by=request.actor, at=request.at, key=key)
            messages.success(request, "已经登记，公开页上显示这个阵地了。")
            return redirect("homes:union", reference=subject.reference)
    except Refused as refused:
        reasons = refused.reasons
    context = {"form": form, "reasons": reasons, "current": current, "offered": offered}
    return form_page(request, "homes/use_site.html", subject, context)
