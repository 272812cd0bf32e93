"""Codes on papers: as drawings in PDF, as pictures in Word."""

import io
from typing import Any

import segno

#: A text with a signature in it.
_LONG = 150


def qr_svg(text: str) -> str:
    return str(_made(text).svg_inline(scale=4, border=2))


def qr_png(text: str) -> io.BytesIO:
    picture = io.BytesIO()
    _made(text).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    return picture


def _made(text: str) -> Any:
    """At level M, which reads when a seventh of it is dirty; a signed one at L, to keep its signs large."""
    return segno.make(text, error="m" if len(text) < _LONG else "l", boost_error=False, micro=False)
