"""The page that checks codes without a network: one file that holds everything, to be opened once or kept.

The browser's own Ed25519 is young, so the check is a small library's (@noble/ed25519, from node_modules); it needs the
browser's SHA-512, which pages have that came by https or from the disk. Where that is missing the page says so and
offers the check on line.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from gongjia.engines.papers import proofs
from gongjia.kernel import statements
from gongjia.kernel.moments import today_of

_HERE = Path(__file__).parent / "static" / "papers"


def page(*, at: datetime, nonce: str = "") -> str:
    """`nonce` lets script and style run where the page is served; a kept file needs none."""
    known = {
        "keys": {each.number: each.text for each in statements.public_keys()},
        "kinds": {each.code: {"zh": each.zh, "facts": dict(each.facts)} for each in proofs.registered()},
        "domain": statements.DOMAIN.decode("ascii"),
        "version": statements.VERSION,
        "mark": proofs.MARK,
        "online": settings.PUBLIC_URL.rstrip("/") + reverse("open:verify"),
    }
    context = {
        "nonce": nonce,
        "made_on": today_of(at),
        "known": _script(f"const KNOWN = {json.dumps(known, ensure_ascii=False)};"),
        "library": _script(_library()),
        "own": _script((_HERE / "offline.js").read_text("utf-8")),
        "style": _script((_HERE / "offline.css").read_text("utf-8")),
        "online": known["online"],
    }
    return render_to_string("papers/offline.html", context)


@cache
def _library() -> str:
    """The library's one file, as a plain script: its last statement is the export."""
    text = (Path(settings.NODE_ROOT) / "@noble/ed25519/index.js").read_text("utf-8")
    return text[: text.rindex("export {")]


def _script(text: str) -> SafeString:
    """Ours and the library's, never anybody's input; nothing in it can end the element it stands in."""
    return mark_safe(text.replace("</", "<\\/").replace("<!--", "<\\!--"))  # noqa: S308
