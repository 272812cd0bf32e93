"""The city while it is being laid out: plain objects, numbered and written when they are settled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models

from demo.names import CreditCodes, Employers, People, Places
from demo.names import Employer as Coined
from demo.names.draw import Draw
from demo.names.places import divisions
from demo.rows import Rows
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.organisations.words import Kind, State
from gongjia.backbone.posts.words import Role
from gongjia.kernel.moments import today_of

CITY = "4212"
COUNTIES = ("421202", "421221", "421222", "421223", "421224", "421281")


@dataclass(slots=True, eq=False)
class Stay:
    """Under which superior a union stood, from and until when."""

    superior: "Union | None"
    from_on: date
    until_on: date | None = None
    reason: str = "成立"


@dataclass(slots=True, eq=False)
class Union:
    """One organisation. `size` is how many persons came to it first and are told of there."""

    kind: Kind
    name: str
    region: str
    founded: date
    stays: list[Stay]
    short_name: str = ""
    industry: str = ""
    address: str = ""
    uscc: str = ""
    state: State = State.STANDING
    ended: date | None = None
    approval: str = ""
    account: bool | None = None
    heir: "Union | None" = None
    """The union that took its members over (merged), or keeps them (dissolved)."""
    firms: list["Firm"] = field(default_factory=list)
    leaves: list["Union"] = field(default_factory=list)
    """The branches and groups in which its members stand."""
    size: int = 0
    flexible: int = 0
    """How many of them have no employer."""
    group: str = ""
    """The group of new employment for which it was founded."""
    is_fixed: bool = False
    """Whether its size is not the scale's to change."""
    cast: "tuple[Cast, ...]" = ()
    terms: list[tuple[int, date, date]] = field(default_factory=list)
    """Number, first and last day."""
    id: int = 0
    path: str = ""
    numchild: int = 0

    @property
    def county(self) -> str:
        """Six digits; four for what is the city's own."""
        return self.region[:6]

    @property
    def superior(self) -> "Union | None":
        """The present superior, or the last one."""
        return self.stays[-1].superior

    @property
    def federation(self) -> "Union":
        """The federation that approves what it does: the nearest above it."""
        above = self
        while above.kind != Kind.FEDERATION and above.superior:
            above = above.superior
        return above

    def move(self, superior: "Union", on: date, reason: str) -> None:
        self.stays[-1].until_on = on
        self.stays.append(Stay(superior, on, None, reason))

    def cover(self, firm: "Firm", on: date, reason: str) -> None:
        """From a day on it covers the employer; whoever did before does so no longer."""
        if firm.covers and firm.covers[-1].until_on is None:
            firm.covers[-1].until_on = on
            firm.covers[-1].union.firms.remove(firm)
        firm.covers.append(Cover(self, on, None, reason))
        self.firms.append(firm)

    def end(self, state: State, on: date, heir: "Union") -> None:
        self.state, self.ended, self.heir = state, on, heir
        self.stays[-1].until_on = on


@dataclass(slots=True, eq=False)
class Cover:
    """Which union covered an employer, from and until when."""

    union: Union
    from_on: date
    until_on: date | None = None
    reason: str = ""


@dataclass(slots=True, eq=False)
class Firm:
    """One employer. `staff` is what it really has; its sources may say otherwise."""

    coined: Coined
    staff: int
    founded: date
    answers: Union
    state: EmployerState = EmployerState.OPERATING
    head: "Firm | None" = None
    group: str = ""
    """The group of new employment that works there."""
    covers: list[Cover] = field(default_factory=list)
    id: int = 0

    @property
    def is_public(self) -> bool:
        return self.coined.kind in {"400", "500"}


@dataclass(frozen=True, slots=True)
class Cast:
    """A persona: who, since when a member, with which post at which organisation."""

    username: str
    name: str
    sex: str
    year: int
    joined: date
    leaf: int = 0
    """In which of the union's parts."""
    job: str = ""
    role: Role | None = None
    since: date | None = None
    came: date | None = None
    """When it came here from another union."""


@dataclass(slots=True)
class Persona:
    """Somebody of the personas, for the parts that tell of them."""

    person_id: int
    phone: str
    union: Union
    serves: Union
    """Where the post is; the union itself for a member without one."""
    post_id: int = 0
    account_id: int = 0


@dataclass(repr=False)
class City:
    """What the parts of the city share. `at` is when the city stands; everything is dated before it."""

    at: datetime
    scale: int
    seed: int
    report: Callable[[str], None]
    unions: list[Union] = field(default_factory=list)
    firms: list[Firm] = field(default_factory=list)
    federations: dict[str, Union] = field(default_factory=dict)
    """By code: the city's and its counties' federations."""
    townships: dict[str, Union] = field(default_factory=dict)
    """By the nine digits of the township: its union, or that of the zone."""
    lines: dict[tuple[str, str], Union] = field(default_factory=dict)
    """By code of the federation, and section or group: industrial unions and federations of industries."""
    personas: dict[str, Persona] = field(default_factory=dict)
    """By name of account."""

    def __post_init__(self) -> None:
        self.today = today_of(self.at)
        self.people = People(self.seed)
        self.employers = Employers(self.seed)
        self.codes = CreditCodes(self.seed)
        self.places = Places(self.seed)
        self._rows: list[Rows] = []

    def draw(self, part: str) -> Draw:
        """The chance of one part: what it draws shifts nothing elsewhere."""
        return Draw(self.seed, part)

    def rows(self, model: type[models.Model], *columns: str) -> Rows:
        """Where a part writes its rows of a table; `close`, at the end of the part, writes what waits."""
        rows = Rows(model, self.seed, columns)
        self._rows.append(rows)
        return rows

    def close(self) -> None:
        for rows in self._rows:
            rows.close()
        self._rows.clear()

    def add(self, union: Union) -> Union:
        self.unions.append(union)
        return union

    def found(self, kind: Kind, name: str, region: str, superior: Union, on: date, **facts: Any) -> Union:
        """A union founded under its superior, or under that one's own superior until it was there."""
        first = superior
        while first.founded > on and first.superior:
            first = first.superior
        union = Union(kind, name, region, on, [Stay(first, on)], **facts)
        if first is not superior:
            union.move(superior, superior.founded, "理顺组织关系")
        return self.add(union)


def between(draw: Draw, first: date, last: date) -> date:
    """A day, each as likely, from `first` to `last`; `first` when they are the wrong way round."""
    return first + timedelta(days=int(draw.random() * max(0, (last - first).days + 1)))


def later(draw: Draw, first: date, last: date) -> date:
    """A day between the two, the later the more likely."""
    return first + timedelta(days=int(max(draw.random(), draw.random()) * max(0, (last - first).days + 1)))


def sooner(draw: Draw, first: date, last: date) -> date:
    """A day between the two, the sooner the more likely."""
    return first + timedelta(days=int(min(draw.random(), draw.random()) * max(0, (last - first).days + 1)))


def place_name(code: str) -> str:
    return divisions()[code][1]
