"""A dossier's history: posts, terms, placements, links and successions of one organisation, in one query."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast

from gongjia.backbone.organisations.models import Link, Organisation, Placement, Succession, Term
from gongjia.backbone.organisations.words import LinkKind
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role


@dataclass(frozen=True)
class Entry:
    """A line of history. `until_on` None: still so."""

    kind: str
    from_on: date
    until_on: date | None
    what: str
    who: str
    more: str

    @property
    def role_zh(self) -> str:
        return str(Role(self.what).label) if self.kind == "post" else ""

    @property
    def rank(self) -> tuple[int, date]:
        """The order of a post among others: by role as the list of roles has them, then by how long it is held."""
        return (list(Role).index(Role(self.what)), self.from_on)

    @property
    def zh(self) -> str:
        """What happened, in words."""
        if self.kind == "post":
            return f"{self.who}任{Role(self.what).label}"
        if self.kind == "term":
            return f"第{self.what}届"
        if self.kind == "link":
            return f"{LinkKind(self.what).label}：{self.who}"
        if self.kind == "succession":
            return f"并入{self.who}"
        return f"隶属于{self.who}" if self.who else "建立"

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True)
class History:
    entries: list[Entry]

    def of(self, kind: str) -> list[Entry]:
        return [each for each in self.entries if each.kind == kind]

    def holding(self, kind: str, day: date) -> list[Entry]:
        return [each for each in self.of(kind) if each.holds_on(day)]


_COLUMNS = ("kind_", "from_", "until_", "what_", "who_", "more_")
_NO_TEXT = Value("", output_field=CharField())


def history_of(organisation: Organisation) -> History:
    """Everything dated that the platform knows of an organisation, newest first."""
    about = {"organisation": organisation}
    parts = (
        _lines(Post.objects.filter(**about), "post", "from_on", "until_on", F("role"), F("person__name")),
        _lines(
            Term.objects.filter(**about),
            "term",
            "starts_on",
            "ends_on",
            Cast("number", CharField()),
            _NO_TEXT,
            F("approval_number"),
        ),
        _lines(
            Placement.objects.filter(**about),
            "placement",
            "from_on",
            "until_on",
            _NO_TEXT,
            F("superior__name"),
            F("reason"),
        ),
        _lines(Link.objects.filter(**about), "link", "from_on", "until_on", F("kind"), F("other__name")),
        _lines(Succession.objects.filter(**about), "succession", "on", None, _NO_TEXT, F("successor__name")),
    )
    rows = parts[0].union(*parts[1:], all=True).order_by("-from_")
    return History([Entry(kind, begin, until, what, who or "", more) for kind, begin, until, what, who, more in rows])


def _lines(
    rows: QuerySet[Any, Any], kind: str, begin: str, until: str | None, what: Any, who: Any, more: Any = _NO_TEXT
) -> QuerySet[Any, Any]:
    lines: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            kind_=Value(kind, output_field=CharField()),
            from_=F(begin),
            until_=F(until) if until else Value(None, output_field=DateField()),
            what_=what,
            who_=who,
            more_=more,
        )
        .values_list(*_COLUMNS)
    )
    return lines
