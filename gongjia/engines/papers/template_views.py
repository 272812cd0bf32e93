"""A clerk changes a Word template and sees at once what comes of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.engines.papers import files, previews, queries, services, word
from gongjia.engines.papers.facts import shape_of
from gongjia.engines.papers.forms import TemplateForm
from gongjia.engines.papers.kinds import PaperKind, UnknownKind, kind_of, registered
from gongjia.engines.papers.sandbox import FILTERS
from gongjia.engines.papers.views import attachment
from gongjia.kernel.errors import Refused
from gongjia.kernel.requests import Request


def templates(request: Request, *, subject: Any) -> HttpResponse:
    """Every kind of paper, and by which template this organisation makes it."""
    in_force = queries.templates_in_force(subject)
    context = {
        "organisation": subject,
        "kinds": [(each, in_force.get(each.code)) for each in registered()],
        "crumbs": [("公文", reverse("papers:desk"))],
        "tree_at": subject.reference,
    }
    return render(request, "papers/templates.html", context)


def template(request: Request, *, subject: Any) -> HttpResponse:
    """One kind: download, send back changed, see it filled in, go back to the shipped one."""
    kind = _kind(request)
    form = TemplateForm(
        request.POST if "file" in request.FILES or "put" in request.POST else None, request.FILES or None
    )
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            if done := _acted(request, subject, kind, form):
                messages.success(request, done)
                return redirect(f"{reverse('papers:template', args=[subject.reference])}?kind={kind.code}")
        except Refused as refusal:
            reasons = refusal.reasons
    current = queries.templates_in_force(subject).get(kind.code)
    is_own = current is not None and current.organisation_id == subject.pk
    context = {
        "organisation": subject,
        "kind": kind,
        "current": current,
        "is_own": is_own,
        "versions": queries.versions_of(subject, kind.code).order_by("-number")[:20],
        "form": form,
        "reasons": reasons,
        "texts": shape_of(kind)["texts"],
        "lists": shape_of(kind)["lists"],
        "filters": list(FILTERS),
        "shown": previews.shown_of(kind, current.pk) if current else None,
        "has_pdf": current is None or files.can_turn_word_into_pdf(),
        "file_url": f"{reverse('papers:template_file', args=[subject.reference])}?kind={kind.code}",
        "crumbs": [
            ("公文", reverse("papers:desk")),
            ("Word 模板", reverse("papers:templates", args=[subject.reference])),
        ],
        "tree_at": subject.reference,
    }
    return render(request, "papers/template.html", context, status=409 if reasons else 422 if form.errors else 200)


def _acted(request: Request, subject: Any, kind: PaperKind, form: TemplateForm) -> str:
    """Do what was pressed; what to say of it, "" where the form is to be mended. Raises Refused."""
    given: dict[str, Any] = {"organisation": subject, "kind": kind.code, "by": request.actor, "at": request.at}
    if "drop" in request.POST:
        services.drop_template(**given)
        return "已经恢复。以后制发的公文用随附的模板，或者上级的模板；已经制发的不变。"
    if not form.is_valid():
        return ""
    file = form.cleaned_data["file"]
    services.put_template(name=file.name, content=file.read(), key=form.cleaned_data["key"], **given)
    return "新模板已经启用，下面就是填好的样子。已经制发的公文不变。"


def template_file(request: Request, *, subject: Any) -> HttpResponse:
    """A file of one kind: the template itself (`what` left out), or the sample as docx, pdf or png.

    `version` asks for an earlier template of this organisation, `shipped` for the one that comes with the platform.
    """
    kind = _kind(request)
    what = request.GET.get("what", "")
    current = None if "shipped" in request.GET else queries.template_in_force(kind.code, subject.path)
    if number := request.GET.get("version", ""):
        current = queries.version_of(subject, kind.code, int(number) if number.isdecimal() else 0)
        if current is None:
            raise Http404
    if what == "docx":
        return attachment(previews.docx_of(kind, current), f"{kind.zh}（样张）.docx", files.DOCX)
    if what == "pdf":
        made = files.pdf_of_word(previews.docx_of(kind, current)) if current else previews.pdf_of(kind)
        if made is None:
            raise Refused("这台服务器上没有能把 Word 转成 PDF 的程序。请下载 Word 文件，在 Word 或 WPS 里另存为 PDF。")
        return attachment(made, f"{kind.zh}（样张）.pdf", "application/pdf")
    if what == "png" and current is None:
        return HttpResponse(previews.picture_of(kind), content_type="image/png")
    content = queries.content_of_template(current) if current else word.shipped(kind)
    return attachment(content, f"{kind.zh}（模板）.docx", files.DOCX)


def _kind(request: Request) -> PaperKind:
    """Raises Http404."""
    try:
        return kind_of(request.GET.get("kind", ""))
    except UnknownKind:
        raise Http404 from None
