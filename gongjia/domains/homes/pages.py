"""What the pages of one union's public face share: where they hang, and how a form is answered."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from gongjia.kernel.errors import Refused
from gongjia.kernel.forms import status_of
from gongjia.kernel.requests import Request


def form_page(request: Request, template: str, union: Any, context: dict[str, Any]) -> HttpResponse:
    """A page below the union's own, with the form and the reasons of `context`."""
    union_url = reverse("homes:union", args=[union.reference])
    context = {
        **context,
        "union": union,
        "union_url": union_url,
        "crumbs": [("三亮和阵地", reverse("homes:board")), (union.name, union_url)],
        "tree_at": union.reference,
    }
    return render(request, template, context, status=status_of(context["form"], context["reasons"]))


def confirm_page(request: Request, act: Callable[[], Any], *, done: str, to: str, **context: Any) -> HttpResponse:
    """What an act means; and once that was read, the act, what came of it (`done`), and the way back (`to`)."""
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            act()
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, done)
            return redirect(to)
    context |= {"cancel_url": to, "reasons": reasons}
    return render(request, "theme/confirm.html", context, status=status_of(None, reasons))
