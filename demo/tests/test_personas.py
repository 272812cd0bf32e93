"""Who holds which post in the invented city, and what each persona finds there."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from demo import marker
from demo.casts import ELSEWHERE, HOME
from demo.city import AT
from demo.tests.conftest import SCALE, TODAY
from demo.world import CITY, COUNTIES
from gongjia.backbone.accounts.models import Account
from gongjia.backbone.employers.models import Employer
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import LIVE, Ending, State
from gongjia.backbone.organisations.models import Organisation, Term
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.organisations.words import State as OrganisationState
from gongjia.backbone.people.models import Person
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import FORBIDDEN_PAIRS, Role
from gongjia.domains.founding.models import Count
from gongjia.engines.figures import indicators, reading, repair
from gongjia.engines.messages.models import Direction, Message
from gongjia.engines.papers.models import Paper
from gongjia.kernel import audit
from gongjia.kernel.reach import Reach, entering

pytestmark = [pytest.mark.django_db, pytest.mark.system("O2")]


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_holds_a_post_is_an_active_member(city):
    active = Membership.objects.filter(person=OuterRef("person"), state=State.ACTIVE)
    assert not Post.objects.filter(until_on=None).exclude(Exists(active)).exists()


def test_nobody_holds_two_posts_that_exclude_one_another(city):
    held: dict[int, set[str]] = {}
    for person, role in Post.objects.filter(until_on=None).values_list("person_id", "role"):
        held.setdefault(person, set()).add(role)
    assert not [roles for roles in held.values() for pair in FORBIDDEN_PAIRS if pair <= roles]


def test_each_federation_has_its_chair_and_departments(city):
    for code in (CITY, *COUNTIES):
        posts = Post.objects.filter(organisation__region__code=code, organisation__kind=Kind.FEDERATION, until_on=None)
        held = set(posts.values_list("role", flat=True))
        assert {Role.CHAIR, Role.LEADER, Role.ORGANISATION_OFFICER, Role.RIGHTS_OFFICER, Role.FUND_AUDITOR} <= held


def test_womens_chairs_are_women_and_some_posts_lie_in_the_past(city):
    womens_chairs = Post.objects.filter(role=Role.WOMENS_CHAIR)
    assert womens_chairs.count() > 20
    assert set(womens_chairs.values_list("person__sex", flat=True)) == {"female"}
    assert Post.objects.exclude(until_on=None).filter(role=Role.CHAIR).count() > 10


def test_some_unions_are_overdue_for_re_election_and_most_are_not(city):
    last = Term.objects.filter(organisation__state=OrganisationState.STANDING).values("organisation")
    ends = last.annotate(end=Max("ends_on")).values_list("end", flat=True)
    assert 0.03 < sum(end < TODAY for end in ends) / len(ends) < 0.25


# ── the personas ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("username", "name", "role", "code", "kind"),
    [
        ("hejianping", "何建平", Role.CHAIR, HOME, Kind.GRASSROOTS_UNION),
        ("zhangmin", "张敏", Role.ORGANISATION_OFFICER, HOME, Kind.FEDERATION),
        ("xuqin", "许琴", Role.ORGANISATION_OFFICER, HOME, Kind.FEDERATION),
        ("zhouyuan", "周远", Role.ORGANISATION_OFFICER, ELSEWHERE, Kind.FEDERATION),
        ("chenli", "陈立", Role.LEADER, CITY, Kind.FEDERATION),
        ("zhaoqing", "赵清", Role.AUDITOR, CITY, Kind.FEDERATION),
        ("operator", "系统员", Role.SYSTEM_OPERATOR, CITY, Kind.FEDERATION),
    ],
)
def test_each_persona_has_an_account_and_the_right_post(city, username, name, role, code, kind):
    account = Account.objects.select_related("person").get(username=username)
    rows = Post.objects.select_related("organisation__region").filter(person=account.person, until_on=None)
    post = rows.earliest("from_on")
    assert (account.person.name, post.role, post.organisation.kind) == (name, role, kind)
    assert post.organisation.region.code.startswith(code)
    assert account.reveal("phone") == account.person.reveal("phone")
    assert account.is_active


def test_wang_fang_is_a_member_of_he_jianpings_union_and_came_from_another(city):
    union = Post.objects.get(person__account__username="hejianping", until_on=None).organisation
    old, new = Membership.objects.filter(person__account__username="wangfang").order_by("from_on")
    assert new.organisation.path.startswith(union.path)
    assert (old.ending, new.continued_from, new.state) == (Ending.TRANSFERRED, old, State.ACTIVE)
    assert not Post.objects.filter(person=new.person).exists()
    officer = Post.objects.filter(person__account__username="zhangmin", until_on=None)[0].organisation
    assert union.path.startswith(officer.path)
    assert old.organisation.path.startswith(officer.path)


def test_he_jianpings_union_has_branches_and_groups_and_a_term_that_ran_out(city):
    union = Post.objects.get(person__account__username="hejianping", until_on=None).organisation
    kinds = Counter(Organisation.objects.filter(path__startswith=union.path).values_list("kind", flat=True))
    assert kinds == {Kind.GRASSROOTS_UNION: 1, Kind.BRANCH: 3, Kind.UNION_GROUP: 7}
    live = Membership.objects.filter(organisation__path__startswith=union.path, state__in=LIVE)
    assert 180 <= live.count() <= 185
    ended = Term.objects.filter(organisation=union).latest("number").ends_on
    assert timedelta(days=30) < TODAY - ended < timedelta(days=180)


def test_another_countys_officer_sees_nothing_of_wang_fang(city):
    elsewhere = Post.objects.get(person__account__username="zhouyuan", until_on=None).organisation
    with entering(Reach(subtrees=(elsewhere.path,))):
        assert Membership.objects.exists()
        assert not Membership.objects.filter(person__account__username="wangfang").exists()


def test_wang_fang_finds_who_opened_her_file_and_messages_not_yet_read(city):
    person = Person.objects.get(account__username="wangfang")
    assert audit.opening_count_of(person.pk, Membership) == 4
    mine = Message.objects.filter(person=person, direction=Direction.DOWN)
    assert mine.filter(read_at=None).count() == 4
    assert mine.count() == 6
    assert Message.objects.filter(direction=Direction.UP, read_at=None).count() == 2


def test_every_figure_agrees_with_its_rows(city):
    codes = [indicator.code for indicator in indicators.registered()]
    assert "members" in codes
    assert [difference for code in codes for difference in repair.check(code)] == []
    assert reading.total("members", Organisation.objects.get(depth=1), on=TODAY).value > 0.9 * SCALE


def test_the_record_is_sealed_and_sound(city):
    found = audit.verify(unsealed_before=AT)
    assert found.is_sound
    assert found.unsealed == []
    assert found.rows >= 4


# ── the doors ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_marks_are_planted_in_the_foreign_county_only(city):
    with transaction.atomic():
        path = marker.plant()
        marked = Organisation.objects.filter(name__endswith=marker.MARK)
        assert marked.count() == Organisation.objects.filter(path__startswith=path).count()
        assert not Employer.objects.filter(region__code__startswith=HOME, name__contains=marker.MARK).exists()
        with entering(Reach(subtrees=(city.federations[HOME].path,))):
            assert not Membership.objects.filter(person__name__contains=marker.MARK).exists()
        with entering(Reach(subtrees=(path,))):
            assert Membership.objects.filter(person__name__contains=marker.MARK).count() > 20
        transaction.set_rollback(True)


def test_document_numbers_run_with_their_days_and_no_sheet_counts_more_than_were_there(city):
    """Foundings go on side by side, as the days go: a later number is never dated earlier."""
    dates = defaultdict(list)
    for paper in Paper.objects.exclude(number=None).select_related("number").order_by("number__serial"):
        dates[paper.number.series_id].append(paper.issued_on)
    assert any(len(days) > 3 for days in dates.values())
    assert all(days == sorted(days) for days in dates.values())
    assert all(each.issued <= each.present <= each.expected for each in Count.objects.all())
