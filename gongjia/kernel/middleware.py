"""Puts instant, number and actor on each request, and turns what stops a request into its page."""

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.module_loading import import_string

from gongjia.kernel import clock, logs
from gongjia.kernel.actors import NOBODY, Actor
from gongjia.kernel.errors import Stopped
from gongjia.kernel.requests import Request

Handler = Callable[[Request], HttpResponse]
_actor_of: list[str] = []
_page_of: list[str] = []


def actors_come_from(function: str) -> None:
    """Name the function that tells the actor of a request (the backbone's accounts register it)."""
    _actor_of[:] = [function]


def refusals_go_to(function: str) -> None:
    """Name the function that draws the page of a Stopped exception (the open portal registers it)."""
    _page_of[:] = [function]


def actor_of(request: Request) -> Actor:
    """Who is behind a request, as the database knows it now."""
    actor: Actor = import_string(_actor_of[0])(request) if _actor_of else NOBODY
    return actor


def request_facts(get_response: Handler) -> Handler:
    """First in line: when, and under which number."""

    def handle(request: Request) -> HttpResponse:
        request.at = clock.now()
        request.number = logs.new_number()
        return get_response(request)

    return handle


class actor_and_refusals:  # noqa: N801 - named as the other middleware in settings
    """Last in line: who, and what becomes of a refusal raised by view, verb or query."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        request.actor = actor_of(request)
        return self.get_response(request)

    def process_exception(self, request: Request, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Stopped) and _page_of:
            page: HttpResponse = import_string(_page_of[0])(request, exception)
            return page
        return None
