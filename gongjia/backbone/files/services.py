"""The verbs on stored files."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from gongjia.backbone.files import storage
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel.actors import Actor
from gongjia.kernel.permissions import INSIDE, SIGNED_IN
from gongjia.kernel.references import new_reference
from gongjia.kernel.verbs import note, verb

_DRAWS = 5


@verb("files.store", zh="保存文件", may=SIGNED_IN)
def store(
    *,
    organisation: Organisation,
    name: str,
    kind: str,
    chunks: Iterable[bytes],
    by: Actor,
    at: datetime,
    delete_on: date | None = None,
) -> StoredFile:
    """Seal and keep a file for an organisation. Size and kind are checked by the caller, which knows the limits.

    The row first: while its reference is its own, no other file's content can lie where this one is written.
    """
    stored = StoredFile(
        organisation=organisation,
        uploaded_by_id=by.person_id,
        name=name[-200:],
        kind=kind,
        size=0,
        stored_at=at,
        delete_on=delete_on,
    )
    _take_reference(stored)
    stored.size, stored.sha256 = storage.write(stored.reference, chunks)
    StoredFile.objects.filter(pk=stored.pk).update(size=stored.size, sha256=stored.sha256)
    note(stored, size=stored.size, sha256=stored.sha256)
    return stored


def _take_reference(stored: StoredFile) -> None:
    """Write the row under a reference that neither a row nor a content has; one that is taken is drawn again."""
    for _ in range(_DRAWS):
        stored.reference = new_reference()
        try:
            with transaction.atomic():
                stored.save(force_insert=True)
        except IntegrityError:
            continue
        if not storage.path_of(stored.reference).exists():
            return
        StoredFile.objects.filter(pk=stored.pk).delete()
        stored.pk = None
    raise RuntimeError("no reference is free: is the source of randomness broken?")


@verb("files.keep_until", zh="推迟删除文件", may=INSIDE)
def keep_until(*, stored: StoredFile, day: date, by: Actor, at: datetime) -> None:
    """Put off the day on which a file is to be deleted."""
    StoredFile.objects.filter(pk=stored.pk).update(delete_on=day)
    note(stored, delete_on=day.isoformat())


@verb("files.remove", zh="删除文件", may=INSIDE)
def remove(*, stored: StoredFile, by: Actor, at: datetime) -> None:
    """Take a file away: nobody opens it any more. What is sealed on the disk goes within hours, when `orphans` finds
    that no row knows it; gone at once, it would be missed should this transaction be undone."""
    note(stored, sha256=stored.sha256)
    StoredFile.objects.filter(pk=stored.pk).delete()
