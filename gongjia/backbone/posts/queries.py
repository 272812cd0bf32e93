"""Who holds which post: in force on a day, of a person, of an organisation."""

from datetime import date

from django.db.models import F, Q, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import WATCHERS, Role
from gongjia.kernel.actors import Actor
from gongjia.kernel.reach import question

#: No union has so many; a list that could grow has an end.
MOST_AT_ONE_PLACE = 200
MOST_NAMED = 3


def in_force(on: date) -> QuerySet[Post]:
    """Posts in reach that are held on a day; `until_on` is the first day without the post."""
    return Post.objects.filter(Q(until_on=None) | Q(until_on__gt=on), from_on__lte=on).select_related(
        "person", "organisation"
    )


def of_organisation(organisation: Organisation, *, on: date) -> list[Post]:
    return list(in_force(on).filter(organisation=organisation).order_by("role", "pk"))


def of_person(person_id: int) -> list[Post]:
    """All posts of a person in reach, past ones included."""
    return list(Post.objects.filter(person_id=person_id).select_related("organisation").order_by("-from_on", "-pk"))


def to_end(*, on: date, organisation: Organisation | None = None, person_id: int | None = None) -> list[Post]:
    """The posts in reach of an organisation, or of a person, that have not ended on a day: those whose end may be
    registered. A first day that is still to come, or an end, does not matter."""
    rows = Post.objects.filter(Q(until_on=None) | Q(until_on__gt=on)).select_related("person", "organisation")
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    return list(rows.order_by("role", "pk")[:MOST_AT_ONE_PLACE])


def holders_from(organisation: Organisation, role: Role, day: date) -> list[Post]:
    """Who holds a role at an organisation in reach on a day or later; a few, for a question before another is named."""
    rows = Post.objects.filter(Q(until_on=None) | Q(until_on__gt=day), organisation=organisation, role=role)
    return list(rows.select_related("person").order_by("from_on", "pk")[:MOST_NAMED])


@question("posts.is_last_operator")
def is_last_operator(post: Post, on: date) -> bool:
    """Whether nobody else would manage the accounts of the post's organisation from a day on."""
    others = Post.objects.filter(Q(until_on=None) | Q(until_on__gt=on), role=Role.SYSTEM_OPERATOR, from_on__lte=on)
    paths = others.exclude(person_id=post.person_id).values_list("organisation__path", flat=True)
    return not any(post.organisation.path.startswith(path) for path in paths)


def roles_given_by(actor: Actor) -> list[Role]:
    """The roles that somebody may appoint to: those who watch the whole platform only from its top."""
    tops = Organisation.objects.filter(depth=1).values_list("path", flat=True)
    is_top = any(actor.may("posts.appoint_watchers", path=path) for path in tops)
    return [role for role in Role if is_top or role not in WATCHERS]


def has_chair(organisation: Organisation, *, on: date) -> bool:
    """Whether an organisation in reach has a chair on a day."""
    return in_force(on).filter(organisation=organisation, role=Role.CHAIR).exists()


def roles_of(person_id: int, *, on: date) -> frozenset[str]:
    """The roles a person holds anywhere on a day."""
    rows = Post._base_manager.filter(Q(until_on=None) | Q(until_on__gt=on), person_id=person_id, from_on__lte=on)
    return frozenset(rows.values_list("role", flat=True))


def roles_during(person_id: int, from_on: date, until_on: date | None) -> frozenset[str]:
    """The roles a person holds anywhere on any day from `from_on`, before `until_on` or for ever: for the check of
    pairs that exclude each other. A post that ended on the day it began was held on none."""
    rows = Post._base_manager.filter(Q(until_on=None) | Q(until_on__gt=from_on), person_id=person_id)
    rows = rows.exclude(until_on=F("from_on"))
    if until_on is not None:
        rows = rows.filter(from_on__lt=until_on)
    return frozenset(rows.values_list("role", flat=True)) if until_on is None or until_on > from_on else frozenset()


@question("posts.holds_any")
def holds_any(person_id: int, on: date) -> bool:
    """Whether somebody holds a post anywhere on a day."""
    return in_force(on).filter(person_id=person_id).exists()
