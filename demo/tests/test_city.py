"""The invented city holds together: its tree, its dates, its numbers, its personas."""

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from demo.tests.conftest import SCALE, TODAY
from demo.world import COUNTIES
from gongjia.backbone.employers.models import Coverage, Employer, Headcount
from gongjia.backbone.employers.words import State as EmployerState
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, Origin, State
from gongjia.backbone.organisations import rules
from gongjia.backbone.organisations.models import Link, Organisation, Placement, Succession, Term
from gongjia.backbone.organisations.words import WITH_MEMBERS, Kind
from gongjia.backbone.organisations.words import State as OrganisationState
from gongjia.backbone.people.models import ID_NUMBER, Employment, Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.regions.models import Region
from gongjia.domains.founding.models import Founding
from gongjia.engines.messages.models import Message
from gongjia.kernel import numbers
from gongjia.kernel.references import is_reference
from gongjia.kernel.secrets import indexes_of

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1"), pytest.mark.system("O2")]


def in_county(code: str) -> Q:
    return Q(region__code__startswith=code)


# ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_has_no_problem(city):
    assert Organisation.find_problems() == ([], [], [], [], [])


def test_every_kind_of_organisation_stands_in_it(city):
    assert set(Organisation.objects.values_list("kind", flat=True)) == {kind.value for kind in Kind}


def test_the_open_placement_of_each_is_its_place_in_the_tree(city):
    paths = dict(Organisation.objects.values_list("pk", "path"))
    placed = Placement.objects.filter(until_on=None).values_list("organisation_id", "superior_id")
    assert all(paths[below][:-4] == (paths[above] if above else "") for below, above in placed)
    active = Q(state__in=(OrganisationState.STANDING, OrganisationState.PREPARING))
    assert len(placed) == Organisation.objects.filter(active).count()


def test_whoever_is_merged_or_dissolved_is_placed_no_longer(city):
    ended = Organisation.objects.exclude(ended_on=None)
    assert {each.state for each in ended} == {OrganisationState.MERGED, OrganisationState.DISSOLVED}
    assert not Placement.objects.filter(organisation__in=ended, until_on=None).exists()
    assert not Membership.objects.filter(organisation__in=ended, state__in=LIVE).exists()
    assert not Coverage.objects.filter(organisation__in=ended, until_on=None).exists()
    merged = ended.filter(state=OrganisationState.MERGED)
    assert set(Succession.objects.values_list("organisation_id", flat=True)) == {each.pk for each in merged}


def test_nobody_ever_stood_under_a_superior_of_a_kind_that_cannot_lead_it(city):
    pairs = Placement.objects.exclude(superior=None).values_list("organisation__kind", "superior__kind").distinct()
    assert [pair for pair in pairs if not rules.may_stand_under(*pair)] == []


def test_some_unions_were_moved_and_their_placements_follow_one_another(city):
    moved = Placement.objects.values("organisation").annotate(count=Count("pk")).filter(count__gt=1)
    assert moved.count() >= 10
    for row in moved:
        stays = list(Placement.objects.filter(organisation=row["organisation"]).order_by("from_on", "pk"))
        assert all(old.until_on == new.from_on for old, new in pairwise(stays))


def test_all_divisions_down_to_villages_are_there(city):
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert (levels["city"], levels["county"], levels["township"]) == (1, 6, 89)
    assert levels["village"] > 1_000
    townships = Organisation.objects.filter(kind__in=(Kind.TOWNSHIP_UNION, Kind.ZONE_UNION))
    assert townships.values("region").distinct().count() == 89


# ── dates in order (founding ≤ placement ≤ membership; of age when joining; nothing after the city's own day) ─


def test_no_organisation_is_placed_before_it_or_its_superior_was_founded(city):
    early = Placement.objects.filter(from_on__lt=F("organisation__founded_on"))
    assert not early.exclude(organisation__in=_groups()).exists()
    assert not Placement.objects.filter(from_on__lt=F("superior__founded_on")).exists()


def test_nobody_is_a_member_before_the_union_was_founded_or_after_it_ended(city):
    early = Membership.objects.filter(from_on__lt=F("organisation__founded_on"))
    assert not early.exclude(organisation__in=_groups()).exists()
    assert not Membership.objects.filter(until_on__gt=F("organisation__ended_on")).exists()


def test_nobody_joined_as_a_child(city):
    joined = Membership.objects.values_list("joined_on", "person__birth_on")
    assert all(date(born.year + 16, born.month, min(born.day, 28)) <= on for on, born in joined)


def test_a_transfer_goes_on_from_the_day_on_which_the_old_membership_ended(city):
    chained = Membership.objects.exclude(continued_from=None)
    assert not chained.exclude(continued_from__until_on=F("from_on")).exists()
    assert not chained.exclude(continued_from__person=F("person")).exists()
    assert not chained.exclude(joined_on=F("continued_from__joined_on")).exists()
    assert not chained.exclude(origin=Origin.TRANSFER).exists()
    assert not Membership.objects.filter(continued_from=None).exclude(joined_on=F("from_on")).exists()


def test_employers_are_covered_and_staffed_only_since_they_exist(city):
    assert not Coverage.objects.filter(from_on__lt=F("employer__founded_on")).exists()
    early = Coverage.objects.filter(from_on__lt=F("organisation__founded_on"))
    assert not early.exclude(organisation__in=_groups()).exists()
    assert not Headcount.objects.filter(on__lt=F("employer__founded_on")).exists()
    assert not Employment.objects.filter(from_on__lt=F("employer__founded_on")).exists()
    assert not Employer.objects.filter(founded_on__lt=F("head_office__founded_on")).exists()


def test_terms_and_posts_begin_after_the_founding(city):
    assert not Term.objects.filter(starts_on__lt=F("organisation__founded_on")).exists()
    assert not Post.objects.filter(from_on__lt=F("organisation__founded_on")).exists()


@pytest.mark.parametrize(
    ("model", "column"),
    [
        (Organisation, "founded_on"),
        (Organisation, "ended_on"),
        (Placement, "from_on"),
        (Link, "from_on"),
        (Employer, "founded_on"),
        (Coverage, "from_on"),
        (Coverage, "until_on"),
        (Headcount, "on"),
        (Employment, "from_on"),
        (Membership, "from_on"),
        (Membership, "until_on"),
        (Post, "from_on"),
        (Post, "until_on"),
    ],
)
def test_nothing_has_happened_after_the_day_of_the_city(city, model, column):
    assert model.objects.aggregate(last=Max(column))["last"] <= TODAY


# ── employers and who covers them ─────────────────────────────────────────────────────────────────────────────


def test_codes_of_employers_and_unions_have_the_right_check_signs(city):
    assert all(numbers.uscc(code) == code for code in Employer.objects.values_list("uscc", flat=True))
    codes = Organisation.objects.exclude(uscc="").values_list("uscc", flat=True)
    assert {numbers.uscc(code)[:2] for code in codes} == {"81", "89"}


def test_only_operating_employers_are_covered_now(city):
    states = set(Coverage.objects.filter(until_on=None).values_list("employer__state", flat=True))
    assert states == {EmployerState.OPERATING}
    assert Employer.objects.exclude(state=EmployerState.OPERATING).count() > 30


@pytest.mark.system("O3")
@pytest.mark.parametrize("county", COUNTIES)
def test_each_county_has_large_employers_without_a_union(city, county):
    large = _large().filter(in_county(county))
    free = large.exclude(Exists(Coverage.objects.filter(employer=OuterRef("pk"), until_on=None)))
    assert free.count() >= 2
    assert free.count() < large.count()


def test_about_a_third_of_the_large_employers_has_no_union(city):
    large = _large()
    free = large.exclude(Exists(Coverage.objects.filter(employer=OuterRef("pk"), until_on=None)))
    assert 0.2 < free.count() / large.count() < 0.45


def _groups() -> Any:
    """The groups of foundings, and what they became: they cover and take members before the union is founded."""
    return Founding.objects.exclude(group=None).values("group_id")


def _large() -> Any:
    operating = Employer.objects.filter(state=EmployerState.OPERATING)
    return operating.annotate(most=Max("headcounts__count")).filter(most__gte=25)


def test_some_employers_came_to_another_union_or_to_none(city):
    rows = Coverage.objects.values("employer").annotate(count=Count("pk"))
    assert rows.filter(count__gt=1).count() >= 3
    now = Coverage.objects.filter(employer=OuterRef("employer"), until_on=None)
    assert Coverage.objects.exclude(until_on=None).exclude(Exists(now)).count() >= 5


def test_sources_sometimes_disagree_about_the_number_of_staff(city):
    counts: dict[int, list[int]] = {}
    for employer, count in Headcount.objects.values_list("employer_id", "count"):
        counts.setdefault(employer, []).append(count)
    several = [each for each in counts.values() if len(each) > 1 and max(each) >= 25]
    assert 0.01 < sum(max(each) > 1.5 * min(each) for each in several) / len(several) < 0.5


def test_a_federation_or_the_union_of_the_place_answers_for_each_employer(city):
    kinds = {Kind.FEDERATION, Kind.TOWNSHIP_UNION, Kind.ZONE_UNION}
    assert set(Employer.objects.values_list("organisation__kind", flat=True)) == kinds


# ── members ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_as_many_live_memberships_as_asked_for_one_a_person(city):
    live = Membership.objects.filter(state__in=LIVE)
    assert live.count() == live.values("person").distinct().count()
    assert live.exclude(organisation__in=_groups()).exclude(origin=Origin.SPOT).count() == SCALE


def test_members_stand_where_workers_join_or_are_kept(city):
    active = Membership.objects.filter(state=State.ACTIVE).values_list("organisation__kind", flat=True)
    assert set(active) <= {kind.value for kind in WITH_MEMBERS}
    kept = Membership.objects.exclude(organisation__kind__in=WITH_MEMBERS).exclude(state=State.ENDED)
    assert {each.continued_from.ending for each in kept.select_related("continued_from")} <= {Ending.DISSOLVED}


def test_who_works_nowhere_any_more_keeps_the_membership(city):
    retained = Membership.objects.filter(state=State.RETAINED)
    assert 0.01 < retained.count() / SCALE < 0.08
    assert not Employment.objects.filter(person__memberships__in=retained, until_on=None).exists()


def test_some_members_moved_once_or_more(city):
    moved = Membership.objects.exclude(continued_from=None).values("person").distinct().count()
    assert 0.03 < moved / SCALE < 0.12
    assert Membership.objects.exclude(continued_from__continued_from=None).exists()


def test_joining_has_risen_over_twenty_years(city):
    years = Counter(
        on.year for on in Membership.objects.filter(continued_from=None).values_list("joined_on", flat=True)
    )
    assert min(years) >= TODAY.year - 20
    decade = [sum(years[year] for year in range(first, first + 5)) for first in (2007, 2012, 2017, 2022)]
    assert decade == sorted(decade)
    assert years[2025] < SCALE / 4


def test_few_unions_are_large_and_most_are_small(city):
    sizes = Counter(
        path[:20] for path in Membership.objects.filter(state__in=LIVE).values_list("organisation__path", flat=True)
    )
    counts = sorted(sizes.values())
    largest = counts[-len(counts) // 10 :]
    assert sum(largest) > 0.3 * SCALE
    assert counts[len(counts) // 2] < 30


def test_the_people_are_a_believable_workforce(city):
    people = Person.objects.all()
    share = people.filter(sex="female").count() / people.count()
    assert 0.4 < share < 0.58
    assert 0.15 < people.filter(is_migrant=True).count() / people.count() < 0.45
    groups = Counter(Membership.objects.filter(state=State.ACTIVE).values_list("group", flat=True))
    assert {"courier", "truck_driver", "food_deliverer", "ride_hailing_driver", "domestic_worker"} <= set(groups)
    forms = Counter(Membership.objects.filter(state=State.ACTIVE).values_list("form", flat=True))
    assert 0.02 < forms["dispatched"] / SCALE < 0.12


def test_numbers_and_phones_are_sealed_and_found_by_the_whole_value(city):
    person = Person.objects.exclude(id_number=b"").exclude(phone=b"").first()
    assert numbers.identity_number(person.reveal("id_number"), on=TODAY).birth_on == person.birth_on
    assert person.reveal("phone").startswith("1990")
    found = Person.objects.filter(id_number_index__in=indexes_of(person.reveal("id_number"), purpose=ID_NUMBER))
    assert list(found) == [person]
    assert Person.objects.filter(phone=b"").filter(phone_index="").exists()


# ── what the database gives ───────────────────────────────────────────────────────────────────────────────────


def test_what_is_written_next_has_an_id_of_its_own(city):
    last = Region.objects.aggregate(last=Max("pk"))["last"]
    assert Region.objects.create(code="99", name="试", level=Region.Level.PROVINCE).pk == last + 1


@pytest.mark.parametrize("model", [Organisation, Employer, Person, Membership, Message])
def test_references_hold(city, model):
    references = list(model.objects.values_list("reference", flat=True)[:2000])
    assert all(is_reference(reference) for reference in references)
