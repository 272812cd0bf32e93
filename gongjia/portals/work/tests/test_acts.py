"""What officers change from a file: organisations, employers, posts."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from gongjia.backbone.employers.models import Coverage, Headcount
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.engines.figures.repair import check, rebuild
from gongjia.kernel import audit, ticks
from gongjia.kernel.reach import entering, everywhere
from gongjia.portals.work.forms import UnionField
from gongjia.portals.work.office import TICKS
from tests import factories

pytestmark = [pytest.mark.system("O2"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]


@pytest.fixture
def officer(tree: factories.Tree, client: Client, sign_in: SignIn) -> Client:
    with everywhere(reason="test"):
        for code in ("unions", "organisations", "employers", "members"):
            rebuild(code)
    return sign_in(client, tree.officer)


def body(response: Any) -> str:
    return str(response.content.decode())


def counted_right() -> bool:
    with everywhere(reason="test"):
        return not any(check(code) for code in ("unions", "organisations", "employers", "members"))


def test_a_union_is_founded_under_another(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:union_found", args=[tree.county.reference])
    assert "工会小组" not in body(officer.get(address))
    facts = {"kind": "township_union", "name": "浮山街道总工会", "founded_on": "2026-01-05", "key": "a"}
    assert officer.post(address, facts).status_code == 422
    facts |= {"approval_number": "咸工发〔2026〕1号", "term_years": "5"}
    for _ in range(2):
        assert officer.post(address, facts).status_code == 302
    made = Organisation._base_manager.get(name="浮山街道总工会")
    assert made.path.startswith(tree.county.path)
    assert counted_right()


def test_facts_are_amended_and_a_faster_colleague_is_not_overwritten(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:union_amend", args=[tree.union.reference])
    facts = {"version": tree.union.version, "name": tree.union.name, "short_name": "青禾工会", "address": "长安路1号"}
    assert "青禾样例制衣工会委员会" in body(officer.get(address))
    assert officer.post(address, facts).status_code == 302
    again = officer.post(address, {**facts, "short_name": "另一个"})
    assert again.status_code == 422
    assert "刚刚被别人修改过" in body(again)
    assert "统一社会信用代码" in body(officer.post(address, {**facts, "version": 2, "uscc": "123"}))
    assert Organisation._base_manager.get(pk=tree.union.pk).short_name == "青禾工会"


def test_a_union_is_merged_after_its_dry_run(tree: factories.Tree, officer: Client) -> None:
    into = factories.organisation("云溪样例工会", tree.county, kind="grassroots_union")
    with everywhere(reason="test"):
        rebuild("unions"), rebuild("organisations")
    address = reverse("work:union_merge", args=[tree.union.reference])
    assert "只是试算" in body(officer.get(address))
    facts = {"into": "没有的工会", "on": "2026-02-01", "approval_number": "咸工发〔2026〕3号"}
    assert "没有找到这个工会" in body(officer.post(address, facts))
    shown = body(officer.post(address, {**facts, "into": into.name}))
    assert "确认合并到“云溪样例工会”" in shown
    assert Organisation._base_manager.get(pk=tree.union.pk).state == "standing"
    assert officer.post(address, {**facts, "into": into.reference, "confirmed": "1"}).status_code == 302
    assert Organisation._base_manager.get(pk=tree.union.pk).state == "merged"
    assert Coverage._base_manager.get(employer=tree.employer, until_on=None).organisation == into
    assert counted_right()


def test_a_federation_with_unions_below_is_not_dissolved(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    above = factories.person("组织员")
    factories.post(above, tree.city, "organisation_officer")
    officer = sign_in(client, above)
    address = reverse("work:union_dissolve", args=[tree.county.reference])
    answer = officer.post(address, {"on": "2026-02-01", "approval_number": "咸工发〔2026〕3号", "reason": "撤销"})
    assert answer.status_code == 422
    assert "先把它们移走" in body(answer)


def test_a_visit_s_headcount_stands_beside_the_others(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:employer_heads", args=[tree.employer.reference])
    assert officer.post(address, {"count": "31", "on": "2099-01-01"}).status_code == 422
    assert officer.post(address, {"count": "31", "on": "2026-02-01"}).status_code == 302
    assert Headcount._base_manager.get(employer=tree.employer).source == "visit"


def test_a_coverage_is_ended_and_another_begun(tree: factories.Tree, officer: Client) -> None:
    other = factories.organisation("云溪样例工会", tree.county, kind="grassroots_union")
    with everywhere(reason="test"):
        rebuild("unions"), rebuild("organisations")
    address = reverse("work:employer_cover", args=[tree.employer.reference])
    assert officer.post(address, {"until_on": "2026-02-01", "reason": "转出"}).status_code == 302
    assert officer.post(address, {"union": other.name, "from_on": "2026-02-01"}).status_code == 302
    assert Coverage._base_manager.get(employer=tree.employer, until_on=None).organisation == other
    assert counted_right()


@pytest.mark.parametrize("name", ["union_dissolve", "union_end_post"])
def test_the_day_that_is_proposed_is_one_that_a_browser_shows(tree: factories.Tree, officer: Client, name: str) -> None:
    page = body(officer.get(reverse(f"work:{name}", args=[tree.union.reference])))
    assert re.search(r'<input type="date"[^>]* value="\d{4}-\d\d-\d\d"', page)


def test_a_member_is_given_a_post_and_nobody_oneself(tree: factories.Tree, officer: Client) -> None:
    own = factories.membership(tree.officer, tree.union)
    facts = {"union": tree.union.name, "role": "clerk", "from_on": "2026-02-01", "confirmed": "1"}
    assert officer.post(reverse("work:appoint", args=[tree.membership.reference]), facts).status_code == 302
    assert Post._base_manager.get(person=tree.member).role == "clerk"
    refused = officer.post(reverse("work:appoint", args=[own.reference]), facts)
    assert "不能给自己登记任职" in body(refused)


ENDS = {"until_on": "2026-02-01", "ending": "retired"}


def test_a_post_is_ended_from_the_file_of_the_union(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:union_end_post", args=[tree.union.reference])
    assert address in body(officer.get(reverse("work:union", args=[tree.union.reference])))
    page = body(officer.get(address))
    assert "何建平" in page
    assert "组织部干部（从" not in page
    post = Post._base_manager.get(person=tree.chair)
    assert officer.post(address, {"post": post.pk, "until_on": "2026-02-01"}).status_code == 422
    foreign = Post._base_manager.get(person=tree.foreign_officer)
    assert officer.post(address, {**ENDS, "post": foreign.pk}).status_code == 422
    answer = officer.post(address, {**ENDS, "post": post.pk}, follow=True)
    assert "离任已经登记" in body(answer)
    assert "请尽快补选" in body(answer)
    post.refresh_from_db()
    assert (str(post.until_on), post.ending) == ("2026-02-01", "retired")
    assert address not in body(officer.get(reverse("work:union", args=[tree.union.reference])))
    assert "没有别的正在任职的人" in body(officer.get(address))


def test_a_post_is_ended_from_the_file_of_the_person(tree: factories.Tree, officer: Client) -> None:
    factories.post(tree.member, tree.union, "clerk")
    address = reverse("work:end_post", args=[tree.membership.reference])
    file = officer.post(reverse("work:person", args=[tree.membership.reference]), {"purpose": "verify"}, follow=True)
    assert address in body(file)
    post = Post._base_manager.get(person=tree.member)
    assert "checked" in body(officer.get(address))
    assert officer.post(address, {**ENDS, "post": post.pk, "until_on": "2019-01-01"}).status_code == 422
    assert officer.post(address, {**ENDS, "post": post.pk}).status_code == 302
    assert "2026-02-01 离任，退休" in body(officer.get(reverse("work:person", args=[tree.membership.reference])))


def test_an_officer_does_not_end_the_own_post(tree: factories.Tree, officer: Client) -> None:
    own = Post._base_manager.get(person=tree.officer)
    address = reverse("work:union_end_post", args=[tree.county.reference])
    assert "不能给自己登记离任" in body(officer.post(address, {**ENDS, "post": own.pk}))
    factories.post(tree.member, tree.county, "clerk")
    assert "张敏　" not in body(officer.get(address))
    assert officer.post(address, {**ENDS, "post": own.pk}).status_code == 422
    assert Post._base_manager.get(pk=own.pk).until_on is None


def test_the_own_federation_is_not_moved_merged_or_dissolved_by_its_own_officers(
    tree: factories.Tree, officer: Client
) -> None:
    page = body(officer.get(reverse("work:union", args=[tree.county.reference])))
    assert reverse("work:union_found", args=[tree.county.reference]) in page
    assert reverse("work:union_end_post", args=[tree.county.reference]) not in page
    for name in ("union_move", "union_merge", "union_dissolve"):
        address = reverse(f"work:{name}", args=[tree.county.reference])
        assert address not in page
        assert "请上一级工会办理" in body(officer.get(address))


def test_a_post_is_given_after_a_look_at_who_where_and_what(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:appoint", args=[tree.membership.reference])
    assert '<option value="" selected>' in body(officer.get(address))
    facts = {"union": tree.county.name, "role": "office_officer", "from_on": "2026-02-01"}
    shown = body(officer.post(address, facts))
    for words in ("王芳", "咸安区总工会", "办公室干部", "2026年2月1日", "系统管理员开立登录名", "手机验证码"):
        assert words in shown, words
    assert not Post._base_manager.filter(person=tree.member).exists()
    said = body(officer.post(address, {**facts, "confirmed": "1"}, follow=True))
    assert "王芳从 2026年2月1日 起在“咸安区总工会”任办公室干部" in said


def test_a_second_chair_wants_a_basis_and_names_the_first(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:appoint", args=[tree.membership.reference])
    facts = {"union": tree.union.name, "role": "chair", "from_on": "2026-02-01"}
    for more in ({}, {"confirmed": "1"}):
        refused = officer.post(address, {**facts, **more})
        assert refused.status_code == 422
        assert "工会主席是何建平" in body(refused)
    facts["basis"] = "咸工发〔2026〕5号"
    assert "现在的工会主席是何建平，登记后同时有两位" in body(officer.post(address, facts))
    assert officer.post(address, {**facts, "confirmed": "1"}).status_code == 302
    assert Post._base_manager.get(person=tree.member).basis == "咸工发〔2026〕5号"


def test_the_full_name_of_a_union_means_that_union(tree: factories.Tree) -> None:
    for number in range(60):
        factories.organisation(f"浮山街道总工会第{number}联合工会", tree.county, kind="joint_grassroots_union")
    meant = factories.organisation("浮山街道总工会", tree.county, kind="township_union")
    with entering(factories.actor(tree.officer).reach()):
        assert UnionField().clean("浮山街道总工会") == meant
        assert UnionField().clean(meant.reference) == meant
        with pytest.raises(ValidationError, match="第0联合工会"):
            UnionField().clean("联合工会")


ADDRESSES = (
    "union_found",
    "union_amend",
    "union_merge",
    "union_dissolve",
    "employer_heads",
    "employer_cover",
    "appoint",
    "end_post",
    "union_end_post",
)


@pytest.mark.parametrize("name", ADDRESSES)
def test_acts_are_for_the_officers_of_the_place(tree: factories.Tree, sign_in: SignIn, name: str) -> None:
    if name == "end_post":
        factories.post(tree.member, tree.union, "clerk")
    of_members = {"appoint", "end_post"}
    kind = tree.employer if name.startswith("employer") else tree.membership if name in of_members else tree.union
    address = reverse(f"work:{name}", args=[kind.reference])
    assert sign_in(Client(), tree.officer).get(address).status_code == 200
    assert sign_in(Client(), tree.leader).get(address).status_code == 403
    assert sign_in(Client(), tree.foreign_officer).get(address).status_code == 404


def test_every_periodic_work_has_a_name_for_the_operator() -> None:
    named = {each.name for each in ticks.registered() if not each.name.startswith("test")}
    assert named <= TICKS.keys()


def test_an_officer_of_a_county_is_not_offered_who_watches_the_platform(tree: factories.Tree, officer: Client) -> None:
    address = reverse("work:appoint", args=[tree.membership.reference])
    assert 'value="clerk"' in body(officer.get(address))
    assert 'value="auditor"' not in body(officer.get(address))
    facts = {"union": tree.county.name, "role": "auditor", "from_on": "2026-01-01", "key": "w"}
    assert officer.post(address, facts).status_code == 422
    assert not Post._base_manager.filter(person=tree.member).exists()


def test_the_record_goes_as_far_as_the_post_of_the_auditor(
    tree: factories.Tree, client: Client, sign_in: SignIn, at: Any
) -> None:
    factories.post(tree.member, tree.county, "auditor")
    audit.record("organisations.amend", by=factories.actor(tree.officer), at=at, subject=tree.union)
    audit.record("organisations.amend", by=factories.actor(tree.foreign_officer), at=at, subject=tree.foreign_union)
    audit.opened(tree.foreign_membership, by=factories.actor(tree.foreign_officer), at=at)
    audit.opened(tree.membership, by=factories.actor(tree.officer), at=at)
    for address in (reverse("work:audit"), reverse("work:audit") + "?only=opened", reverse("work:home")):
        page = body(sign_in(client, tree.member).get(address))
        assert tree.union.name in page
        assert tree.foreign_union.name not in page
        assert tree.foreign_officer.name not in page
    whole = body(sign_in(client, tree.auditor).get(reverse("work:audit")))
    assert tree.union.name in whole
    assert tree.foreign_union.name in whole
