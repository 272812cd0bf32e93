"""How stored files are found; their content is read through storage only by who found the row."""

from collections.abc import Iterator

from gongjia.backbone.files import storage
from gongjia.backbone.files.models import StoredFile


def by_reference(reference: str) -> StoredFile:
    """Raises StoredFile.DoesNotExist outside the reach."""
    return StoredFile.objects.select_related("organisation").get(reference=reference)


def content_of(stored: StoredFile) -> Iterator[bytes]:
    """The clear content in pieces of one mebibyte."""
    return storage.read(stored.reference)
