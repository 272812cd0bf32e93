"""A URL is built together with the permission that it needs; without one it cannot be built.

`subject` fetches the object named in the URL by a query. The guard looks for it in the reach of the posts that carry
the permission, and the view runs in that reach, no wider. What only other posts of the actor reach is a 403 that says
what is needed; what none reaches, or is not there, is the same 404.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.urls.converters import register_converter

from gongjia.kernel import references
from gongjia.kernel.actors import Actor
from gongjia.kernel.errors import Forbidden, WrongMethod
from gongjia.kernel.middleware import actor_of
from gongjia.kernel.permissions import ANYONE, SIGNED_IN, permission
from gongjia.kernel.purposes import PURPOSES, purpose_for
from gongjia.kernel.reach import entering
from gongjia.kernel.requests import Request, signin_redirect

View = Callable[..., HttpResponse]
READING = frozenset({"GET", "HEAD"})


class ReferenceConverter:
    """A ten-character reference with its check sign; anything else is no such page."""

    regex = "[0-9A-Za-z]{10}"

    def to_python(self, value: str) -> str:
        if not references.is_reference(value):
            raise ValueError(value)
        return references.normalise(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(ReferenceConverter, "ref")


@dataclass(frozen=True)
class Route:
    """What the doors test walks: the permission, and the query that fetches the object of the URL."""

    name: str
    may: str
    subject: Callable[..., Any] | None
    purpose: bool
    methods: tuple[str, ...]


_registered: list[Route] = []


def registered() -> list[Route]:
    return list(_registered)


def page(
    route: str,
    view: View,
    *,
    may: str,
    name: str,
    subject: Callable[..., Any] | None = None,
    purpose: bool = False,
    methods: tuple[str, ...] = ("GET", "HEAD", "POST"),
) -> URLPattern:
    """Build a URL. `may` is a registered permission, SIGNED_IN or ANYONE; `purpose` asks why before it opens."""
    if may not in {ANYONE, SIGNED_IN}:
        permission(may)
    declared = Route(name, may, subject, purpose, methods)
    _registered.append(declared)

    @wraps(view)
    def guarded(request: Request, **kwargs: Any) -> HttpResponse:
        try:
            return _answer(declared, view, request, kwargs)
        except Exception:
            if request.method not in READING or not _was_moved(request):
                raise
        return _answer(declared, view, request, kwargs)

    guarded.route = declared  # type: ignore[attr-defined]
    return path(route, guarded, name=name)


def _answer(route: Route, view: View, request: Request, kwargs: dict[str, Any]) -> HttpResponse:
    actor = request.actor
    if route.may != ANYONE and not actor.is_signed_in:
        return signin_redirect(request)
    if request.method not in route.methods:
        raise WrongMethod(str(request.method), allowed=route.methods)
    if route.subject is not None:
        kwargs = {"subject": _fetch(route.subject, kwargs, actor, route.may)}
        if route.purpose:
            actor = _with_purpose(request, kwargs["subject"])
            if _states_purpose(request):
                return HttpResponseRedirect(request.get_full_path(), status=303)
        if place := _place_of(kwargs["subject"]):
            actor = request.actor = actor.acting(route.may, place)
    else:
        actor.require(route.may)
    with entering(actor.reach(route.may)):
        return view(request, **kwargs)


def _fetch(subject: Callable[..., Any], kwargs: dict[str, Any], actor: Actor, may: str) -> Any:
    """The object, where the posts that carry the permission reach it; 403 where only other posts do, else 404."""
    with entering(actor.reach(may)), suppress(ObjectDoesNotExist):
        return subject(**kwargs)
    if may not in {ANYONE, SIGNED_IN}:
        with entering(actor.reach()), suppress(ObjectDoesNotExist):
            subject(**kwargs)
            raise Forbidden(permission(may).zh)
    raise Http404


def _was_moved(request: Request) -> bool:
    """Whether the tree was moved since the request began: its actor's paths name nothing any more, and are read anew.

    Asked only where a page has failed or found nothing, and only of those who hold posts.
    """
    if not request.actor.posts:
        return False
    now = actor_of(request)
    if set(now.posts) == set(request.actor.posts):
        return False
    request.actor = now
    return True


def _place_of(found: Any) -> str:
    """The tree path of the object, or of its organisation where that was read with it; "" for what has none."""
    path = getattr(found, "path", None)
    if path is None and isinstance(found, Model) and "organisation" in found._state.fields_cache:  # noqa: SLF001
        path = found._state.fields_cache["organisation"].path  # noqa: SLF001
    return path if isinstance(path, str) else ""


def _states_purpose(request: Request) -> bool:
    """Whether the form of the 403 page was sent: the page itself is then asked for anew, with nothing to send twice."""
    return request.method == "POST" and request.POST.get("purpose") in PURPOSES


def _with_purpose(request: Request, found: Any) -> Actor:
    request.actor = request.actor.for_purpose(purpose_for(request, found))
    return request.actor
