"""Verbs on ten thousand persons at once, column by column: what a roster of a million rows stands on.

They write what `many.register_many` writes, and the record names everybody, by runs of numbers (decision 15). A table
of persons is made ready before any transaction begins: sealing them takes as long as writing them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from gongjia.backbone.people.models import ID_NUMBER, Employment, Person
from gongjia.kernel import audit, bulk, keyring
from gongjia.kernel.actors import Actor
from gongjia.kernel.db import Values
from gongjia.kernel.keys import index_key_id_of
from gongjia.kernel.permissions import INSIDE
from gongjia.kernel.pinyin import initials, pinyin_key
from gongjia.kernel.references import new_references
from gongjia.kernel.secrets import new_row_keys, sealed_column
from gongjia.kernel.verbs import note, verb

if TYPE_CHECKING:
    import polars as pl

#: The columns of a table of persons that is ready; more may stand beside them, and are handed back.
READY = (
    "row_key", "name", "pinyin_key", "initials", "id_number", "id_number_index", "phone", "phone_index", "sex",
    "birth_on", "ethnicity", "education", "political", "is_migrant",
)  # fmt: skip


def index_of(id_numbers: Sequence[str]) -> list[str]:
    """The blind index of each ID number, under the key that is active now."""
    return keyring.current().blind_index_many(id_numbers, purpose=ID_NUMBER)


def with_file(id_numbers: Sequence[str], index: Sequence[str]) -> set[str]:
    """Of these indexes (`index_of`, of some time ago maybe), those of persons who have a file; a statement for each
    live key."""
    ring = keyring.current()
    rows = Person._base_manager.filter(~Q(id_number_index="")).order_by().values_list("id_number_index", flat=True)
    made_by = index_key_id_of(index[0]) if index else None
    found: set[str] = set()
    for key in ring.index:
        others = index if key.id == made_by else ring.blind_index_many(id_numbers, purpose=ID_NUMBER, key=key)
        known = set(rows.filter(id_number_index__among=Values(others)))
        found |= {mine for mine, other in zip(index, others, strict=True) if other in known} if known else known
    return found


def made_ready(rows: "pl.DataFrame") -> "pl.DataFrame":
    """Of `name`, `id_number` (18 signs, checked), `phone` ("" for none) and plain columns of a person: READY, in the
    order in which the database likes best to take them. Nothing of it needs the database.

    Raises ValueError for a number of which sex and day of birth cannot be read.
    """
    import polars as pl

    keys = new_row_keys(rows.height)
    names = rows.select(pl.col("name").unique())
    names = names.with_columns(
        pinyin_key=pl.Series([pinyin_key(name) for name in names["name"].to_list()], dtype=pl.String),
        initials=pl.Series([initials(name) for name in names["name"].to_list()], dtype=pl.String),
    )
    number = pl.col("id_number")
    read = rows.with_columns(
        birth_on=number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False),
        sex=pl.when(number.str.slice(16, 1).is_in(list("13579"))).then(pl.lit("male")).otherwise(pl.lit("female")),
    ).join(names, on="name", how="left", maintain_order="left")
    if read["birth_on"].null_count() or (read["id_number"].str.len_chars() != 18).any():
        raise ValueError("an ID number that was not checked")
    sealed: dict[str, pl.Series] = {}
    for column in ("id_number", "phone"):
        blobs, index = sealed_column(Person, column, read[column].to_list(), keys)
        sealed |= {column: pl.Series(blobs, dtype=pl.Binary), f"{column}_index": pl.Series(index, dtype=pl.String)}
    return read.with_columns(row_key=pl.Series(keys, dtype=pl.String), **sealed).sort("id_number_index")


@verb("people.register_all", zh="整批登记人员", may=INSIDE)
def register_all(*, rows: "pl.DataFrame", by: Actor, at: datetime) -> "pl.DataFrame":
    """Make the files of persons who have none, made ready before; they come back with their numbers as `person_id`.

    Raises IntegrityError where somebody else was faster with one of them: nothing of this is then written.
    """
    import polars as pl

    numbers = bulk.take_numbers(Person, rows.height)
    made = rows.select(READY).with_columns(
        id=pl.Series(numbers, dtype=pl.Int64), reference=pl.Series(new_references(rows.height), dtype=pl.String)
    )
    bulk.copy_in(Person, made)
    audit.record_many("people.register", numbers, by=by, at=at)
    note(people=rows.height)
    return rows.with_columns(person_id=pl.Series(numbers, dtype=pl.Int64))


@verb("people.employ_all", zh="整批登记工作单位", may=INSIDE)
def employ_all(*, rows: "pl.DataFrame", by: Actor, at: datetime) -> list[int]:
    """Say where persons work who were registered in this transaction: `person_id`, `employer_id`, `job`, `form`,
    `group`. Returns the numbers of the employments."""
    import polars as pl

    numbers = bulk.take_numbers(Employment, rows.height)
    columns = ("person_id", "employer_id", "job", "form", "group")
    bulk.copy_in(Employment, rows.select(columns).with_columns(id=pl.Series(numbers, dtype=pl.Int64)))
    note(rows=rows.height)
    return numbers


@verb("people.unregister_all", zh="整批撤销登记人员", may=INSIDE)
def unregister_all(*, person_ids: Sequence[int], employment_ids: Sequence[int], by: Actor, at: datetime) -> None:
    """Take files away that were made by mistake, with the employments that came with them. The caller has locked them,
    and seen that nothing else hangs on them."""
    bulk.remove(Employment, employment_ids)
    bulk.remove(Person, person_ids)
    audit.record_many("people.unregister", person_ids, by=by, at=at)
    note(people=len(person_ids))
