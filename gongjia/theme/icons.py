"""Line icons, drawn in the page itself: about 0.3 KB each, no request, no font, and only those that are used."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>")
_NAME = re.compile(r"[a-z0-9-]+")


class UnknownIcon(ValueError):
    pass


@lru_cache(maxsize=512)
def shapes(name: str) -> SafeString:
    """The drawing of an outline icon of @tabler/icons. Raises UnknownIcon."""
    file = Path(settings.NODE_ROOT) / "@tabler/icons/icons/outline" / f"{name}.svg"
    if not _NAME.fullmatch(name) or not file.is_file():
        raise UnknownIcon(name)
    drawn = [each for each in _SHAPES.findall(file.read_text("utf-8")) if 'd="M0 0h24v24H0z"' not in each]
    return mark_safe("".join(drawn).replace(" />", "/>"))  # noqa: S308 - a file of an installed package


def exists(name: str) -> bool:
    try:
        shapes(name)
    except UnknownIcon:
        return False
    return True


@lru_cache(maxsize=1024)
def svg(name: str, *, label: str = "", css: str = "") -> SafeString:
    """An icon beside words is hidden from screen readers; one that stands alone must have a `label`."""
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    classes = f"glyph {css}".strip()
    return format_html('<svg class="{}" viewBox="0 0 24 24" focusable="false" {}>{}</svg>', classes, said, shapes(name))


def house_mark() -> SafeString:
    """The mark of the platform: a roof over the character 工, cut in white out of red."""
    return mark_safe(
        '<svg class="house" viewBox="0 0 32 32" focusable="false" aria-hidden="true">'
        '<path class="house-walls" d="M16 1.5 30 11v17a2.5 2.5 0 0 1-2.5 2.5h-23A2.5 2.5 0 0 1 2 28V11z"/>'
        '<path class="house-sign" d="M9 12.5h14v3h-5.5v7.5H24v3H8v-3h6.5v-7.5H9z"/></svg>'
    )
