"""What a row is called outside the database, and the words it is searched by."""

from datetime import date
from typing import Any, Self

from django.db import models

from gongjia.kernel.db import BytewiseField
from gongjia.kernel.errors import Stale
from gongjia.kernel.references import new_reference


class Referenced(models.Model):
    """A random ten-character reference for URLs, prints and QR codes; the number inside never leaves."""

    reference = BytewiseField("编号", max_length=10, unique=True, default=new_reference, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """Counts the changes of a row, so that an edit form made from an older version is not taken silently."""

    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def amend_row(cls, row: Self, *, version: int, changes: dict[str, Any], what: str) -> Self:
        """Write plain facts of a row that is still as `version` showed it; returns it as it stands now.

        Raises Stale, with the names of the fields in Chinese, when somebody was faster.
        """
        rows = cls._base_manager.filter(pk=row.pk)
        done = rows.filter(version=version).update(version=version + 1, **changes)
        current = rows.get()
        if not done:
            shown = [field.name for field in cls._meta.fields if field.name in changes and field.editable]
            raise Stale(
                f"{what}刚刚被别人修改过",
                yours=in_words(cls, {name: changes[name] for name in shown}),
                theirs=in_words(cls, {name: getattr(current, name) for name in shown}),
            )
        return current


def in_words(model: type[models.Model], facts: dict[str, Any]) -> dict[str, str]:
    """Columns of a row under their Chinese labels, codes as words: for people, on a page or in a copy."""
    fields = {field.name: field for field in model._meta.fields}
    return {str(fields[name].verbose_name): _word(fields[name], value) for name, value in facts.items()}


def _word(field: models.Field[Any, Any], value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(str(each) for each in value) or "未填"
    return str(dict(field.flatchoices).get(value, value or "未填"))
