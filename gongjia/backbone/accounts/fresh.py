"""A fresh proof before a sensitive page: the phone's code, or the second factor, within the last minutes."""

from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gongjia.backbone.accounts.sittings import is_fresh
from gongjia.kernel.requests import Request


def require_fresh(request: Request, minutes: int = 15) -> None:
    """Return when the person proved to be there within `minutes`; otherwise leave the view for `signin:confirm`.

    Afterwards the same address is opened again; what was sent by POST is asked again by its form. Call it first.
    """
    if is_fresh(request, minutes=minutes):
        return
    url = f"{reverse('signin:confirm')}?{urlencode({'next': _way_back(request)})}"
    if request.htmx:
        raise ImmediateHttpResponse(HttpResponse(status=204, headers={"HX-Redirect": url}))
    raise ImmediateHttpResponse(HttpResponseRedirect(url))


def _way_back(request: Request) -> str:
    """The page itself; for a fragment the page around it."""
    if request.htmx and request.htmx.current_url_abs_path:
        return str(request.htmx.current_url_abs_path)
    return request.get_full_path()
