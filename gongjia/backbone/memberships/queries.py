"""How memberships are found: rosters by organisation, histories by person, and the named questions."""

from datetime import date

from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import Substr

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, State
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.organisations.queries import subtree_ids_on
from gongjia.backbone.people.models import ID_NUMBER, PHONE
from gongjia.kernel.db import STEP, within
from gongjia.kernel.errors import Refused
from gongjia.kernel.reach import question
from gongjia.kernel.secrets import indexes_of


def by_reference(reference: str) -> Membership:
    """Raises Membership.DoesNotExist outside the reach, as for a reference that was never given."""
    return Membership.objects.select_related("person", "organisation").get(reference=reference)


#: Steps down a tree, more than any federation has.
_DEEPEST = 16


def paths_above_member(person_id: int) -> list[Substr]:
    """The paths of the union of a person's live membership and of all above it, for `…path__in`: no query of its own,
    the paths of those above are the beginnings of the membership's."""
    spells = Membership._base_manager.filter(person_id=person_id, state__in=LIVE)
    path = Subquery(spells.values("organisation__path")[:1])
    return [Substr(path, 1, signs) for signs in range(STEP, STEP * _DEEPEST + 1, STEP)]


NOT_LIVE = (
    "这条会籍已经终止：档案和账号由本人现在的工会管理，这里不能再打开或办理。会籍记录仍在名册里；"
    "情况不对的，请与本人现在的工会或上级工会联系。"
)


def live_by_reference(reference: str) -> Membership:
    """As `by_reference`, for what the union may do only while the person is its member: open the file, give a post,
    vouch. Raises Refused for a membership that has ended."""
    membership = by_reference(reference)
    if membership.state not in LIVE:
        raise Refused(NOT_LIVE)
    return membership


def is_live(membership: Membership) -> bool:
    """Whether a membership that was read before is live now; inside a transaction it stays so until its end."""
    rows = Membership._base_manager.select_for_update().filter(pk=membership.pk, state__in=LIVE)
    return rows.first() is not None


def roster_of(organisation: Organisation) -> QuerySet[Membership]:
    """The live memberships of a union and all below it."""
    return all_live().filter(within("organisation__path", (organisation.path,)))


def history_in(organisation: Organisation) -> QuerySet[Membership]:
    """All memberships of a union and below, those that have ended too."""
    rows = Membership.objects.select_related("person", "organisation")
    return rows.filter(within("organisation__path", (organisation.path,)))


def live(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    """Those that have not ended; said by the day as well, which is what the index of names is made for."""
    return rows.filter(state__in=LIVE, until_on=None)


def all_live() -> QuerySet[Membership]:
    """The live memberships in reach."""
    return live(Membership.objects.select_related("person", "organisation"))


def named(words: str) -> Q:
    """By name (two characters or more), or by pinyin initials; of several words each must fit."""
    found = Q()
    for word in words.split():
        fits = Q(person__name__contains=word)
        if word.isascii() and word.isalpha():
            fits |= Q(person__initials__startswith=word.lower())
        found &= fits
    return found


def search(words: str) -> QuerySet[Membership]:
    """Live members by name (two characters or more), or by pinyin initials."""
    return all_live().filter(named(words)) if len(words.strip()) >= 2 else Membership.objects.none()


def with_number(number: str, *, kind: str) -> QuerySet[Membership]:
    """Live members with this whole number: kind "id_number" (18 signs) or "phone" (11 digits)."""
    purpose = {"id_number": ID_NUMBER, "phone": PHONE}[kind]
    fits = {f"person__{kind}_index__in": indexes_of(number, purpose=purpose)}
    return all_live().filter(**fits).order_by("pinyin_key", "pk")


def live_of(person_id: int) -> Membership | None:
    """A person's live membership, as far as the reach goes."""
    return (
        Membership.objects.filter(person_id=person_id, state__in=LIVE).select_related("person", "organisation").first()
    )


def history_of(person_id: int) -> list[Membership]:
    return list(Membership.objects.filter(person_id=person_id).select_related("organisation").order_by("from_on", "pk"))


def members_in_on(organisation: Organisation, day: date) -> QuerySet[Membership]:
    """Who was a member on a day at the unions that stood under `organisation` on that day."""
    ids = subtree_ids_on(organisation, day)
    return Membership.objects.filter(
        Q(until_on=None) | Q(until_on__gt=day), organisation_id__in=ids, from_on__lte=day
    ).select_related("person", "organisation")


@question("memberships.has_live")
def has_live(person_id: int) -> bool:
    """Whether a person has a live membership anywhere."""
    return Membership.objects.filter(person_id=person_id, state__in=LIVE).exists()


def may_vote(membership: Membership) -> bool:
    """Whether a member votes, stands and decides: who is only kept does not (工会基层组织选举工作条例 第四条)."""
    return bool(membership.state == State.ACTIVE)


def voters_of(organisation: Organisation, *, on: date) -> QuerySet[Membership]:
    """Who votes at a union on a day: its full members, without those who are only kept."""
    lived = Q(until_on=None) | Q(until_on__gt=on)
    kept = Q(retained_on__lte=on)
    return Membership.objects.filter(lived, organisation=organisation, from_on__lte=on).exclude(kept)


def count_live(path: str) -> int:
    """The live memberships of a subtree, those that are only kept included: as the list of members shows them."""
    return live(Membership.objects.filter(within("organisation__path", (path,)))).count()
