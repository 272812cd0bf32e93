"""Who holds which post: in each union from its own members, above them from the unions below."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from demo.members import Candidate, Enrolment
from demo.world import CITY, City, Union
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import Role

FEDERATION = (
    *(Role.CHAIR, Role.VICE_CHAIR, Role.LEADER, Role.ORGANISATION_OFFICER, Role.RIGHTS_OFFICER, Role.OFFICE_OFFICER),
    *(Role.FUND_AUDITOR, Role.WOMENS_CHAIR),
)
CITY_ONLY = (Role.VICE_CHAIR, Role.ORGANISATION_OFFICER, Role.RIGHTS_OFFICER, Role.AUDITOR, Role.SECURITY_OPERATOR)
ABOVE = {
    Kind.TOWNSHIP_UNION: (Role.CHAIR, Role.VICE_CHAIR, Role.TOWNSHIP_OFFICER, Role.FUND_AUDITOR, Role.WOMENS_CHAIR),
    Kind.ZONE_UNION: (Role.CHAIR, Role.VICE_CHAIR, Role.TOWNSHIP_OFFICER, Role.FUND_AUDITOR, Role.WOMENS_CHAIR),
    Kind.INDUSTRIAL_UNION: (Role.CHAIR, Role.VICE_CHAIR, Role.CLERK),
    Kind.UNION_WORK_COMMITTEE: (Role.CHAIR, Role.CLERK),
    Kind.REGIONAL_UNION_FEDERATION: (Role.CHAIR, Role.VICE_CHAIR),
    Kind.INDUSTRY_UNION_FEDERATION: (Role.CHAIR, Role.VICE_CHAIR),
}
"""The posts of organisations that have no members of their own."""
COMMITTEE = ((25, 1), (201, 3), (1001, 7), (10**9, 11))
"""Further members of a committee, by fewer members than."""
FULL_TIME = 200
"""From so many employees the chair may be full-time (工会法 2021 第十四条)."""
PAST_SHARE = 0.55


class Officers:
    """Writes posts while the members stream by; what stands above the unions is filled at the end."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._draw = city.draw("officers")
        self._posts = city.rows(Post, "organisation_id", "person_id", "role", "is_full_time", "from_on", "until_on")
        self._waiting: dict[int, list[Candidate]] = defaultdict(list)
        self._spare: dict[int, list[Candidate]] = {}
        self._above = {union.id: union for union in city.unions if union.kind in ABOVE}

    def fill(self, union: Union, candidates: list[Candidate]) -> None:
        """Fill the union's posts from its members, and put two more forward for the organisations above it."""
        free = sorted(candidates, key=lambda each: (each.from_on, each.person_id))
        self._personas(union)
        federation = union.superior
        if union.is_fixed and federation and federation.kind == Kind.FEDERATION:
            roles = FEDERATION + CITY_ONLY if federation is self._city.federations[CITY] else FEDERATION
            self._take(federation, free, roles, full_time=frozenset(roles))
            self._spare[federation.id] = free
        cast = {each.role for each in union.cast}
        may = union.size >= FULL_TIME and self._draw.random() < 0.5
        own = [role for role in roles_for(union.size) if role not in cast]
        self._take(union, free, own, full_time=frozenset({Role.CHAIR} if may else ()))
        self._past(union, free)
        self._lead_parts(union, free)
        self._put_forward(union, free)

    def fill_above(self) -> None:
        """Fill what stands above; from the office of the federation where no union came forward."""
        for number, union in self._above.items():
            full_time = frozenset({Role.TOWNSHIP_OFFICER, Role.CLERK})
            candidates = self._waiting[number] or self._spare[union.federation.id]
            self._take(union, candidates, ABOVE[union.kind], full_time=full_time)

    def _personas(self, union: Union) -> None:
        for cast in union.cast:
            if cast.role and cast.since:
                persona = self._city.personas[cast.username]
                row = persona.serves.id, persona.person_id, cast.role.value, True, cast.since, None
                persona.post_id = self._posts.add(*row)

    def _take(
        self, union: Union, free: list[Candidate], roles: Iterable[Role], *, full_time: frozenset[Role] = frozenset()
    ) -> None:
        """Give each role to one of the candidates, rather to one who joined early; who got one is no longer free."""
        for role in roles:
            fit = [each for each in free if each.sex == "f"] if role == Role.WOMENS_CHAIR else free
            if fit:
                chosen = fit[int(self._draw.random() * self._draw.random() * len(fit))]
                free.remove(chosen)
                since = max(chosen.from_on, union.terms[-1][1] if union.terms else union.founded)
                self._posts.add(union.id, chosen.person_id, role.value, role in full_time, since, None)

    def _past(self, union: Union, free: list[Candidate]) -> None:
        """Who was chair in the term before, and is a member still."""
        if len(union.terms) < 2 or not free or self._draw.random() > PAST_SHARE:
            return
        first, until = union.terms[-2][1], union.terms[-1][1]
        if free[0].from_on < until - timedelta(days=90):
            old = free.pop(0)
            self._posts.add(union.id, old.person_id, Role.CHAIR.value, False, max(first, old.from_on), until)

    def _lead_parts(self, union: Union, free: list[Candidate]) -> None:
        branches = {
            leaf.superior.id: leaf.superior for leaf in union.leaves if leaf.superior is not union and leaf.superior
        }
        for part in [*branches.values(), *union.leaves]:
            role = Role.CHAIR if part.kind == Kind.BRANCH else Role.GROUP_LEADER
            members = [each for each in free if part in {each.at, each.at.superior}]
            for chosen in members[:1]:
                free.remove(chosen)
                self._posts.add(part.id, chosen.person_id, role.value, False, chosen.from_on, None)

    def _put_forward(self, union: Union, free: list[Candidate]) -> None:
        """Officers of public employers first: they hold these posts in most townships."""
        public = any(firm.is_public for firm in union.firms)
        superior = union.superior
        while superior and superior.id in self._above:
            waiting = self._waiting[superior.id]
            put = [free.pop() for _ in range(2) if len(free) > 3 or (free and not waiting)]
            waiting[:] = put + waiting if public else waiting + put
            del waiting[2 * len(ABOVE[superior.kind]) :]
            superior = superior.superior


def roles_for(members: int) -> list[Role]:
    """The posts of a union of so many members, the chair first."""
    roles = [Role.CHAIR]
    roles += [Role.VICE_CHAIR] * (members >= 100)
    roles += [Role.FUND_AUDITOR] * (members >= 10)
    roles += [Role.WOMENS_CHAIR] * (members >= 20)
    roles += [Role.CLERK] * (members >= 60)
    return roles + [Role.COMMITTEE_MEMBER] * next(count for most, count in COMMITTEE if members < most)


def build_people(city: City) -> None:
    """Everybody, and the posts that they hold."""
    enrolment, officers = Enrolment(city), Officers(city)
    for union in city.unions:
        if union.size:
            candidates = enrolment.members_of(union)
            if union.ended is None:
                officers.fill(union, candidates)
    officers.fill_above()
