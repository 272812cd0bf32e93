"""All that is kept about a person beside the file itself, in one query: seven tables, each row as one JSON value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date, parse_datetime

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Employment
from gongjia.backbone.posts.models import Post
from gongjia.engines.casework.queries import matters_of
from gongjia.engines.messages.queries import messages_of
from gongjia.engines.papers.queries import papers_of_person
from gongjia.portals.service.queries import openings_of

_DAYS = frozenset({"joined_on", "from_on", "until_on", "issued_on"})
_MOMENTS = frozenset({"at", "opened_at", "sent_at", "read_at"})

#: What is kept of each table, beside the key.
_FIELDS = {
    "memberships": "organisation__name state joined_on from_on until_on origin group ending reference",
    "employments": "employer__name job from_on until_on",
    "posts": "organisation__name role from_on until_on",
    "matters": "organisation__name title flow_code state opened_at reference",
    "papers": "organisation__name title number__text issued_on state reference",
    "messages": "organisation__name direction title body sent_at read_at",
    "openings": "at person_id about_person_id post_ids channel purpose",
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Everything:
    """The rows by table; days and moments are read, all else stands as the database has it."""

    rows: Mapping[str, list[Row]]

    def of(self, part: str, *, newest_by: str = "") -> Iterator[Row]:
        """The rows of a part, the newest first by a day or moment; without one the oldest first by the id."""
        rows = self.rows.get(part, [])
        if not newest_by:
            return iter(sorted(rows, key=lambda row: int(row["pk"])))
        return iter(sorted(rows, key=lambda row: (row[newest_by] is not None, row[newest_by], row["pk"]), reverse=True))


def everything_about(person_id: int) -> Everything:
    """Seven tables, one query, as far as the reach goes."""
    tables: dict[str, QuerySet[Any]] = {
        "memberships": Membership.objects.filter(person_id=person_id),
        "employments": Employment.objects.filter(person_id=person_id),
        "posts": Post.objects.filter(person_id=person_id),
        "matters": matters_of(person_id),
        "papers": papers_of_person(person_id),
        "messages": messages_of(person_id),
        "openings": openings_of(person_id),
    }
    first, *others = (_part(name, rows, _FIELDS[name].split()) for name, rows in tables.items())
    found: dict[str, list[Row]] = {}
    for part, line in first.union(*others, all=True):
        found.setdefault(part, []).append({name: _read(name, value) for name, value in line.items()})
    return Everything(found)


def _part(name: str, rows: QuerySet[Any], fields: Sequence[str]) -> Any:
    """A table's rows as pairs of its name and a JSON value; a field of another row is called by that row's name."""
    line = JSONObject(pk="pk", **{field.removesuffix("__name"): field for field in fields})
    drawn = rows.order_by().select_related(None).annotate(part=Value(name, output_field=TextField()), line=line)
    return drawn.values_list("part", "line")


def _read(name: str, value: Any) -> Any:
    """A day or moment of its text, as both databases write it; a list that SQLite hands over as text."""
    if name in _DAYS:
        return _day(value)
    if name in _MOMENTS:
        return _moment(value)
    return json.loads(value) if name == "post_ids" and isinstance(value, str) else value


def _day(value: str | None) -> date | None:
    return parse_date(value) if value else None


def _moment(value: str | None) -> datetime | None:
    found = parse_datetime(value) if value else None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
