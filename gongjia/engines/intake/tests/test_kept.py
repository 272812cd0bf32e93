"""The file of a sheet stays as long as the sheet."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gongjia.backbone.files import expiry, services, storage
from gongjia.backbone.files.models import StoredFile
from gongjia.engines.intake.models import Batch
from gongjia.kernel.actors import TICK
from gongjia.kernel.reach import everywhere
from tests import factories


def test_a_file_over_its_time_that_a_sheet_still_holds_stays_and_is_named(
    tree: factories.Tree, at: datetime, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.VAR = tmp_path
    facts: Any = {"organisation": tree.county, "name": "1", "kind": "list", "by": TICK, "at": at}
    with everywhere(reason="a test's rows"):
        held, free = (services.store(chunks=[b"1"], delete_on=at.date(), **facts) for _ in range(2))
        Batch.objects.create(organisation=tree.county, kind="list", file=held, received_at=at)
    assert expiry.clear(at=at) == 1
    assert StoredFile._base_manager.get() == held
    assert held.reference in caplog.text
    assert free.reference not in caplog.text
    assert b"".join(storage.read(held.reference)) == b"1"
