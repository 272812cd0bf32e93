"""Who does a thing: an account, a person and the posts held, each or none. Guests and the tick are actors too."""

from dataclasses import dataclass, replace

from gongjia.kernel.errors import Forbidden
from gongjia.kernel.permissions import ANYONE, SIGNED_IN, permission
from gongjia.kernel.reach import OutOfReach, Reach, outermost


@dataclass(frozen=True, slots=True)
class PostHeld:
    """A post in force now: its role opens the subtree of its organisation."""

    post_id: int
    organisation_id: int
    path: str
    role: str
    zh: str = ""

    def __post_init__(self) -> None:
        if not self.path:
            raise OutOfReach("a post without a path would hold its permissions everywhere")


@dataclass(frozen=True, slots=True)
class Actor:
    """`channel` is web, task, tick, command or api; `purpose` is why a sensitive file is opened; `ties` number what
    this actor is too close to, whatever the posts open."""

    account_id: int | None = None
    person_id: int | None = None
    posts: tuple[PostHeld, ...] = ()
    grants: frozenset[tuple[str, int]] = frozenset()
    ties: frozenset[int] = frozenset()
    purpose: str = ""
    channel: str = "web"
    name: str = ""

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    def paths_for(self, code: str) -> tuple[str, ...]:
        """The subtrees in which this actor holds the permission, without those inside another."""
        roles = permission(code).roles
        return outermost(held.path for held in self.posts if held.role in roles)

    def organisations_for(self, code: str) -> frozenset[int]:
        """The organisations in whose name this actor does what the permission allows: those of the posts themselves,
        without what stands below."""
        roles = permission(code).roles
        return frozenset(held.organisation_id for held in self.posts if held.role in roles)

    def may(self, code: str, *, path: str | None = None) -> bool:
        """Whether the permission is held, anywhere or for the organisation at `path`."""
        if code == ANYONE:
            return True
        if code == SIGNED_IN:
            return self.is_signed_in
        if self.channel in {"tick", "command"} and not self.is_signed_in:
            return True
        paths = self.paths_for(code)
        return bool(paths) if path is None else any(path.startswith(each) for each in paths)

    def acting(self, code: str, path: str) -> "Actor":
        """The same actor with the post first in whose name a thing at `path` is done: one that holds there and carries
        the permission, the nearest above. The record and the timeline name the first."""
        if len(self.posts) < 2:
            return self
        roles = None if code in {ANYONE, SIGNED_IN} else permission(code).roles

        def rank(held: PostHeld) -> tuple[bool, bool, int]:
            return not path.startswith(held.path), roles is not None and held.role not in roles, -len(held.path)

        return replace(self, posts=tuple(sorted(self.posts, key=rank)))

    def require(self, code: str, *, path: str | None = None) -> None:
        """Raises Forbidden, which says what is needed."""
        if not self.may(code, path=path):
            raise Forbidden(permission(code).zh if code not in {ANYONE, SIGNED_IN} else "登录")

    def reach(self, code: str | None = None) -> Reach:
        """What may be seen: by all posts, or by those that carry one permission. A worker's page sees the worker."""
        if code == ANYONE:
            return Reach(public=True)
        if code == SIGNED_IN:
            return Reach(person_id=self.person_id, grants=self.grants, ties=self.ties, public=True)
        if self.channel in {"tick", "command"} and not self.is_signed_in:
            return Reach(everything=True)
        paths = outermost(held.path for held in self.posts) if code is None else self.paths_for(code)
        return Reach(subtrees=paths, grants=self.grants, ties=self.ties)

    def for_purpose(self, purpose: str) -> "Actor":
        return replace(self, purpose=purpose)


NOBODY = Actor()
TICK = Actor(channel="tick", name="定时任务")
COMMAND = Actor(channel="command", name="命令行")
