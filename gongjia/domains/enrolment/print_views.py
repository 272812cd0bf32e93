"""What is printed or kept as a file: the member's card, posters."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.backbone.memberships.queries import live_of
from gongjia.domains.enrolment import cards, certificates
from gongjia.domains.enrolment.poster_views import poster_words
from gongjia.domains.enrolment.print_forms import CertifyForm
from gongjia.engines.papers import pdf
from gongjia.engines.papers.forms import word_field
from gongjia.engines.papers.views import attachment
from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.moments import today_of
from gongjia.kernel.requests import Request


def card_picture(request: Request) -> HttpResponse:
    """The card with its code as a picture."""
    return attachment(_card(request).picture(), "会员证.png", "image/png")


def card_pdf(request: Request) -> HttpResponse:
    """The card with its code, to print."""
    return attachment(_card(request).pdf(), "会员证.pdf", "application/pdf")


def _card(request: Request) -> cards.MemberCard:
    """Raises Http404 for whoever is no member now."""
    live = live_of(request.actor.person_id) if request.actor.person_id is not None else None
    if live is None:
        raise Http404
    return cards.card_of(live, request.actor.name, at=request.at)


def certify(request: Request, *, subject: Any) -> HttpResponse:
    """Issue a certificate to a member."""
    word = word_field(certificates.issuer_of(subject.organisation))
    form = CertifyForm(request.POST if request.method == "POST" else None, word=word)
    reasons: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = certificates.certify(membership=subject, by=request.actor, at=request.at, **form.cleaned_data)
        except Refused as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, "证明已经出具，本人在“我的工会”里也能下载。")
            return redirect("papers:paper", reference=made.reference)
    back = reverse("work:person", args=[subject.reference])
    context = {
        "title": f"给{subject.person.name}出具会籍证明",
        "why": f"{subject.organisation.name}，{subject.joined_on}入会。",
        "consequences": [
            "证明按本会的文号编号，二维码任何人都能核验。",
            "证件号码只印前三位和后四位。",
            "本人能看到、能下载。",
        ],
        "form": form,
        "reasons": reasons,
        "tone": "primary",
        "submit_zh": "出具证明",
        "cancel_url": back,
        "crumbs": [(subject.person.name, back)],
        "tree_at": subject.organisation.reference,
    }
    return render(request, "theme/confirm.html", context, status=status_of(form, reasons))


def poster_pdf(request: Request, *, subject: Any) -> HttpResponse:
    """The poster on A4."""
    words = poster_words(subject)
    data = {**words, "title": words["headline"], "qr": words["address"], "scan": "微信扫一扫"}
    whole = {**data, "on": today_of(request.at).isoformat(), "is_landscape": False}
    return attachment(pdf.drawn("poster", whole), f"入会海报 {subject.organisation.name}.pdf", "application/pdf")
