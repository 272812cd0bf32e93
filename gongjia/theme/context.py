"""What every page knows without its view saying so: the print size, the menus, the actor, the demo's banner."""

from typing import Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from gongjia.kernel.actors import NOBODY
from gongjia.kernel.requests import Request
from gongjia.theme import menus

PRINT_COOKIE = "print_size"
LARGE = "large"


def is_large_print(request: Request) -> bool:
    return request.COOKIES.get(PRINT_COOKIE) == LARGE


def face(request: Request) -> dict[str, Any]:
    """Context processor. Menus and the count of unread messages are only worked out where a template shows them."""
    request.actor = getattr(request, "actor", NOBODY)
    return {
        "large_print": is_large_print(request),
        "actor": request.actor,
        "posts_zh": "、".join(post.zh for post in request.actor.posts if post.zh),
        "menus": menus.Menus(request),
        "faces": SimpleLazyObject(lambda: menus.faces_for(request)),
        "unread": SimpleLazyObject(lambda: menus.unread_of(request)),
        "is_demo": getattr(settings, "DEMO", False),
        "search_url": menus.open_url_of(request.actor, "work:search"),
        "tree_url": SimpleLazyObject(lambda: menus.tree_url_for(request)),
        "personas_url": menus.url_of("open:personas"),
        "print_size_urls": {size: menus.url_of(f"print-{size}") for size in ("normal", LARGE)},
    }
