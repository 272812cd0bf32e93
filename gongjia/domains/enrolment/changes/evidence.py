"""Photographs and scans that prove what a person says: known by what they begin with, not by their names."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

#: Megabytes of one file: a photograph of a phone, or some pages of a scan.
MOST_MB = 8
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
_LONGEST_HEAD = max(map(len, _KINDS))
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


def type_of(head: bytes) -> str:
    """The media type of a content by its first bytes; "" for what is none of those that are taken."""
    return next((kind for sign, kind in _KINDS.items() if head.startswith(sign)), "")


class EvidenceField(forms.FileField):
    """A photograph or PDF, of a size that can be kept."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"})
        kwargs.setdefault("help_text", f"照片或 PDF，不超过 {MOST_MB} MB；加密保存，只有办理的人能打开")
        super().__init__(widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        found: UploadedFile[Any] | None = super().clean(data, initial)
        if not found:
            return None
        if (found.size or 0) > MOST_MB << 20:
            raise forms.ValidationError(f"文件超过 {MOST_MB} MB。请把照片调小一点，或者只拍需要的那一页。")
        head = found.read(_LONGEST_HEAD)
        found.seek(0)
        if not type_of(head):
            raise forms.ValidationError("只收照片（jpg、png）和 PDF。苹果手机的照片请先存成 jpg，或者截一张图。")
        return found
