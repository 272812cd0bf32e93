"""The radar's pages: what they show, to whom, at what cost."""

import fcntl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from gongjia.domains.organising.models import Lead, Run, RunList
from gongjia.domains.organising.tests.lists import EDGE, EMPLOYERS, LARGE, ask, compared, lists, states
from gongjia.domains.organising.words import LeadState, RunState, size_of
from gongjia.engines.figures import reading
from gongjia.engines.intake import recognising
from gongjia.engines.intake import services as intake
from gongjia.engines.intake.models import Batch
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("O3"), pytest.mark.django_db]
SignIn = Callable[[Client, factories.Person], Client]


def body(response: Any) -> str:
    return str(response.content.decode())


def sent(found: dict[str, tuple[str, bytes]]) -> dict[str, Any]:
    return {"lists": [SimpleUploadedFile(name, content) for name, content in found.values()]}


def arranged(run: Run) -> dict[str, str]:
    """What the form of the lists sends as it stands."""
    return {f"kind_{each.place}": each.kind for each in RunList._base_manager.filter(run=run)}


@pytest.fixture
def run(tree: factories.Tree, at: datetime) -> Run:
    bad = ("", "91421202MA00000000", "咸宁", "咸安区", "长安路9号", "60")
    twins = [("咸宁云溪服装厂", "", "咸宁", "咸安区", f"书台街{n}号", "3") for n in (1, 2)]
    unions = (("1", "咸宁云溪服装厂工会", "", "咸宁"),)
    return compared(tree.officer, tree.county, at, lists(employers=(*EMPLOYERS, bad, *twins), unions=unions))


def many(run: Run, count: int = 30) -> None:
    for number in range(count):
        facts = {
            "organisation": run.organisation,
            "origin": run.organisation,
            "run": run,
            "found_on": run.asked_at.date(),
        }
        Lead._base_manager.create(name=f"第{number}样例厂", key=f"k{number}", most=40, size=size_of(40), **facts)


def test_lists_are_sent_and_wait_for_their_comparison(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    for _ in range(2):  # the second press of the same form
        answer = officer.post(reverse("organising:radar"), {**sent(lists()), "key": "one"})
        run = Run._base_manager.get()
        assert answer["Location"] == reverse("organising:run", args=[run.reference])
    page = officer.get(answer["Location"])
    assert [line["listed"].kind for line in page.context["lines"]] == ["market", "roster", "insured"]
    officer.post(answer["Location"], {**arranged(run), "act": "start"})
    assert 'hx-trigger="every' in body(officer.get(answer["Location"]))
    assert officer.post(answer["Location"], {**arranged(run), "act": "start"}).status_code == 409


def test_what_cannot_be_read_is_said_at_the_form(tree: factories.Tree, client: Client, sign_in: SignIn) -> None:
    officer = sign_in(client, tree.officer)
    missing = officer.post(reverse("organising:radar"), {"key": "one"})
    assert missing.status_code == 422
    unreadable = officer.post(reverse("organising:radar"), sent({**lists(), "market": ("坏.xlsx", b"PK\x03\x04?")}))
    assert unreadable.status_code == 422
    assert "坏.xlsx" in body(unreadable)
    assert not Run._base_manager.exists()


def test_the_bar_asks_until_the_end_and_then_loads_the_page_once(
    tree: factories.Tree, at: datetime, client: Client, sign_in: SignIn
) -> None:
    run = ask(tree.officer, tree.county, at)
    officer = sign_in(client, tree.officer)
    address = reverse("organising:run_progress", args=[run.reference])
    for done, total in ((0, 0), (5, 10), (10, 10)):
        Run._base_manager.filter(pk=run.pk).update(state=RunState.RUNNING, done=done, total=total)
        answer = officer.get(address)
        assert "HX-Refresh" not in answer
        assert f'hx-get="{address}"' in body(answer)
    Run._base_manager.filter(pk=run.pk).update(state=RunState.DONE)
    assert officer.get(address)["HX-Refresh"] == "true"
    assert address not in body(officer.get(reverse("organising:run", args=[run.reference])))


def test_the_result_shows_figures_lists_and_what_a_person_must_decide(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    page = body(officer.get(reverse("organising:run", args=[run.reference]), {"grade": "review"}))
    assert "咸宁云溪服装厂工会" in page
    assert page.count("书台街1号") == page.count("书台街2号") == 1, "firms of one name are told apart"
    rows = body(officer.get(reverse("organising:bad_rows", args=[run.reference]) + "?list=0"))
    assert "第 6 行" in rows
    assert "长安路9号" in rows


@pytest.mark.parametrize("name", ["radar", "run", "bad_rows", "leads", "lead"])
def test_a_page_takes_eight_queries_at_most_and_the_same_at_thirty_rows(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn, name: str, django_assert_max_num_queries: Any
) -> None:
    subjects = {"run": run.reference, "bad_rows": run.reference}
    subjects["lead"] = Lead._base_manager.get(name=LARGE[0]).reference
    address = reverse(f"organising:{name}", args=[subjects[name]] if name in subjects else [])
    officer = sign_in(client, tree.officer)
    officer.get(address)

    def cost() -> int:
        with django_assert_max_num_queries(8) as seen:
            assert officer.get(address).status_code == 200
        return len(seen)

    few = cost()
    many(run)
    assert cost() == few


def test_another_county_sees_nothing(tree: factories.Tree, run: Run, client: Client, sign_in: SignIn) -> None:
    other = sign_in(client, tree.foreign_officer)
    lead = Lead._base_manager.get(name=LARGE[0])
    for name in ("radar", "leads"):
        page = body(other.get(reverse(f"organising:{name}")))
        assert LARGE[0] not in page
        assert "单位.csv.gz" not in page
    for name, reference in (("run", run.reference), ("bad_rows", run.reference), ("lead", lead.reference)):
        assert other.get(reverse(f"organising:{name}", args=[reference])).status_code == 404
    picked = {"pick": lead.reference, "to": tree.foreign_county.reference}
    assert "还没有选单位" in body(other.post(reverse("organising:leads"), picked, follow=True))
    assert states()[LARGE[0]] == LeadState.OPEN


def test_leads_whose_county_is_not_named_are_found_by_their_chip(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    Lead._base_manager.filter(name=EDGE[0]).update(county="")
    officer = sign_in(client, tree.officer)
    assert "咸宁 未注明" in body(officer.get(reverse("organising:leads")))
    found = body(officer.get(reverse("organising:leads"), {"region": "咸宁", "county": "未注明"}))
    assert EDGE[0] in found
    assert LARGE[0] not in found


@pytest.mark.system("G2")
def test_the_figure_of_leads_opens_exactly_its_rows(
    tree: factories.Tree, run: Run, at: datetime, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    with everywhere(reason="test"):
        parts = [
            reading.total("leads", tree.county, on=at.date()),
            *reading.by("leads", "size", tree.county, on=at.date()),
        ]
    assert parts[0].value == 3
    for each in parts:
        assert f"共 {each.value} 条" in body(officer.get(each.rows_url))


def test_leads_are_assigned_and_founded_from_their_pages(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    officer = sign_in(client, tree.officer)
    lead = Lead._base_manager.get(name=LARGE[0])
    asked = {"pick": lead.reference, "to": tree.county.reference, "due_on": "2099-12-31", "key": "a"}
    assert "1 家单位已派给" in body(officer.post(reverse("organising:leads"), asked, follow=True))
    assert "不能早于今天" in body(
        officer.post(reverse("organising:leads"), {**asked, "due_on": "2020-01-01", "key": "b"}, follow=True)
    )
    page = reverse("organising:lead", args=[lead.reference])
    lead.refresh_from_db()
    assert officer.post(page, {"found": "1", "version": ""}).status_code == 422
    found = {"found": "1", "key": "c", "version": lead.version}
    done = officer.post(page, found, follow=True)
    assert "写请示" in body(done)
    lead.refresh_from_db()
    assert (lead.state, lead.employer.name) == ("assigned", LARGE[0])


def test_what_a_rule_refuses_is_said_on_the_lead(
    tree: factories.Tree, run: Run, client: Client, sign_in: SignIn
) -> None:
    factories.coverage(tree.union, factories.employer(LARGE[0], tree.county, uscc=LARGE[1]))
    lead = Lead._base_manager.get(name=LARGE[0])
    page = reverse("organising:lead", args=[lead.reference])
    asked = {"found": "1", "version": lead.version}
    answer = sign_in(client, tree.officer).post(page, asked)
    assert answer.status_code == 422
    assert "已由其他工会覆盖" in body(answer)


def test_lists_are_read_before_the_write_begins(
    tree: factories.Tree, client: Client, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever else writes does not wait until a workbook has been read."""
    depths: list[int] = []
    before = len(connection.savepoint_ids)
    real = recognising.read

    def watched(*args: Any, **more: Any) -> Any:
        depths.append(len(connection.savepoint_ids) - before)
        return real(*args, **more)

    monkeypatch.setattr(recognising, "read", watched)
    officer = sign_in(client, tree.officer)
    officer.post(reverse("organising:radar"), {**sent(lists()), "key": "one"})
    assert Run._base_manager.count() == 1
    assert depths == [0, 0, 0]


def test_workbooks_are_read_one_after_the_other(tree: factories.Tree, at: datetime) -> None:
    name, content = lists()["insured"]
    with (Path(settings.VAR) / "reading.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        reading = Thread(target=lambda: _read(tree, name, content, at), daemon=True)
        reading.start()
        reading.join(0.3)
        assert reading.is_alive()
    reading.join(20)
    assert not reading.is_alive()


def _read(tree: factories.Tree, name: str, content: bytes, at: datetime) -> None:
    given = {"organisation": tree.county, "kind": "organising.insured", "name": name, "at": at}
    with everywhere(reason="test"), intake.sheet_read(chunks=[content], **given):
        pass


def test_the_numbers_of_a_comparison_open_their_rows_and_empty_lines_are_no_records(
    tree: factories.Tree, at: datetime, client: Client, sign_in: SignIn
) -> None:
    unions = (("1", "咸宁鹤鸣机械有限公司工会", "", "咸宁"), ("2", "某处没有的工会", "", "咸宁"), ("3", "", "", "咸宁"))
    run = compared(tree.officer, tree.county, at, lists(unions=unions))
    assert (run.summary["unions"], run.summary["none"]) == (2, 1)
    officer, address = sign_in(client, tree.officer), reverse("organising:run", args=[run.reference])
    page = body(officer.get(address))
    assert "?grade=none#review" in page
    assert "?grade=all#review" in page
    nothing = body(officer.get(address, {"grade": "none"}))
    assert "某处没有的工会" in nothing
    assert "咸宁鹤鸣机械有限公司工会" not in nothing
    assert body(officer.get(address, {"grade": "all"})).count("工会</th>") == 2


def test_a_list_that_waits_says_so_and_unused_columns_are_named(
    tree: factories.Tree, at: datetime, client: Client, sign_in: SignIn
) -> None:
    waiting = ask(tree.officer, tree.county, at)
    batch = Batch._base_manager.get(pk=RunList._base_manager.get(run=waiting, kind="market").batch_id)
    batch.parts[0]["unknown"] = ["备注一", "备注二"]
    batch.save()
    page = body(sign_in(client, tree.officer).get(reverse("organising:run", args=[waiting.reference])))
    assert page.count("等待读取") == 6
    assert "备注一、备注二" in page


def test_each_number_says_when_its_list_came_and_a_list_that_came_is_not_missed(
    tree: factories.Tree, at: datetime, client: Client, sign_in: SignIn
) -> None:
    compared(tree.officer, tree.county, at)
    large = Lead._base_manager.get(name=LARGE[0])
    edge = Lead._base_manager.get(name=EDGE[0])
    officer = sign_in(client, tree.officer)
    page = body(officer.get(reverse("organising:lead", args=[large.reference])))
    assert ">210<" in page
    assert ">180<" in page
    assert page.count("上传。") == 2
    assert "截至" not in page.split('class="split"')[0]
    assert page.count("没有收到") == page.count("没有收到税务名单") == 1
    assert "参保名单里没有这家单位的人数" in body(officer.get(reverse("organising:lead", args=[edge.reference])))


def test_the_figure_of_a_comparison_opens_what_it_found_whatever_became_of_it(
    run: Run, tree: factories.Tree, client: Client, sign_in: SignIn, at: datetime
) -> None:
    officer = sign_in(client, tree.officer)
    address = f"{reverse('organising:leads')}?run={run.reference}"
    assert address in body(officer.get(reverse("organising:run", args=[run.reference])))
    Lead._base_manager.filter(run=run).order_by("pk").update(state="set_aside")
    page = officer.get(address)
    assert page.context["page"].count == run.summary["unorganised"] > 0
    assert "一次比对列出的" in body(page)
    compared(tree.officer, tree.county, at + timedelta(days=1), lists())
    assert address not in body(officer.get(reverse("organising:run", args=[run.reference])))
