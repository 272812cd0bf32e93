"""What stands beside a list for the row that was chosen: a few facts and the way to the file.

A brief of a member holds nothing but what the list and the union's own page show: no number, no birthday, nothing that
asks for a purpose. Who opens its address by itself is led to the file.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from gongjia.backbone.employers import queries as employers
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.words import WITH_MEMBERS
from gongjia.backbone.posts import queries as posts
from gongjia.backbone.posts.words import Role
from gongjia.engines.figures import reading
from gongjia.kernel.requests import Request
from gongjia.portals.work import history

MOST_POSTS = 6
#: Whom one asks for at a union.
ASKED_FOR = (Role.CHAIR, Role.VICE_CHAIR, Role.CLERK)


def union(request: Request, *, subject: Any) -> HttpResponse:
    """A union in short: who leads it, under whom it stands, how many members, until when its term."""
    if not request.htmx:
        return redirect("work:union", reference=subject.reference)
    today = request.at.date()
    record = history.history_of(subject)
    terms = record.of("term")
    led_by = [each for each in record.holding("post", today) if each.what in ASKED_FOR]
    context = {
        "union": subject,
        "superior": next(iter(record.holding("placement", today)), None),
        "term": terms[0] if terms else None,
        "is_term_over": bool(terms) and terms[0].until_on is not None and terms[0].until_on < today,
        "posts": sorted(led_by, key=lambda each: ASKED_FOR.index(Role(each.what)))[:MOST_POSTS],
        "members": reading.total("members", subject, on=today),
        "can_poster": request.actor.may("enrolment.posters", path=subject.path) and subject.kind in WITH_MEMBERS,
    }
    return render(request, "work/union_brief.html", context)


def employer(request: Request, *, subject: Any) -> HttpResponse:
    """An employer in short: whether a union covers it, how many work there by each source, where it is."""
    if not request.htmx:
        return redirect("work:employer", reference=subject.reference)
    counts = employers.headcounts_of(subject)
    latest = {each.source: each for each in reversed(counts)}
    context = {
        "employer": subject,
        "coverage": employers.coverage_of(subject),
        "headcounts": sorted(latest.values(), key=lambda each: each.on, reverse=True),
    }
    return render(request, "work/employer_brief.html", context)


def member(request: Request, *, subject: Any) -> HttpResponse:
    """A membership in short. The file itself asks for a purpose, and the person sees who opened it."""
    if not request.htmx:
        return redirect("work:person", reference=subject.reference)
    today = request.at.date()
    held = [each for each in posts.of_person(subject.person_id) if each.until_on is None or each.until_on > today]
    context = {
        "membership": subject,
        "is_live": subject.state in LIVE,
        "posts": held[:MOST_POSTS],
        "can_open": request.actor.may("people.open", path=subject.organisation.path),
    }
    return render(request, "work/member_brief.html", context)
