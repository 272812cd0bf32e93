"""What stands in the menu of each face. Rooms register their entries in apps.py; each actor sees what may be opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_urlconf, resolve, reverse
from django.utils.module_loading import import_string

from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import ANYONE, SIGNED_IN, permission
from gongjia.kernel.requests import Request

FACES = ("service", "liaison", "work", "open", "account")
#: The faces that people change between: whose things are there, and what the face is called.
FACES_ZH = {"service": ("我的", ""), "liaison": ("本会", "联系网"), "work": ("办公", "工作网")}


@dataclass(frozen=True)
class MenuEntry:
    """`may` is a permission code, SIGNED_IN or ANYONE; entries stand by `order`, under their `group` in the work menu.

    `unread=True` shows the number of unread messages beside the words.
    """

    zh: str
    url_name: str
    icon: str
    may: str = SIGNED_IN
    order: int = 100
    group: str = ""
    unread: bool = False


@dataclass(frozen=True)
class MenuItem:
    """An entry as one actor sees it on one page."""

    zh: str
    url: str
    icon: str
    group: str
    is_current: bool
    unread: bool


_entries: dict[str, list[MenuEntry]] = {face: [] for face in FACES}
_unread: list[str] = []
_tree: list[tuple[str, str]] = []


def register(face: str, *entries: MenuEntry) -> None:
    """Add entries to a face of FACES. Raises KeyError for another face, UnknownPermission for an unknown `may`."""
    for entry in entries:
        if entry.may not in {ANYONE, SIGNED_IN}:
            permission(entry.may)
        if entry not in _entries[face]:
            _entries[face].append(entry)


def registered() -> list[tuple[str, MenuEntry]]:
    return [(face, entry) for face in FACES for entry in _entries[face]]


def unread_comes_from(function: str) -> None:
    """Name the function (dotted path, takes the request, returns a number) that counts unread messages."""
    _unread[:] = [function]


def unread_of(request: Request) -> int:
    if not _unread or not request.actor.is_signed_in:
        return 0
    number: int = import_string(_unread[0])(request)
    return number


def tree_comes_from(url_name: str, *, may: str) -> None:
    """Name the page that draws the tree at the left of officers' pages, and the permission that it asks for.

    It answers HTMX with the tree alone, and opens it down to the organisation whose reference stands in `at`.
    Raises UnknownPermission.
    """
    permission(may)
    _tree[:] = [(url_name, may)]


def tree_url_for(request: Request) -> str:
    """Where this actor's tree is drawn; "" while no room draws one, or none may be seen."""
    return next((url_of(name) for name, may in _tree if request.actor.may(may)), "")


def tree_page() -> str:
    """The name of the page that draws the tree, or "" (for `check`)."""
    return next((name for name, _ in _tree), "")


def items_for(request: Request, face: str) -> list[MenuItem]:
    """The entries of `face` that this actor may open; current is the one with the longest address above the page's."""
    allowed = sorted((each for each in _entries[face] if request.actor.may(each.may)), key=lambda each: each.order)
    places = {entry.group: entry.order for entry in reversed(allowed)}  # a group stands where its first entry stands
    allowed.sort(key=lambda each: (places[each.group], each.group))
    pairs = [(entry, url) for entry in allowed if (url := url_of(entry.url_name))]
    current = max((url for _, url in pairs if _lies_under(request.path, url)), key=len, default="")
    return [MenuItem(e.zh, url, e.icon, e.group, url == current, e.unread) for e, url in pairs]


@dataclass(frozen=True)
class Face:
    """A face as one actor may change to it, with words for what it is."""

    code: str
    zh: str
    name_zh: str
    url: str


def faces_for(request: Request) -> list[Face]:
    """The faces between which this actor changes, each at its first page; none for whom there is only one."""
    if not request.actor.is_signed_in:
        return []
    firsts = [(code, zh, name, next(iter(items_for(request, code)), None)) for code, (zh, name) in FACES_ZH.items()]
    found = [Face(code, zh, name, first.url) for code, zh, name, first in firsts if first]
    return found if len(found) > 1 else []


def url_of(name: str) -> str:
    """The address of a named page, or "" while its room is not installed (`check` reports it)."""
    return _url_in(get_urlconf() or settings.ROOT_URLCONF, name)


@lru_cache(maxsize=512)  # every page shows the same menus, and addresses without a parameter never change
def _url_in(urlconf: str, name: str) -> str:
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def open_url_of(actor: Actor, name: str) -> str:
    """The address of a named page for whom it opens: "" for who has not the permission that its route asks."""
    url = url_of(name)
    return url if url and actor.may(_needed_in(get_urlconf() or settings.ROOT_URLCONF, url)) else ""


@lru_cache(maxsize=64)
def _needed_in(urlconf: str, url: str) -> str:
    route = getattr(resolve(url, urlconf).func, "route", None)
    return str(route.may) if route is not None else ANYONE


def _lies_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


class Menus:
    """The menus of one request, built when a template asks for `menus.work`."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._built: dict[str, list[MenuItem]] = {}

    def __getitem__(self, face: str) -> list[MenuItem]:
        if face not in self._built:
            self._built[face] = items_for(self._request, face)
        return self._built[face]

    def __iter__(self) -> Iterator[str]:
        return iter(FACES)
