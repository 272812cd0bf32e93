"""The pages of comparisons: lists put in, what each is, how far it is, and what it found."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.organisations.queries import own_of
from gongjia.domains.organising import comparing, queries, results, review
from gongjia.domains.organising.forms_radar import ArrangeForm, ListsForm, ResultFilter
from gongjia.domains.organising.listing import ListKind
from gongjia.domains.organising.sheets import OF_LISTS
from gongjia.domains.organising.words import RunState
from gongjia.engines.intake import queries as intake
from gongjia.engines.intake import services as sheets
from gongjia.engines.intake.core import Unreadable
from gongjia.engines.intake.heading_form import heading_form
from gongjia.kernel.errors import Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.paging import page_of
from gongjia.kernel.references import new_reference
from gongjia.kernel.requests import Request

_PAIRS_ZH = {
    "near": "名称相近的工会记录",
    "review": "待核的工会记录",
    "none": "没有找到单位的工会记录",
    "all": "全部工会记录",
}


def radar(request: Request) -> HttpResponse:
    """Comparisons so far, and where the lists of the next are put in."""
    form = ListsForm(request.POST or None, request.FILES or None)
    refused: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        own = own_of(request.actor.paths_for("organising.compare"))
        key = request.POST.get("key", "")
        try:
            with comparing.lists_read(organisation=own, files=_files(form), at=request.at) as lists:
                run = comparing.gather(organisation=own, lists=lists, by=request.actor, at=request.at, key=key)
            return redirect("organising:run", reference=run.reference)
        except Refused as reasons:
            refused = reasons.reasons
    page = page_of(queries.runs(), by=("-asked_at", "-pk"), cursor=request.GET.get("cursor", ""))
    kinds = queries.kinds_of(page.rows)
    lines = [(each, "、".join(kinds.get(each.pk, ()))) for each in page.rows]
    context = {"page": page, "lines": lines, "form": form, "refused": refused}
    context["key"] = request.POST.get("key") or new_reference()
    return render(request, "organising/radar.html", context, status=422 if form.errors or refused else 200)


def _files(form: ListsForm) -> list[tuple[str, Any]]:
    return [(each.name, each.chunks()) for each in form.cleaned_data["lists"]]


def run(request: Request, *, subject: Any) -> HttpResponse:
    """One comparison: its lists before it begins, how far it is, what it found."""
    if subject.state == RunState.DRAFT:
        return _draft(request, subject)
    if request.method == "POST":
        raise Refused("这次比对已经开始，名单不能再改。要改的，请另做一次比对。")
    context: dict[str, Any] = {"run": subject, "key": new_reference()}
    if (grade := request.GET.get("grade", "")) in _PAIRS_ZH:
        rows = queries.pairs_of(subject, grade="" if grade == "all" else grade)
        page = page_of(rows, by=("place",), cursor=request.GET.get("cursor", ""))
        context |= {"page": page, "grade": grade, "pairs_zh": _PAIRS_ZH[grade]}
    if subject.state == RunState.DONE:
        counts = review.Counts(subject.waiting, subject.later, subject.decided)
        context |= {"counts": counts, "found": results.summary_of(subject)}
    return render(request, "organising/run.html", {**context, **_of_run(subject), **_progress(subject)})


def _draft(request: Request, subject: Any) -> HttpResponse:
    """What each list is, before the comparison begins."""
    lists = comparing.lists_of(subject)
    form = ArrangeForm(request.POST if "act" in request.POST else None, lists=lists, today=today_of(request.at))
    more = ListsForm(request.POST if "add" in request.POST else None, request.FILES or None)
    reasons: tuple[str, ...] = ()
    try:
        if "drop" in request.POST:
            comparing.drop(run=subject, by=request.actor, at=request.at)
            messages.success(request, "没有做这次比对，放进来的名单已经删除。")
            return redirect("organising:radar")
        if more.is_bound and more.is_valid():
            _add(request, subject, more)
            return redirect("organising:run", reference=subject.reference)
        if form.is_bound and form.is_valid():
            _arrange(request, subject, form)
            return redirect("organising:run", reference=subject.reference)
    except Refused as refused:
        reasons = refused.reasons
    lines = [
        {
            "listed": each,
            "kind": form[f"kind_{each.place}"],
            "as_of": form[f"as_of_{each.place}"],
            "parts": list(zip(each.batch.parts, _columns_zh(each), strict=True)),
            "asks_day": comparing.needs_day(each),
            "rows": f"?list={each.place}",
        }
        for each in lists
    ]
    context = {"run": subject, "form": form, "more": more, "lines": lines, "reasons": reasons, "key": new_reference()}
    is_wrong = reasons or form.errors or more.errors
    return render(request, "organising/run_lists.html", context, status=422 if is_wrong else 200)


def _add(request: Request, subject: Any, more: ListsForm) -> None:
    given: dict[str, Any] = {"at": request.at}
    with comparing.lists_read(organisation=subject.organisation, files=_files(more), **given) as lists:
        comparing.add_lists(run=subject, lists=lists, by=request.actor, key=request.POST.get("key", ""), **given)


def _arrange(request: Request, subject: Any, form: ArrangeForm) -> None:
    """Keep what was said of the lists; and begin, where that was pressed."""
    given: dict[str, Any] = {"run": subject, "by": request.actor, "at": request.at}
    read = comparing.reread(subject, form.kinds, at=request.at)  # before the write begins
    comparing.arrange_lists(kinds=form.kinds, days=form.days, read=read, **given)
    if request.POST["act"] == "start":
        comparing.start(key=request.POST.get("key", ""), **given)


def _columns_zh(listed: Any) -> list[list[tuple[str, str]]]:
    """For each sheet of a file: the columns that were recognised, and what stands above them in it."""
    spec = OF_LISTS.get(listed.batch.kind.rpartition(".")[2])
    names = {column.field: column.zh for column in spec.columns} if spec else {}
    parts = listed.batch.parts
    return [[(names.get(field, field), text) for field, (_, text) in part["columns"].items()] for part in parts]


def heading(request: Request, *, subject: Any) -> HttpResponse:
    """Where the heading of a list is and which column holds what, by hand; remembered for the next like it."""
    asked = request.GET.get("list", "0")
    listed = comparing.list_at(subject, int(asked)) if asked.isdecimal() else None
    if listed is None:
        return redirect("organising:run", reference=subject.reference)
    shown = _first_rows(listed)
    sheet = request.GET.get("sheet", next(iter(shown), ""))
    form, row = heading_form(
        request.POST or None,
        spec=OF_LISTS[ListKind(listed.batch.kind.rpartition(".")[2])],
        parts=listed.batch.parts,
        sheet=sheet,
        rows=shown.get(sheet, []),
        asked=request.GET.get("row", ""),
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = {"heading_row": form.cleaned_data["heading_row"], "columns": form.columns, "sheet": sheet}
        try:
            read = sheets.read_with_correction(listed.batch, at=request.at, **said)  # before the write begins
            comparing.correct_list(run=subject, place=listed.place, read=read, by=request.actor, at=request.at)
            return redirect("organising:run", reference=subject.reference)
        except Refused as refused:
            reasons = refused.reasons
    context = {
        "one": listed.batch.file,
        "form": form,
        "reasons": reasons,
        "sheets": list(shown),
        "sheet": sheet,
        "row": row,
        "rows": list(enumerate(shown.get(sheet, []), 1)),
        "beside": f"list={listed.place}&",
        "crumbs": [("要比对的名单", reverse("organising:run", args=[subject.reference]))],
    }
    status = 409 if reasons else 422 if form.errors else 200
    return render(request, "organising/run_heading.html", context, status=status)


def _first_rows(listed: Any) -> dict[str, list[list[str]]]:
    """None where the file cannot be opened any more."""
    try:
        return sheets.first_rows(listed.batch)
    except (Unreadable, OSError):
        return {}


def run_progress(request: Request, *, subject: Any) -> HttpResponse:
    """The bar of a comparison at work, asked for again and again; reloads the page when it has ended."""
    response = render(request, "organising/run_progress.html", {"run": subject, **_progress(subject)})
    if subject.state in {RunState.DONE, RunState.FAILED}:
        response["HX-Refresh"] = "true"
    return response


def _progress(found: Any) -> dict[str, int]:
    """How far it is; the last step is not shown as done before the comparison is over, so that the bar goes on."""
    return {"done": min(found.done, found.total - 1) if found.total else found.done, "total": found.total}


def employers(request: Request, *, subject: Any) -> HttpResponse:
    """The employers of a comparison by class, by what they were the last time, and by what contradicts itself."""
    form = ResultFilter(request.GET)
    asked = form.asked()
    rows = results.results_of(subject, **asked)
    page = page_of(rows, by=("place",), cursor=request.GET.get("cursor", ""), is_search="q" in asked)
    context = {"run": subject, "page": page, "form": form, "is_kept": bool(page.rows) or _has_results(subject)}
    return render(request, "organising/run_employers.html", context)


def _has_results(subject: Any) -> bool:
    return results.results_of(subject).exists()


def bad_rows(request: Request, *, subject: Any) -> HttpResponse:
    """The rows of a list that could not be taken, with their reasons and what stood in them."""
    asked = request.GET.get("list", "0")
    listed = comparing.list_at(subject, int(asked)) if asked.isdecimal() else None
    if listed is None:
        return redirect("organising:run", reference=subject.reference)
    page = page_of(intake.bad_rows_of(listed.batch), by=("pk",), cursor=request.GET.get("cursor", ""))
    rows = [(each, intake.cells_of(each)) for each in page.rows]
    context = {"run": subject, "batch": listed.batch, "page": page, "rows": rows}
    return render(request, "organising/bad_rows.html", context)


def _of_run(found: Any) -> dict[str, Any]:
    """What the page of a comparison shows: figures, lists with their bad rows, and the drawing."""
    summary = found.summary
    grades = (
        ("code", "代码相同"),
        ("name", "名称相同"),
        ("near", "名称相近"),
        ("review", "待核"),
        ("none", "没有找到"),
    )
    chart = {
        "labels": [zh for _, zh in grades],
        "series": [{"name": "工会记录", "values": [summary.get(code, 0) for code, _ in grades]}],
    }
    rows_url = f"{reverse('organising:leads')}?run={found.reference}" if not found.is_followed else ""
    return {"summary": summary, "lists": comparing.lists_of(found), "chart": chart, "rows_url": rows_url}
