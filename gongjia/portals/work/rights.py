"""What can this person see? Answered from the same roles and permissions that the guard asks, in plain words."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts import queries as posts
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role
from gongjia.kernel.db import above
from gongjia.kernel.permissions import Permission, carried_by
from gongjia.kernel.reach import question

#: Two statements for each of them.
MOST_OWN = 2


@dataclass(frozen=True)
class Rights:
    """One post, what it may do, and where."""

    post: Post
    permissions: list[Permission]

    @property
    def sees_files(self) -> bool:
        return any(each.sensitive for each in self.permissions)


def rights_of(post: Post) -> Rights:
    return Rights(post, carried_by([post.role]))


def posts_in_reach(on: date) -> QuerySet[Post]:
    """The posts in force in the subtrees of the one who asks."""
    return posts.in_force(on)


@question("work.officers_above")
def officers_above(path: str, on: date) -> int:
    """How many people at the organisations above may see into this one: a count, not their names."""
    seeing = [role for role in Role if any(each.code == "organisations.see" for each in carried_by([role]))]
    return (
        posts.in_force(on)
        .filter(organisation__path__in=above(path), role__in=seeing)
        .values("person_id")
        .distinct()
        .order_by()
        .count()
    )


@question("work.offices_above")
def offices_above(path: str, on: date) -> str:
    """At which organisations above, and in which roles, these people are: places and counts, never a name."""
    seeing = [role for role in Role if any(each.code == "organisations.see" for each in carried_by([role]))]
    rows = posts.in_force(on).filter(organisation__path__in=above(path), role__in=seeing).select_related(None)
    counted = rows.values_list("organisation__name", "role").annotate(n=Count("person_id", distinct=True))
    return "\n".join(
        f"{place}：{Role(role).label} {n} 人" for place, role, n in counted.order_by("organisation__path", "role")
    )


@dataclass(frozen=True)
class Above:
    """One of one's own organisations, and who above may look into it."""

    organisation: Organisation
    count: int
    offices: list[str]


def above_each(paths: tuple[str, ...], on: date) -> list[Above]:
    """The organisations of one's own posts, each with its own answer."""
    return [
        Above(each, officers_above(each.path, on), offices_above(each.path, on).splitlines())
        for each in own_organisations(paths)[:MOST_OWN]
    ]


def own_organisations(paths: tuple[str, ...]) -> list[Organisation]:
    return list(Organisation.objects.filter(path__in=paths).order_by("path"))
