"""What the operator's check asks of the papers."""

from datetime import datetime

from django.conf import settings

from gongjia.engines.papers import files
from gongjia.kernel.checkups import Level


def fonts_and_office(_at: datetime) -> tuple[Level, str]:
    if settings.FONTS is not None and not settings.FONTS.is_dir():
        return Level.WARNING, f"GONGJIA_FONTS 指的文件夹 {settings.FONTS} 没有，公文用随附的字体。请改正设置。"
    if not files.can_turn_word_into_pdf():
        return Level.GOOD, "字体齐全。没有装 LibreOffice：用自己 Word 模板的公文只提供 Word。"
    return Level.GOOD, "字体齐全，自己改过的 Word 模板也能转成 PDF。"
