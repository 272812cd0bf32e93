"""The review queue: what a person says of a record stands at once, can be said anew, and holds in later comparisons."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.domains.organising import comparing, review
from gongjia.domains.organising.models import Lead, PairDecision, Run, RunList, UnionPair
from gongjia.domains.organising.tests.lists import EDGE, LARGE, compared, lists, states
from gongjia.domains.organising.words import LeadState, Reviewed
from gongjia.engines.figures import reading, repair
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import entering, everywhere
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]
#: The name is one employer's, the code another's: a person decides.
DOUBTFUL = (("1", f"{LARGE[0]}工会委员会", EDGE[1], "咸宁"),)
DAY = timedelta(days=1)


@pytest.fixture
def run(tree: factories.Tree, at: datetime) -> Run:
    made = compared(tree.officer, tree.county, at, lists(unions=DOUBTFUL))
    assert UnionPair._base_manager.get(run=made).grade == "review"
    return made


def say(tree: factories.Tree, run: Run, at: datetime, answer: Reviewed, name: str = "") -> UnionPair:
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        names = [each["name"] for each in UnionPair.objects.get(run=run).candidates]
        chosen = names.index(name) if name else 0
        return review.decide(run=run, place=0, answer=answer, chosen=chosen, by=actor, at=at)


def figure(tree: factories.Tree, at: datetime) -> int:
    with everywhere(reason="test"):
        assert repair.check("leads") == []
        return reading.total("leads", tree.city, on=at.date()).value


def test_who_has_a_union_after_all_is_no_lead_and_is_one_again_when_that_was_wrong(
    tree: factories.Tree, run: Run, at: datetime
) -> None:
    before = figure(tree, at)
    assert Lead._base_manager.get(name=LARGE[0]).is_unsure
    say(tree, run, at, Reviewed.YES, LARGE[0])
    assert states()[LARGE[0]] == LeadState.GONE
    assert not Lead._base_manager.filter(is_unsure=True).exists()
    assert figure(tree, at) == before - 1
    say(tree, run, at, Reviewed.YES, EDGE[0])
    assert (states()[LARGE[0]], states()[EDGE[0]]) == (LeadState.OPEN, LeadState.GONE)
    say(tree, run, at, Reviewed.NO)
    assert (states()[LARGE[0]], states()[EDGE[0]]) == (LeadState.OPEN, LeadState.OPEN)
    assert figure(tree, at) == before
    said = PairDecision._base_manager.get()
    assert (said.is_same, said.uscc, said.by_person) == (False, "", tree.officer)


def test_what_is_put_off_comes_last_and_leaves_everything_in_doubt(
    tree: factories.Tree, run: Run, at: datetime
) -> None:
    say(tree, run, at, Reviewed.YES, LARGE[0])
    say(tree, run, at, Reviewed.LATER)
    assert states()[LARGE[0]] == LeadState.OPEN
    assert Lead._base_manager.get(name=LARGE[0]).is_unsure
    assert not PairDecision._base_manager.exists()
    with entering(factories.actor(tree.officer).reach()):
        assert review.counts_of(run) == review.Counts(waiting=0, later=1, decided=0)
        assert review.next_of(run) == UnionPair.objects.get(run=run)


@pytest.mark.parametrize(("answer", "grade"), [(Reviewed.YES, "near"), (Reviewed.NO, "none")])
def test_the_next_comparison_goes_by_what_was_decided(
    tree: factories.Tree, run: Run, at: datetime, answer: Reviewed, grade: str
) -> None:
    say(tree, run, at, answer, LARGE[0] if answer == Reviewed.YES else "")
    again = compared(tree.officer, tree.county, at + DAY, lists(unions=DOUBTFUL))
    pair = UnionPair._base_manager.get(run=again)
    assert (pair.grade, pair.uscc) == (grade, LARGE[1] if answer == Reviewed.YES else "")
    assert states()[LARGE[0]] == (LeadState.GONE if answer == Reviewed.YES else LeadState.OPEN)
    assert again.summary["review"] == 0


def test_the_lists_are_compared_once_more(tree: factories.Tree, run: Run, at: datetime) -> None:
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        again = comparing.repeat(run=run, by=actor, at=at + DAY)
        assert list(RunList.objects.filter(run=again).values_list("kind", "batch", "as_of")) == list(
            RunList.objects.filter(run=run).values_list("kind", "batch", "as_of")
        )
        with pytest.raises(Refused, match="还没有做完"):
            comparing.repeat(run=run, by=actor, at=at + DAY)


def test_a_choice_that_is_not_there_changes_nothing(tree: factories.Tree, run: Run, at: datetime) -> None:
    actor = factories.actor(tree.officer)
    with entering(actor.reach()):
        for place, chosen in ((0, 9), (7, 0)):
            with pytest.raises(Refused):
                review.decide(run=run, place=place, answer=Reviewed.YES, chosen=chosen, by=actor, at=at)
    with entering(factories.actor(tree.leader).reach()), pytest.raises(Forbidden):
        review.decide(run=run, place=0, answer=Reviewed.NO, by=factories.actor(tree.leader), at=at)
    assert UnionPair._base_manager.get(run=run).reviewed == ""


def test_what_differs_in_a_name_is_marked() -> None:
    pieces = review.marked("咸宁青禾农业有限公司", "咸宁青禾农业公司工会委员会")
    assert pieces == [("咸宁青禾农业", True), ("有限", False), ("公司", True)]


def body(response: Any) -> str:
    return str(response.getvalue().decode())


def test_one_record_at_a_time_by_one_key_each(tree: factories.Tree, run: Run, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    address = reverse("organising:review", args=[run.reference])
    page = body(officer.get(address))
    assert f"{LARGE[0]}工会委员会" in page
    assert page.count('data-key="') == 2 + len(UnionPair._base_manager.get(run=run).candidates)
    assert officer.post(address, {"place": "0", "answer": "perhaps"}).status_code == 422
    shown = officer.post(address, {"place": "0", "answer": "no", "key": "k1"}, follow=True)
    assert "都核对完了" in body(shown)
    assert "上次的结论" in body(officer.get(f"{address}?place=0"))
    sheet = body(officer.get(reverse("organising:decisions")))
    assert sheet.splitlines()[1] == f"1,{LARGE[0]}工会委员会,,,否"
    assert "看核对结论" in body(officer.get(reverse("organising:run", args=[run.reference])))
