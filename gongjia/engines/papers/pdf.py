"""PDF by the layouts in `layouts/`: typst draws, data comes as JSON and is never part of the program.

Fonts come with the packages; a folder of the installation's own (GONGJIA_FONTS, for 仿宋 or 小标宋) comes first. What
no font has is shown as 〓 with its code point, so that a name is never cut short unseen.
"""

import json
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from fontTools.ttLib import TTCollection, TTFont

from gongjia.engines.papers.qr import qr_svg

LAYOUTS = Path(__file__).with_name("layouts")
#: Signs that every Chinese font has: only beyond them is looked into the fonts.
_COMMON = ((0x20, 0x7E), (0x3000, 0x3017), (0x4E00, 0x9FA5), (0xFF01, 0xFF5E))


def drawn(layout: str, data: Mapping[str, Any]) -> bytes:
    """The PDF (PDF/A-2b) of one of `layouts/`, by its name. `data["qr"]`: the text of a code, "" for none."""
    return _compiled(layout, data, pdf_standards=["a-2b"])


def picture(layout: str, data: Mapping[str, Any], *, ppi: int = 200) -> bytes:
    """The first page as PNG."""
    return _compiled(layout, data, format="png", ppi=float(ppi))


def _compiled(layout: str, data: Mapping[str, Any], **wanted: Any) -> bytes:
    shown = visible({**data, "qr_svg": qr_svg(data["qr"]) if data.get("qr") else ""})
    made: bytes | list[bytes] = typst.compile(
        str(LAYOUTS / f"{layout}.typ"),
        root=str(LAYOUTS),
        font_paths=[str(folder) for folder in font_folders()],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
        **wanted,
    )
    return made[0] if isinstance(made, list) else made


def font_folders() -> list[Path]:
    spec = find_spec("justmytype_intl_cjk")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package of fonts is missing")
    packed = Path(spec.submodule_search_locations[0]) / "fonts"
    return [*([settings.FONTS] if settings.FONTS else []), packed]


def visible(value: Any) -> Any:
    """The same data, with every sign that no font can draw written as 〓 and its code point."""
    if isinstance(value, str):
        return value if _is_common(value) else "".join(map(_shown, unicodedata.normalize("NFC", value)))
    if isinstance(value, Mapping):
        return {key: visible(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [visible(each) for each in value]
    return value


def _is_common(text: str) -> bool:
    return all(any(first <= ord(sign) <= last for first, last in _COMMON) for sign in text)


def _shown(sign: str) -> str:
    code = ord(sign)
    if sign == "\n" or code in covered():
        return sign
    return "" if unicodedata.category(sign).startswith("C") else f"〓[U+{code:04X}]"


@cache
def covered() -> frozenset[int]:
    """Every code point that one of the fonts can draw."""
    found: set[int] = set()
    for folder in font_folders():
        for path in sorted(folder.rglob("*.[to]t[fc]")):
            for font in TTCollection(path).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]:
                found |= font.getBestCmap().keys()
    return frozenset(found)
