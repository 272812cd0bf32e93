"""The size of print, kept in a cookie of the device: the server draws the page in it, so nothing flickers."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from gongjia.kernel.requests import Request
from gongjia.theme.context import LARGE, PRINT_COOKIE

YEAR_SECONDS = 365 * 24 * 3600


def large_print(request: Request) -> HttpResponse:
    return _back_with(request, LARGE)


def normal_print(request: Request) -> HttpResponse:
    return _back_with(request, "")


def _back_with(request: Request, size: str) -> HttpResponse:
    """Back to the page that held the link; it is not in the address, so that an error page need not name its own."""
    came_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(came_from if own else "/")
    if size:
        response.set_cookie(
            PRINT_COOKIE, size, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    else:
        response.delete_cookie(PRINT_COOKIE, samesite="Lax")
    return response
