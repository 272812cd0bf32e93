"""Checking what a QR code says: anybody, without an account; and the page that does it without a network."""

import re

from allauth.core.internal.ratelimit import Rate
from django.http import HttpResponse
from django.shortcuts import redirect, render

from gongjia.engines.papers import offline, proofs
from gongjia.engines.papers.views import attachment
from gongjia.kernel import statements
from gongjia.kernel.requests import Request
from gongjia.portals.open.forms import VerifyForm
from gongjia.portals.signin import limits

#: A counter with a queue scans one card after another; a machine that tries codes out is slowed.
CHECKS_FROM_ADDRESS = (Rate(60, 60, "ip"), Rate(1000, 3600, "ip"))
_SPELLING = re.compile("[A-Za-z0-9_-]+")


def verify(request: Request) -> HttpResponse:
    """Paste what was scanned."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        token = proofs.token_in(form.cleaned_data["code"])
        if _SPELLING.fullmatch(token):
            return redirect("open:verify_token", token=token)
        return _answered(request, "")
    context = {"form": form, "keys": statements.public_keys()}
    return render(request, "open/verify.html", context, status=422 if form.errors else 200)


def verify_token(request: Request, *, token: str) -> HttpResponse:
    """Where a code leads. What is not ours gets one and the same answer, whatever is wrong with it."""
    return _answered(request, token)


def _answered(request: Request, token: str) -> HttpResponse:
    words = "核验的次数太多，请歇一会儿再试。也可以用脱网核验页。"
    limits.take_or_stop(request, f"verify:{limits.address_of(request)}", CHECKS_FROM_ADDRESS, words)
    verdict = proofs.verdict_on(token, at=request.at)
    answer = render(request, "open/verdict.html", {"verdict": verdict}, status=200 if verdict else 422)
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "private, no-store"
    return answer


def verify_offline(request: Request) -> HttpResponse:
    """The page that holds everything; `?keep` hands it over as a file."""
    if "keep" in request.GET:
        return attachment(offline.page(at=request.at).encode(), "工家脱网核验.html", "text/html; charset=utf-8")
    return HttpResponse(offline.page(at=request.at, nonce=str(request.csp_nonce)))  # type: ignore[attr-defined]
