"""Reading the divisions of a city into an empty table, once, when an installation begins."""

import csv
from pathlib import Path

from django.db import transaction

from gongjia.backbone.regions.models import Region

DATA = Path(__file__).resolve().parent / "data"


def load(code: str) -> Region:
    """The division with this code, after its city's file was read if it was not yet.

    Raises FileNotFoundError for a city without a file, Region.DoesNotExist for a code that its file does not know.
    """
    found = Region.objects.filter(code=code).first()
    if found is None:
        _read(DATA / f"{code[:4]}.csv")
        found = Region.objects.get(code=code)
    return found


@transaction.atomic
def _read(path: Path) -> None:
    """Parents stand before their parts in the file."""
    ids = dict(Region.objects.values_list("code", "pk"))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["code"] not in ids:
                parent_id = ids.get(row["parent_code"])
                made = Region.objects.create(
                    code=row["code"], name=row["name"], level=row["level"], parent_id=parent_id
                )
                ids[row["code"]] = made.pk
