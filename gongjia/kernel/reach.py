"""Reach: whose rows a request, a task or a job may see. Forgetting it is an error, not a leak.

A reach has four doors: subtrees (from posts), the person itself, grants (a matter, a task, a guest's link) and what
is public. A scoped model says in one line how each door filters it; a door that is not declared is closed. Nesting
only narrows. `everywhere` is for jobs and migrations, and says why; a check that must look further is a `question`.

Managers are the net, not the wall: joins, forward keys, `full_clean` and `refresh_from_db` pass them by. The walls are
that views reach rows by queries only, that a queryset refuses to be evaluated under another reach, that forms choose
by `forms.ReachChoiceField`, and the doors tests.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, ParamSpec, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from gongjia.kernel.db import within

log = logging.getLogger("gongjia.reach")


class OutOfReach(RuntimeError):
    """A query was made without a reach, or evaluated under another than it was made for. A bug, never a page."""


def outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """The subtrees in order, without those that lie inside another."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Reach:
    """The doors that are open. An empty reach sees nothing. `ties` shut rows out that posts and grants would open."""

    subtrees: tuple[str, ...] = ()
    person_id: int | None = None
    grants: frozenset[tuple[str, int]] = frozenset()
    ties: frozenset[int] = frozenset()
    public: bool = False
    everything: bool = False

    def __post_init__(self) -> None:
        if not all(self.subtrees):
            raise OutOfReach("an empty path would mean everything")
        object.__setattr__(self, "subtrees", outermost(self.subtrees))

    def narrowed_to(self, inner: "Reach") -> "Reach":
        """What both allow: a nested reach can never see more than the one around it."""
        ties = self.ties | inner.ties
        if self.everything:
            return replace(inner, ties=ties)
        if inner.everything:
            return replace(self, ties=ties)
        both = {
            max(mine, theirs, key=len)
            for mine in self.subtrees
            for theirs in inner.subtrees
            if mine.startswith(theirs) or theirs.startswith(mine)
        }
        return Reach(
            subtrees=tuple(both),
            person_id=self.person_id if self.person_id == inner.person_id else None,
            grants=self.grants & inner.grants,
            ties=ties,
            public=self.public and inner.public,
        )


NOTHING = Reach()
PUBLIC = Reach(public=True)

_current: ContextVar[Reach | None] = ContextVar("reach", default=None)


def current() -> Reach:
    """The reach in force; raises OutOfReach where nobody has set one."""
    reach = _current.get()
    if reach is None:
        raise OutOfReach("no reach: enter one by entering(), question() or everywhere(reason=…)")
    return reach


@contextmanager
def entering(reach: Reach) -> Iterator[Reach]:
    outer = _current.get()
    inner = reach if outer is None else outer.narrowed_to(reach)
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)


@contextmanager
def everywhere(*, reason: str) -> Iterator[Reach]:
    """Every row, for jobs, migrations and the command line. Inside another reach it narrows like any other."""
    if not reason:
        raise OutOfReach("everywhere needs a reason")
    log.debug("everywhere: %s", reason)
    with entering(Reach(everything=True)) as reach:
        yield reach


@contextmanager
def beyond() -> Iterator[None]:
    """Look past the reach in force. For `question` and for the one service that writes the tree, nobody else."""
    token = _current.set(Reach(everything=True))
    try:
        yield
    finally:
        _current.reset(token)


P = ParamSpec("P")
T = TypeVar("T")
_ANSWERS = (bool, int, str, type(None))


def question(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A named question that looks beyond the reach and answers yes, no, a count or a masked word, never a row."""

    def decorate(ask: Callable[P, T]) -> Callable[P, T]:
        @wraps(ask)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            with beyond():
                answer = ask(*args, **kwargs)
            if not isinstance(answer, _ANSWERS):
                raise OutOfReach(f"the question {name} must not answer with a row")
            return answer

        asked.question = name  # type: ignore[attr-defined]
        return asked

    return decorate


Door = str | Callable[[Any], Q]


@dataclass(frozen=True)
class Doors:
    """How each door filters a model: a lookup, or a function that gives the condition.

    `subtree` looks up a tree path (or takes the tuple of paths), `own` a person's id, `grants` by kind of grant the
    id it names, `public` is a condition. What is left out is closed. `tied` looks up what a row is kept from: whoever
    has a tie to it comes to the row as its own person only.
    """

    subtree: Door | None = None
    own: Door | None = None
    grants: Mapping[str, Door] = field(default_factory=dict)
    public: Q | None = None
    tied: str | None = None

    def condition(self, reach: Reach) -> Q:
        open_doors: list[Q] = []
        own = Q(pk__in=())
        if self.own is not None and reach.person_id is not None:
            own = _by_id(self.own, reach.person_id)
        if self.subtree is not None and reach.subtrees:
            door = self.subtree
            open_doors.append(within(door, reach.subtrees) if isinstance(door, str) else door(reach.subtrees))
        for kind, number in sorted(reach.grants):
            if kind in self.grants:
                open_doors.append(_by_id(self.grants[kind], number))
        if self.public is not None and reach.public:
            open_doors.append(self.public)
        condition = Q(pk__in=())
        for door_condition in open_doors:
            condition |= door_condition
        if self.tied is not None and reach.ties:
            condition &= Q(**{f"{self.tied}__isnull": True}) | ~Q(**{f"{self.tied}__in": sorted(reach.ties)})
        return own | condition


def _by_id(door: Door, number: int) -> Q:
    return Q(**{door: number}) if isinstance(door, str) else door(number)


M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class ReachQuery(Query):
    """SQL that knows the reach it was made for.

    Whatever is asked of the database is compiled first, in subqueries and unions too: there the reach is held.
    """

    reach: Reach | None = None

    def hold(self) -> None:
        """Raises OutOfReach under another reach than this was made for."""
        if self.reach is not None and self.reach != current():
            name = self.get_meta().object_name
            raise OutOfReach(f"{name}: a queryset made under one reach was evaluated under another")

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        self.hold()
        compiler: SQLCompiler = super().get_compiler(*args, **kwargs)
        return compiler

    def combine(self, rhs: Query, connector: str) -> None:
        if isinstance(rhs, ReachQuery) and rhs.reach != self.reach:
            raise OutOfReach(f"{self.get_meta().object_name}: querysets of two reaches were combined")
        super().combine(rhs, connector)


class ReachQuerySet(models.QuerySet[M_co]):
    """Remembers the reach it was made for and refuses to be evaluated, or read again, under another."""

    query: ReachQuery

    def under(self, reach: Reach) -> Self:
        doors: Doors = self.model.doors  # type: ignore[attr-defined]
        seen = self if reach.everything else self.filter(doors.condition(reach))
        seen.query.reach = reach
        return seen

    def raw(self, *_args: Any, **_kwargs: Any) -> Any:
        raise OutOfReach("raw SQL passes the doors by")


def _guard(name: str) -> Callable[..., Any]:
    original = getattr(models.QuerySet, name)

    @wraps(original)
    def guarded(self: ReachQuerySet[Any], *args: Any, **kwargs: Any) -> Any:
        self.query.hold()
        return original(self, *args, **kwargs)

    return guarded


# What answers from rows fetched before, and what turns the query into one of another class.
for _name in ("_fetch_all", "__getitem__", "count", "exists", "contains", "update", "delete", "_raw_delete"):
    setattr(ReachQuerySet, _name, _guard(_name))


class ReachManager(models.Manager[M_co]):
    """The default manager of a scoped model: no reach, no query."""

    def get_queryset(self) -> ReachQuerySet[M_co]:
        return ReachQuerySet[M_co](self.model, query=ReachQuery(self.model), using=self._db).under(current())

    def raw(self, *_args: Any, **_kwargs: Any) -> Any:
        raise OutOfReach("raw SQL passes the doors by")


class Scoped(models.Model):
    """A model whose rows are seen through doors only. Subclasses declare `doors`; without them it cannot be defined."""

    doors: Doors
    objects = ReachManager[Self]()

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "doors", None), Doors):
            raise OutOfReach(f"{cls.__name__} is scoped and declares no doors")
