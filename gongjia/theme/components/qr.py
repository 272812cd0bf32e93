"""A QR code as an SVG picture inside the page."""

import segno
from django.utils.safestring import SafeString, mark_safe


def svg(text: str, *, error: str = "q") -> SafeString:
    """A code that still reads when a quarter of it is dirty (level Q), without fixed size: the page's style sets it.
    On a screen nothing is dirty: level M keeps a long text's signs large enough."""
    drawn = segno.make(text, error=error, micro=False).svg_inline(
        omitsize=True, border=2, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - made by the library from a URL of ours
