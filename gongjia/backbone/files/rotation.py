"""Files under new keys: written anew piece by piece, and put in the place of the old one when whole."""

from gongjia.backbone.files import storage
from gongjia.backbone.files.models import StoredFile
from gongjia.kernel import keyring
from gongjia.kernel.crypto import OVERHEAD_BYTES, SealError
from gongjia.kernel.rotation import BATCH, Sweep, is_old


def sweep() -> Sweep:
    """Every file that was stored; one under the active key already is passed over by its first bytes."""
    found, last = Sweep("文件"), 0
    rows = StoredFile._base_manager.order_by("pk").values_list("pk", "reference")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1][0]
        for _, reference in batch:
            found.seen += 1
            try:
                _renew(reference, found)
            except FileNotFoundError:
                continue  # taken away meanwhile, or missed by `gongjia check`
            except SealError as error:
                found.stuck[f"文件 {reference}"] = str(error)
    return found


def _renew(reference: str, found: Sweep) -> None:
    with storage.path_of(reference).open("rb") as source:
        source.seek(storage.LENGTH.size)
        first = source.read(OVERHEAD_BYTES)
    if not is_old(first, keyring.current()):
        return
    found.old += 1
    storage.write(reference, storage.read(reference), anew=True)
    if not StoredFile._base_manager.filter(reference=reference).exists():
        storage.delete(reference)  # removed while it was written anew
    found.done += 1
