"""Contents without a row: a file that was removed, a write whose transaction failed or whose process died leaves one.
It is cleared away.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings

from gongjia.backbone.files.models import StoredFile
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

#: A younger file may belong to a transaction that has not ended.
_OLD = timedelta(hours=6)
_TOGETHER = 500


@every(timedelta(hours=6), name="files.orphans", aside=True)
def clear(*, at: datetime) -> int:
    """Delete contents that no row knows; returns how many."""
    deleted = 0
    found = _contents(older_than=(at - _OLD).timestamp())
    with everywhere(reason="clear files without a row"):
        while paths := list(islice(found, _TOGETHER)):
            references = {path.stem for path in paths}
            known = set(StoredFile.objects.filter(reference__in=references).values_list("reference", flat=True))
            for path in paths:
                if path.suffix or path.stem not in known:
                    path.unlink(missing_ok=True)
                    deleted += 1
    return deleted


def _contents(*, older_than: float) -> Iterator[Path]:
    for path in (Path(settings.VAR) / "files").glob("??/*"):
        if path.stat().st_mtime < older_than:
            yield path
