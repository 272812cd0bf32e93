"""What a file is, by its first bytes: the ending of its name proves nothing."""

import zipfile
from enum import Enum
from typing import BinaryIO

from gongjia.engines.intake.core.limits import Unreadable

HEAD_BYTES = 4096


class Kind(Enum):
    """`label` is what people call it."""

    TEXT = "文本表格"
    GZIP = "压缩的文本表格"
    XLSX = "Excel 工作簿"
    XLS = "Excel 97-2003 工作簿"
    ODS = "开放文档表格"


_STRANGERS = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"{\\rtf", "Word 文档"),
)
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<table", b"<?xml", b"<meta", b"<style", b"mime-version:")
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 或 .csv 后再上传。"


def kind_of(source: BinaryIO) -> Kind:
    """The kind of a seekable file, read from its start; raises `Unreadable` for what is no sheet."""
    head = head_of(source)
    if not head:
        raise Unreadable("文件是空的，里面没有任何内容。请检查是否选错了文件，或者重新导出一次。")
    if head.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.XLS
    if head.startswith(b"PK"):
        return _kind_of_package(source)
    refuse_strangers(head)
    return Kind.TEXT


def head_of(source: BinaryIO) -> bytes:
    source.seek(0)
    return source.read(HEAD_BYTES)


def refuse_strangers(head: bytes) -> None:
    """Raise `Unreadable` where the bytes are known to belong to something that is no table of text."""
    for mark, name in _STRANGERS:
        if head.startswith(mark):
            raise Unreadable(f"这是{name}，不是表格。请上传 Excel 或 CSV 表格。")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        raise Unreadable(f"这个文件其实是一个网页（或 XML 文件），只是名字像表格。{_SAVE_AS}")


def _kind_of_package(source: BinaryIO) -> Kind:
    try:
        with zipfile.ZipFile(source) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise Unreadable("文件已损坏：可能没有下载或传输完整。请重新导出或重新下载后再上传。") from broken
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    if "xl/workbook.bin" in names:
        raise Unreadable(f"这是 .xlsb 二进制工作簿，暂不支持。{_SAVE_AS}")
    if "content.xml" in names:
        return Kind.ODS
    if "word/document.xml" in names:
        raise Unreadable("这是 Word 文档，不是表格。请把表格放进 Excel 后再上传。")
    raise Unreadable("这是一个压缩包，不是表格。请先解压，再上传里面的表格。")
