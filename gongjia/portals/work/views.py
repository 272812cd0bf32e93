"""The pages of the work portal: lists, dossiers, search, and the tree."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from gongjia.backbone.employers import queries as employers
from gongjia.backbone.memberships import queries as memberships
from gongjia.backbone.memberships.offered import offered
from gongjia.backbone.organisations import queries as organisations
from gongjia.backbone.organisations.words import IN_FORCE, WITH_MEMBERS
from gongjia.backbone.people import queries as people
from gongjia.backbone.posts import queries as posts
from gongjia.engines.figures import reading
from gongjia.kernel import audit
from gongjia.kernel.masking import mask_identity, mask_phone
from gongjia.kernel.paging import page_of
from gongjia.kernel.purposes import PURPOSES
from gongjia.kernel.requests import Request
from gongjia.portals.work import history, queries, records
from gongjia.portals.work.forms import EmployerFilter, ListFilter, MemberFilter, OnDayForm, UnionFilter

MOST_IN_A_BRANCH = 200
MOST_SHOWN = 12
#: Words with so many digits, which no name holds, are a person's number.
DIGITS_OF_A_PERSON = 11
#: What can be done with an organisation, from its file.
ACTS = (
    ("成立下级工会", "work:union_found", "organisations.found"),
    ("修改登记信息", "work:union_amend", "organisations.amend"),
    ("换上级工会", "work:union_move", "organisations.move"),
    ("合并到别的工会", "work:union_merge", "organisations.move"),
    ("撤销工会", "work:union_dissolve", "organisations.move"),
)


def search(request: Request) -> HttpResponse:
    """Unions, employers and members by two characters or by pinyin initials."""
    words = request.GET.get("q", "").strip()
    found = queries.search(words, by=request.actor) if len(words) >= 2 else None
    is_number = found is not None and found.is_empty and sum(each.isdigit() for each in words) >= DIGITS_OF_A_PERSON
    return render(request, "work/search.html", {"query": words, "found": found, "is_number": is_number})


def unions(request: Request) -> HttpResponse:
    """The unions in reach, with filters."""
    form = UnionFilter(request.GET)
    asked = _checked(form, request)
    if asked.pop("overdue", ""):
        asked["overdue_on"] = request.at.date()
    rows = queries.unions(**asked)
    page = page_of(rows, by=("path",), cursor=request.GET.get("cursor", ""))
    members = reading.of_each("members", page.rows, on=asked.get("on") or request.at.date())
    context = {"page": page, "form": form, "rows": [(each, members[each.pk]) for each in page.rows]}
    return render(request, "work/unions.html", context)


def union(request: Request, *, subject: Any) -> HttpResponse:
    """A union's dossier."""
    today = request.at.date()
    record = history.history_of(subject)
    terms = record.of("term")
    in_force = subject.state in IN_FORCE
    held = record.holding("post", today)
    own_posts = sum(each.organisation_id == subject.pk for each in request.actor.posts)
    context = {
        "union": subject,
        "tree_at": subject.reference,
        "record": record,
        "posts": sorted(held, key=lambda each: each.rank),
        "superior": next(iter(record.holding("placement", today)), None),
        "term": terms[0] if terms else None,
        "is_term_over": bool(terms) and terms[0].until_on is not None and terms[0].until_on < today,
        "parts": organisations.children_of(subject)[:MOST_SHOWN],
        "parts_url": f"{reverse('work:unions')}?under={subject.reference}" if subject.numchild > MOST_SHOWN else "",
        "covered": queries.covered_by(subject),
        "years": queries.years_of(subject, last=today) if subject.kind in WITH_MEMBERS else [],
        "acts": _acts_on(request, subject) if in_force else [],
        "can_end_post": request.actor.may("posts.appoint", path=subject.path) and len(held) > own_posts,
        "can_see_face": request.actor.may("homes.see", path=subject.path),
        "can_poster": request.actor.may("enrolment.posters", path=subject.path) and subject.kind in WITH_MEMBERS,
    }
    return render(request, "work/union.html", context)


def _acts_on(request: Request, organisation: Any) -> list[tuple[str, str]]:
    """What the actor may do with an organisation; about the end and the place of one's own decides its superior."""
    is_own = organisation.pk in {each.organisation_id for each in request.actor.posts}
    offered = [each for each in ACTS if not (is_own and each[2] == "organisations.move")]
    return [(zh, name) for zh, name, may in offered if request.actor.may(may, path=organisation.path)]


def union_on(request: Request, *, subject: Any) -> HttpResponse:
    """Who was covered, and who was a member, on a past day: from the placements of that day."""
    form = OnDayForm(request.GET or None)
    day = form.cleaned_data["on"] if form.is_valid() else request.at.date()
    covered = employers.covered_in_on(subject, day)
    page = page_of(covered, by=("employer_id", "pk"), cursor=request.GET.get("cursor", ""))
    context = {
        "union": subject,
        "form": form,
        "day": day,
        "page": page,
        "members": memberships.members_in_on(subject, day).count(),
    }
    return render(request, "work/union_on.html", context)


def tree(request: Request) -> HttpResponse:
    """The organisations in reach from the top, open down to the one looked at: a page, or the part at the left."""
    roots = organisations.roots()
    at = organisations.found_or_none(request.GET.get("at", ""))
    way = at or (roots[0] if len(roots) == 1 else None)
    nodes = [_opened(each, way, marked=at is not None) if way else node_of(each) for each in roots]
    return render(request, "work/tree_part.html" if request.htmx else "work/tree.html", {"nodes": nodes})


def _opened(organisation: Any, at: Any, *, marked: bool) -> dict[str, Any]:
    """A node with its branches open, on the way to another one, which is marked as where one is."""
    node = node_of(organisation)
    node["is_current"] = marked and organisation.pk == at.pk
    if at.path.startswith(organisation.path) and organisation.numchild:
        parts, rest = queries.branch_of(organisation, most=MOST_IN_A_BRANCH, towards=at.path)
        node["children"] = [_opened(each, at, marked=marked) for each in parts] + _others(organisation, rest)
        node["is_open"] = True
    return node


def tree_level(request: Request, *, subject: Any) -> HttpResponse:
    """The branches under one organisation, for the tree at the left."""
    return render(request, "theme/parts/tree_level.html", {"nodes": tree_nodes(subject)})


def tree_nodes(organisation: Any) -> list[dict[str, Any]]:
    """The direct parts as the tree draws them."""
    parts, rest = queries.branch_of(organisation, most=MOST_IN_A_BRANCH)
    return [node_of(each) for each in parts] + _others(organisation, rest)


def _others(organisation: Any, count: int) -> list[dict[str, Any]]:
    """Where a branch ends that has more parts than the tree draws: the way to all of them."""
    url = f"{reverse('work:unions')}?under={organisation.reference}"
    return [{"zh": f"其余 {count:,} 个，看名单", "url": url}] if count else []


def node_of(organisation: Any) -> dict[str, Any]:
    node = {"zh": organisation.short_name or organisation.name}
    node["url"] = reverse("work:union", args=[organisation.reference])
    if organisation.numchild:
        node["children_url"] = reverse("work:tree_level", args=[organisation.reference])
    return node


def employers_list(request: Request) -> HttpResponse:
    """The employers in reach, with filters."""
    form = EmployerFilter(request.GET)
    rows = queries.employers_listed(**_checked(form, request))
    by, is_search = ("name", "pk"), bool(form.cleaned_data.get("q"))
    page = page_of(rows, by=by, cursor=request.GET.get("cursor", ""), is_search=is_search)
    return render(request, "work/employers.html", {"page": page, "form": form})


def employer(request: Request, *, subject: Any) -> HttpResponse:
    """An employer's dossier."""
    coverages = employers.coverages_of(subject)
    headcounts = employers.headcounts_of(subject)
    latest = {each.source: each for each in reversed(headcounts)}
    context = {
        "employer": subject,
        "coverages": coverages,
        "coverage": next((each for each in coverages if each.until_on is None), None),
        "headcounts": headcounts,
        "can_count": request.actor.may("employers.write", path=subject.organisation.path),
        "can_cover": request.actor.may("employers.cover", path=subject.organisation.path),
        "disagree": len({each.count >= 25 for each in latest.values()}) > 1,
    }
    return render(request, "work/employer.html", context)


def members(request: Request) -> HttpResponse:
    """The members in reach, with filters; numbers are masked, files open one by one."""
    form = MemberFilter(request.GET)
    rows = queries.members_listed(**_checked(form, request))
    by, is_search = ("pinyin_key", "pk"), bool(form.cleaned_data.get("q"))
    page = page_of(rows, by=by, cursor=request.GET.get("cursor", ""), is_search=is_search)
    can_find = request.actor.may("people.open")
    return render(request, "work/members.html", {"page": page, "form": form, "can_find": can_find})


def person(request: Request, *, subject: Any) -> HttpResponse:
    """A person's dossier, opened for a purpose; the person sees that it was."""
    found = subject.person
    audit.opened(subject, by=request.actor, at=request.at, about_person_id=found.pk)
    is_auditor = request.actor.may("audit.read")
    held, today = posts.of_person(found.pk), request.at.date()
    context = {
        "membership": subject,
        "person": found,
        "id_masked": mask_identity(found.reveal("id_number")),
        "phone_masked": mask_phone(found.reveal("phone")) if found.phone else "",
        "memberships": memberships.history_of(found.pk),
        "employments": people.employments_of(found.pk),
        "posts": held,
        "opening_count": audit.opening_count_of(found.pk, type(subject)),
        "openings": records.together(records.lines_of(list(audit.openings_of(found.pk)))) if is_auditor else [],
        "may_appoint": request.actor.may("posts.appoint", path=subject.organisation.path),
        "may_end_post": request.actor.may("posts.appoint") and any(each.is_open_on(today) for each in held),
        "may_vouch": request.actor.may("accounts.vouch", path=subject.organisation.path),
        "may_certify": request.actor.may("memberships.write", path=subject.organisation.path),
        "offered": offered(subject, request.actor),
        "tree_at": subject.organisation.reference,
        "purpose_zh": PURPOSES.get(request.actor.purpose, ""),
        "is_auditor": is_auditor,
    }
    return render(request, "work/person.html", context)


def _checked(form: ListFilter, request: Request) -> dict[str, Any]:
    """The filters of a list. A subtree that is not in reach is no such page, as anywhere else; a day that is none is
    named, and the list is today's."""
    asked = form.asked(request.at.date())
    if asked.get("under") and "under" not in form.hidden_zh:
        raise Http404
    if "on" in form.errors:
        messages.warning(
            request, f"地址里的日期“{request.GET['on'][:20]}”写得不对，下面是今天的名单。日期写成 2026-11-21 这样。"
        )
    return asked
