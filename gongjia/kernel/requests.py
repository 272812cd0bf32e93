"""What every request carries: the actor, the instant and, for HTMX, the header it was sent with."""

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.middleware import HtmxDetails

from gongjia.kernel.actors import Actor


class Request(HttpRequest):
    """The request as views see it; for types only, Django makes its own."""

    actor: Actor
    at: datetime
    number: str
    htmx: HtmxDetails


def signin_redirect(request: Request) -> HttpResponse:
    """302 to the sign-in page and back; a page fragment asks the browser to go there as a whole."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": settings.LOGIN_URL})
    target = f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(target)
