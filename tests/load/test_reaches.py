"""Fifty at once, each with a reach of their own: nobody meets a word of a subtree that is not theirs, and what they
wrote meanwhile leaves tree, memberships, figures and record whole."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE
from gongjia.backbone.organisations.models import Organisation, Placement
from gongjia.domains.enrolment.models import Application
from gongjia.engines.figures import indicators
from gongjia.engines.figures.folding import fold_all
from gongjia.engines.figures.repair import check
from gongjia.engines.messages.models import Direction, Message
from gongjia.kernel import audit
from gongjia.kernel.events import run_due
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.load.city import City, city
from tests.load.walkers import Walker, all_words, walkers
from tests.threads import together

pytestmark = [pytest.mark.system("O1"), pytest.mark.filterwarnings("ignore")]
SignIn = Callable[[Client, factories.Person], Client]


@pytest.fixture
def own_head(settings: Any, tmp_path: Path) -> None:
    """Seals are noted in a file beside the database; this city has one of its own."""
    settings.VAR = tmp_path


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_meet_nothing_foreign(own_head: None, sign_in: SignIn) -> None:
    walk_the_city(sign_in, threads=50, steps=12, applicants=2)


@pytest.mark.long
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_meet_nothing_foreign_in_twenty_thousand_requests(own_head: None, sign_in: SignIn) -> None:
    walk_the_city(sign_in, threads=50, steps=400, applicants=30)


@pytest.mark.django_db(transaction=True)
def test_a_few_at_once_meet_nothing_foreign_on_any_database(own_head: None, sign_in: SignIn) -> None:
    walk_the_city(sign_in, threads=6, steps=12, applicants=1)


def walk_the_city(sign_in: SignIn, *, threads: int, steps: int, applicants: int) -> None:
    at = timezone.now()
    built = city(at, applicants=applicants)
    crowd = walkers(built, sign_in)
    chosen = [crowd[each * len(crowd) // threads] for each in range(threads)]
    words = all_words(built)
    together(threads, lambda each: chosen[each].walk(steps, each, words))
    must_have_met_nothing(chosen, threads * steps)
    must_be_whole(built)


def must_have_met_nothing(crowd: list[Walker], requests: int) -> None:
    statuses: Counter[int] = Counter()
    for each in crowd:
        statuses.update(each.statuses)
    print(f"{statuses.total():,} requests on {connection.vendor}: {dict(sorted(statuses.items()))}")
    assert statuses.total() == requests
    assert [leak for each in crowd for leak in each.leaks] == []
    assert [line for each in crowd for line in each.broken] == []
    assert {200, 302, 404} <= statuses.keys(), "pages, closed doors and acts were all among them"


def must_be_whole(built: City) -> None:
    with everywhere(reason="a test's check"):
        while run_due(at=timezone.now()):
            pass
        twice = Membership.objects.filter(state__in=LIVE).values("person").annotate(n=Count("pk")).filter(n__gt=1)
        assert list(twice) == []
        members = sum(len(union.members) for union in built.unions)
        approved = Application.objects.filter(state="approved").count()
        assert Membership.objects.filter(state__in=LIVE).count() == members + approved
        assert Message.objects.filter(direction=Direction.UP).count() >= members
        assert Organisation.objects.find_problems() == ([], [], [], [], [])
        must_agree_with_placements()
        fold_all(at=timezone.now())
        for each in indicators.registered():
            assert check(each.code) == []
    seal_and_verify()


def must_agree_with_placements() -> None:
    """The path is only today's index of what the placements say."""
    paths = dict(Organisation.objects.values_list("pk", "path"))
    step = Organisation.steplen
    for placed in Placement.objects.filter(until_on=None):
        above = paths[placed.superior_id] if placed.superior_id else ""
        assert paths[placed.organisation_id][:-step] == above


def seal_and_verify() -> None:
    audit.seal(at=timezone.now())
    found = audit.verify(unsealed_before=timezone.now() + timedelta(minutes=1))
    assert found.is_sound
    assert found.unsealed == []
    assert found.rows > 0
