"""Files that were to be kept until a day: taken away on that day."""

import logging
from datetime import datetime, timedelta

from django.db.models import ProtectedError

from gongjia.backbone.files import services
from gongjia.backbone.files.models import StoredFile
from gongjia.kernel.actors import TICK
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from gongjia.kernel.ticks import every

log = logging.getLogger("gongjia.files")


@every(timedelta(hours=6), name="files.expire", aside=True)
def clear(*, at: datetime) -> int:
    """Remove what was to be deleted by today; returns how many. What a row still holds stays, and the log names it."""
    removed = 0
    with everywhere(reason="remove files whose time is over"):
        for stored in StoredFile.objects.filter(delete_on__lte=today_of(at)).order_by("pk").iterator(chunk_size=200):
            try:
                services.remove(stored=stored, by=TICK, at=at)
            except ProtectedError:
                log.warning("file %s is over its time, but a row still holds it", stored.reference)
                continue
            removed += 1
    return removed
