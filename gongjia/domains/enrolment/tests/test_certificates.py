"""Certificates of membership: issued by the union, for its live members, verified by anybody."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from gongjia.backbone.memberships import services as memberships
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.memberships.words import Ending, State
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.posts.words import Role
from gongjia.domains.enrolment import cards, params
from gongjia.domains.enrolment.certificates import certify
from gongjia.domains.enrolment.models import Poster
from gongjia.engines.papers import proofs
from gongjia.engines.papers import services as papers
from gongjia.engines.papers.models import Paper
from gongjia.engines.papers.queries import contents_of
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.moments import today_of
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_a_chair_certifies_a_member_who_downloads_it_and_anybody_verifies_it(
    client: Client, tree: factories.Tree, sign_in: SignIn
) -> None:
    sign_in(client, tree.chair)
    address = f"/desk/members/{tree.membership.reference}/certify/"
    assert client.post(address, {"use": ""}).status_code == 422
    assert 'value="青禾工"' in client.get(address).content.decode(), "the word of the first number is seen before"
    answer = client.post(address, {"use": "子女入学", "word": "青禾工", "key": "once"}, follow=True)
    assert "证明已经出具" in answer.content.decode()
    client.post(address, {"use": "子女入学", "word": "青禾工", "key": "once"})
    paper = Paper._base_manager.get()
    assert paper.number_zh == "青禾工证〔2026〕1号"
    member = sign_in(Client(), tree.member)
    assert paper.number_zh in member.get("/my/papers/").content.decode()
    said = words_of(member.get(f"/my/papers/{paper.reference}.pdf").content)
    assert "兹证明王芳" in said
    assert "用于：子女入学" in said
    number = tree.member.reveal("id_number")
    assert number not in said
    assert number[-4:] in said
    with everywhere(reason="test"):
        code = contents_of(paper)["composed"]["qr"]
    shown = Client().get(f"/v/{proofs.token_in(code)}/").content.decode()
    assert "核验通过" in shown
    assert paper.number_zh in shown
    assert "王芳" not in shown
    assert "子女入学" not in shown, "what a paper is for is nobody else's business"


def test_a_void_certificate_is_told_to_whoever_verifies_it(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = certify(membership=tree.membership, use="子女入学", by=COMMAND, at=at)
        code = proofs.token_in(contents_of(paper)["composed"]["qr"])
        before = proofs.verdict_on(code, at=at)
        papers.void(paper=paper, reason="写错", by=COMMAND, at=at)
        after = proofs.verdict_on(code, at=at)
    assert before is not None
    assert before.holds
    assert after is not None
    assert not after.holds
    assert "写错" not in after.doubt


def test_a_group_issues_nothing_its_union_does(tree: factories.Tree, at: datetime) -> None:
    branch = factories.organisation("一车间分工会", tree.union, kind=Kind.BRANCH)
    group = factories.organisation("一组工会小组", branch, kind=Kind.UNION_GROUP)
    membership = factories.membership(factories.person("白小满"), group)
    with everywhere(reason="test"):
        assert certify(membership=membership, use="入学", by=COMMAND, at=at).organisation == tree.union


def test_no_certificate_for_who_has_left_and_none_from_elsewhere(tree: factories.Tree, at: datetime) -> None:
    chair, foreign = factories.actor(tree.chair), factories.actor(tree.foreign_officer)
    with everywhere(reason="test"):
        live = Membership.objects.get(pk=tree.membership.pk)
        with pytest.raises(Forbidden):
            certify(membership=live, use="入学", by=foreign, at=at)
        memberships.end(membership=live, ending=Ending.LEFT, on=date(2026, 11, 20), by=COMMAND, at=at)
        with pytest.raises(Refused, match="已经终止"):
            certify(membership=live, use="入学", by=chair, at=at)
    assert not Paper._base_manager.exists()


def test_posters_are_printed_with_their_codes(
    client: Client, tree: factories.Tree, at: datetime, sign_in: SignIn
) -> None:
    poster = Poster._base_manager.create(organisation=tree.union, employer=tree.employer, made_at=at)
    sign_in(client, tree.chair)
    said = words_of(client.get(f"/desk/posters/{poster.reference}.pdf").content)
    assert "扫一扫，加入工会" in said
    assert f"单位已选好：{tree.employer.name}" in said
    assert f"/j/{poster.reference}/" in said


def test_a_card_speaks_for_thirty_days() -> None:
    assert params.card_days(on=date(2026, 11, 20)) == 30


@pytest.mark.parametrize(("kept_for_days", "holds"), [(None, True), (0, False), (30, False), (31, True)])
def test_a_card_in_force_does_not_speak_for_who_is_only_kept_since(
    tree: factories.Tree, at: datetime, kept_for_days: int | None, *, holds: bool
) -> None:
    if kept_for_days is not None:
        kept = today_of(at) - timedelta(days=kept_for_days)
        Membership._base_manager.filter(pk=tree.membership.pk).update(state=State.RETAINED, retained_on=kept)
    doubt = cards.MEMBER.doubt(tree.membership.reference, at)
    assert (doubt == "") is holds


def test_nobody_certifies_themselves(tree: factories.Tree, at: datetime) -> None:
    own = factories.membership(tree.chair, tree.union)
    with everywhere(reason="test"), pytest.raises(Refused, match="自己的事"):
        certify(membership=own, use="入学", by=factories.actor(tree.chair), at=at)
    assert not Paper._base_manager.exists()


def test_a_clerk_of_a_branch_issues_nothing_in_the_name_of_its_union(tree: factories.Tree, at: datetime) -> None:
    branch = factories.organisation("一车间分工会", tree.union, kind=Kind.BRANCH)
    clerk = factories.person("白小满")
    factories.post(clerk, branch, Role.CLERK)
    member = factories.membership(factories.person("白大满"), branch)
    with everywhere(reason="test"), pytest.raises(Forbidden):
        certify(membership=member, use="入学", by=factories.actor(clerk), at=at)
    with everywhere(reason="test"):
        made = certify(membership=member, use="入学", word="青禾工", by=factories.actor(tree.chair), at=at)
    assert made.organisation == tree.union
