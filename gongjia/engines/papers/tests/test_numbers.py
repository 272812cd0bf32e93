"""Document numbers: one after the other, for each organisation, series and year; none twice, none left out."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongjia.backbone.organisations.naming import series_words
from gongjia.engines.papers import queries, services
from gongjia.engines.papers.models import DocumentNumber, Series, SeriesWord
from gongjia.engines.papers.tests.conftest import REPLY
from gongjia.engines.papers.words import NumberState
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused, Stale
from gongjia.kernel.reach import everywhere
from tests import factories
from tests.threads import together

pytestmark = [pytest.mark.system("O8"), pytest.mark.django_db]
THREADS = 8


def take(organisation: factories.Organisation, at: datetime, series: str = "发") -> DocumentNumber:
    return services.take_number(organisation=organisation, series=series, subject="关于测试的通知", by=COMMAND, at=at)


class Undone(Exception):
    """A transaction ends without a trace."""


@transaction.atomic
def take_and_undo(organisation: factories.Organisation, at: datetime) -> None:
    """Raises Undone."""
    take(organisation, at)
    raise Undone


def serials(organisation: factories.Organisation, series: str = "发", year: int = 2026) -> list[int]:
    found = DocumentNumber._base_manager.filter(organisation=organisation, series__kind=series, series__year=year)
    return sorted(found.values_list("serial", flat=True))


def test_each_organisation_series_and_year_is_counted_for_itself(tree: factories.Tree, at: datetime) -> None:
    assert [take(tree.county, at).text for _ in range(3)] == [f"咸安工发〔2026〕{number}号" for number in (1, 2, 3)]
    assert take(tree.county, at, "复").text == "咸安工复〔2026〕1号"
    assert take(tree.city, at).text == "咸工发〔2026〕1号"
    assert take(tree.county, at.replace(year=2027)).text == "咸安工发〔2027〕1号"
    assert take(tree.county, at).text == "咸安工发〔2026〕4号"


@pytest.mark.parametrize(("moment", "year"), [("2026-12-31T23:59:59+08:00", 2026), ("2026-12-31T16:00:00+00:00", 2027)])
def test_the_year_is_shanghai_s(moment: str, year: int, tree: factories.Tree) -> None:
    assert f"〔{year}〕1号" in take(tree.county, datetime.fromisoformat(moment)).text


def test_a_number_goes_back_with_the_transaction_that_was_undone(tree: factories.Tree, at: datetime) -> None:
    take(tree.county, at)
    with pytest.raises(Undone):
        take_and_undo(tree.county, at)
    assert take(tree.county, at).serial == 2
    assert serials(tree.county) == [1, 2]


def test_a_void_number_stays_with_its_reason_and_is_not_given_again(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    services.set_word(organisation=tree.county, word="咸安工", version=0, by=officer, at=at)
    number = services.register_number(organisation=tree.county, series="函", subject="商请函", by=officer, at=at)
    with pytest.raises(Refused, match="原因"):
        services.void_number(number=number, reason="  ", by=officer, at=at)
    services.void_number(number=number, reason="写重了", by=officer, at=at)
    kept = DocumentNumber._base_manager.get(pk=number.pk)
    assert (kept.state, kept.void_reason) == (NumberState.VOID, "写重了")
    with pytest.raises(Refused, match="已经作废"):
        services.void_number(number=number, reason="再一次", by=officer, at=at)
    assert take(tree.county, at, "函").serial == 2


def test_the_number_of_an_issued_paper_is_voided_with_the_paper_only(tree: factories.Tree, at: datetime) -> None:
    with everywhere(reason="test"):
        paper = services.issue(kind=REPLY.code, organisation=tree.county, context=REPLY.sample, by=COMMAND, at=at)
    with pytest.raises(Refused, match="作废那份公文"):
        services.void_number(number=paper.number, reason="写错", by=factories.actor(tree.officer), at=at)


@pytest.mark.parametrize("who", ["foreign_officer", "member", "leader", "auditor"])
def test_nobody_else_takes_or_voids_a_number(who: str, tree: factories.Tree, at: datetime) -> None:
    stranger = factories.actor(getattr(tree, who))
    number = take(tree.county, at)
    with pytest.raises(Forbidden):
        services.register_number(organisation=tree.county, series="发", subject="通知", by=stranger, at=at)
    with pytest.raises(Forbidden):
        services.void_number(number=number, reason="写错", by=stranger, at=at)
    with pytest.raises(Forbidden):
        services.set_word(organisation=tree.county, word="安工", version=0, by=stranger, at=at)
    assert serials(tree.county) == [1]


# ── the word ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "likeliest"),
    [
        ("咸宁市总工会", "咸工"),
        ("咸安区总工会", "咸安工"),
        ("嘉鱼县总工会", "嘉鱼工"),
        ("咸宁市咸安区鸿运物业有限公司工会", "鸿运工"),
        ("咸安区浮山街道总工会", "浮山工"),
        ("青禾样例制衣工会委员会", "青禾工"),
        ("工会", "工会工"),
        ("ACME", "工会工"),
    ],
)
def test_the_likeliest_word_of_a_name(name: str, likeliest: str) -> None:
    assert series_words(name)[0] == likeliest
    assert all(len(word) <= 12 for word in series_words(name))


def test_a_firm_called_after_its_place_has_its_own_word(tree: factories.Tree) -> None:
    assert series_words("咸宁鸿运物业有限公司工会", ["湖北省", "咸宁市", "咸安区"])[0] == "鸿运工"
    assert series_words("咸宁市总工会", ["湖北省", "咸宁市"])[0] == "咸工"
    assert series_words("咸安区浮山街道总工会", ["湖北省", "咸宁市", "咸安区", "浮山街道"])[0] == "浮山工"
    assert series_words("咸安区官埠桥镇总工会", ["咸宁市", "咸安区", "官埠桥镇"])[0] == "官埠工"
    union = factories.organisation("咸宁鸿运物业有限公司工会委员会", tree.county)
    assert queries.word_to_confirm(union) == "鸿运工"


def test_nobody_s_first_number_comes_with_a_word_that_was_not_confirmed(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    facts = {"organisation": tree.county, "by": officer, "at": at}
    for act, more in (
        (services.register_number, {"series": "函", "subject": "商请函"}),
        (services.skip_numbers, {"series": "函", "up_to": 3}),
    ):
        with pytest.raises(Refused, match="还没有确定机关代字") as refused:
            act(**facts, **more)
        assert refused.value.fields == ("word",)
    assert not SeriesWord._base_manager.exists()
    facts["by"] = COMMAND
    assert services.take_number(**facts, subject="通知", word="咸安总工").text == "咸安总工发〔2026〕1号"
    assert services.take_number(**facts, subject="通知", word="别的工").text == "咸安总工发〔2026〕2号"
    assert queries.word_to_confirm(tree.county) == ""


def test_two_organisations_never_begin_with_the_same_word(tree: factories.Tree, at: datetime) -> None:
    twin = factories.organisation("咸安区总工会", tree.city)
    third = factories.organisation("咸安区总工会", tree.city)
    words = {take(each, at).text.partition("发")[0] for each in (tree.county, twin, third)}
    assert len(words) == 3


def test_an_officer_sets_the_word_and_given_numbers_stay(tree: factories.Tree, at: datetime) -> None:
    officer = factories.actor(tree.officer)
    first = take(tree.county, at)
    word = SeriesWord._base_manager.get(organisation=tree.county)
    services.set_word(organisation=tree.county, word="咸安总工", version=word.version, by=officer, at=at)
    assert take(tree.county, at).text == "咸安总工发〔2026〕2号"
    assert DocumentNumber._base_manager.get(pk=first.pk).text == "咸安工发〔2026〕1号"
    with pytest.raises(Stale):
        services.set_word(organisation=tree.county, word="安工", version=word.version, by=officer, at=at)
    foreign = factories.actor(tree.foreign_officer)
    for word, why in (("咸安总工", "另一个工会"), ("咸安工", "用过")):
        with pytest.raises(Refused, match=why):
            services.set_word(organisation=tree.foreign_county, word=word, version=0, by=foreign, at=at)


@pytest.mark.parametrize(("up_to", "why"), [(2, "已经用到第 2 号"), (1, "已经用到第 2 号"), (2003, "最多登记 2000")])
def test_numbers_used_elsewhere_are_noted_up_to_a_sane_one(
    up_to: int, why: str, tree: factories.Tree, at: datetime
) -> None:
    officer = factories.actor(tree.officer)
    take(tree.county, at)
    take(tree.county, at)
    with pytest.raises(Refused, match=why):
        services.skip_numbers(organisation=tree.county, series="发", up_to=up_to, by=officer, at=at)
    assert services.skip_numbers(organisation=tree.county, series="发", up_to=12, by=officer, at=at) == 10
    assert take(tree.county, at).serial == 13
    assert serials(tree.county) == list(range(1, 14))


def test_an_unknown_series_is_a_slip_of_the_code(tree: factories.Tree, at: datetime) -> None:
    with pytest.raises(ValueError, match="no such series"):
        take(tree.county, at, "密")


# ── many at once ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_that_take_at_once_leave_no_gap_and_take_none_twice(at: datetime) -> None:
    tree = factories.tree()
    each_takes = 6

    def work(turn: int) -> list[int]:
        taken = []
        for number in range(each_takes):
            if (turn + number) % 3:
                taken.append(take(tree.county, at).serial)
            else:
                with pytest.raises(Undone):
                    take_and_undo(tree.county, at)
        return taken

    taken = sorted(serial for serials in together(THREADS, work) for serial in serials)
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) == THREADS * each_takes - sum(
        (turn + number) % 3 == 0 for turn in range(THREADS) for number in range(each_takes)
    )
    assert serials(tree.county) == taken
    assert Series._base_manager.get().last == len(taken)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_eight_organisations_of_one_name_get_eight_words_at_once(at: datetime) -> None:
    tree = factories.tree()
    twins = [factories.organisation("鸿运物业有限公司工会", tree.county) for _ in range(THREADS)]
    texts = together(THREADS, lambda turn: take(twins[turn], at).text)
    assert len(set(texts)) == THREADS
    assert connection.vendor


class RandomHistories(TestCase):
    """Whatever is taken, voided, noted and undone: the numbers run from one without a gap, none twice."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.sampled_from(["take", "undo", "void", "skip", "other"]), max_size=25))
    def test_no_history_leaves_a_gap(self, history: list[str]) -> None:
        at = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
        county = factories.organisation("咸安区总工会")
        other = factories.organisation("嘉鱼县总工会")
        taken: list[DocumentNumber] = []
        for step in history:
            if step == "take":
                taken.append(take(county, at))
            elif step == "other":
                take(other, at)
            elif step == "undo":
                with pytest.raises(Undone):
                    take_and_undo(county, at)
            elif step == "void" and taken:
                services.void_number(number=taken.pop(), reason="写错", by=COMMAND, at=at)
            elif step == "skip":
                last = max(serials(county), default=0)
                services.skip_numbers(organisation=county, series="发", up_to=last + 3, by=COMMAND, at=at)
        found = serials(county)
        assert found == list(range(1, len(found) + 1))
        texts = list(DocumentNumber._base_manager.values_list("text", flat=True))
        assert len(texts) == len(set(texts))
