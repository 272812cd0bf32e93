"""Contacts: who looks after whom, overlaps and gaps, days by the officer alone, and the end with the post."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongjia.backbone.posts import services as posts
from gongjia.backbone.posts.models import Post
from gongjia.domains.fieldwork import handlers
from gongjia.domains.fieldwork.contacts import services
from gongjia.domains.fieldwork.contacts.models import Contact, DutySpell, YearlyReport
from gongjia.domains.fieldwork.permissions import LOG, LOOK_AFTER
from gongjia.domains.fieldwork.tests.conftest import Field, doing
from gongjia.domains.fieldwork.words import ContactEnding, ContactKind
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.errors import Forbidden, Refused
from gongjia.kernel.reach import everywhere
from tests import factories

pytestmark = [pytest.mark.system("T4"), pytest.mark.django_db]
SignIn = Callable[[Client, Any], Client]


def look_after(field: Field, **facts: Any) -> Contact:
    said: dict[str, Any] = {
        "post": field.post(), "kind": ContactKind.CONTACT, "from_on": date(2026, 1, 1), "union": field.tree.union,
    }  # fmt: skip
    return doing(field.officer, services.look_after, LOOK_AFTER, **{**said, **facts}, at=field.at)


def log(field: Field, contact: Contact, first: date, last: date | None = None, **facts: Any) -> DutySpell:
    said = {"contact": contact, "from_on": first, "to_on": last or first, "did": "走了三个班组", "at": field.at}
    return doing(field.officer, services.log_days, LOG, **{**said, **facts})


def test_only_what_lies_below_and_once_in_the_same_way(field: Field) -> None:
    tree = field.tree
    with pytest.raises(Refused, match="本级以下"):
        look_after(field, union=tree.county)
    with pytest.raises(Refused, match="本级以下"):
        look_after(field, union=tree.foreign_union)
    with pytest.raises(Refused, match="不在任"):
        look_after(field, from_on=date(2019, 1, 1))
    look_after(field)
    with pytest.raises(Refused, match="同样的方式"):
        look_after(field)
    look_after(field, kind=ContactKind.STATIONED)
    of_firm = look_after(field, union=None, employer=tree.employer)
    assert of_firm.union == tree.union, "an employer's contact is seen by the union that covers it"


@pytest.mark.parametrize("who", ["chair", "leader", "foreign_officer", "member"])
def test_nobody_else_arranges_it(field: Field, who: str) -> None:
    by = factories.actor(getattr(field.tree, who))
    facts = {"post": field.post(), "kind": ContactKind.CONTACT, "from_on": date(2026, 1, 1), "union": field.tree.union}
    with pytest.raises(Forbidden):
        doing(by, services.look_after, LOOK_AFTER, **facts, at=field.at)


def test_days_and_reports_are_the_officer_s_own(field: Field) -> None:
    contact = look_after(field)
    log(field, contact, date(2026, 3, 2), date(2026, 3, 6), solved="食堂延时")
    with pytest.raises(Refused, match="已经记过"):
        log(field, contact, date(2026, 3, 6))
    with pytest.raises(Refused, match="手机号"):
        log(field, contact, date(2026, 4, 1), did="打13800000000")
    facts = {"contact": contact, "from_on": date(2026, 4, 1), "to_on": date(2026, 4, 1), "did": "代记"}
    with pytest.raises(Forbidden):
        doing(field.other, services.log_days, LOG, **facts, at=field.at)
    for words in ("初稿", "定稿"):
        doing(field.officer, services.report_year, LOG, contact=contact, year=2026, words=words, at=field.at)
    assert YearlyReport._base_manager.get().words == "定稿"
    with pytest.raises(Refused, match="不用写"):
        doing(field.officer, services.report_year, LOG, contact=contact, year=2025, words="x", at=field.at)


def test_it_ends_with_the_post_today_or_on_its_day(field: Field, at: datetime) -> None:
    contact, post = look_after(field), field.post()
    with everywhere(reason="test"):
        posts.end(post=post, until_on=at.date() + timedelta(days=3), ending="transferred", by=COMMAND, at=at)
    handlers.follow_days(at=at + timedelta(days=2))
    contact.refresh_from_db()
    assert contact.until_on is None
    handlers.follow_days(at=at + timedelta(days=3))
    contact.refresh_from_db()
    assert (contact.until_on, contact.ending) == (at.date() + timedelta(days=3), ContactEnding.POST_ENDED)


def test_the_place_sees_who_comes_once_it_is_public(field: Field, client: Client, sign_in: SignIn) -> None:
    contact = look_after(field)
    chair = sign_in(client, field.tree.chair)
    address, letters = reverse("fieldwork:contact", args=[contact.reference]), reverse("liaison:letters")
    assert chair.get(address).status_code == 404
    assert "联系我们的" not in chair.get(letters).content.decode()
    assert "张敏" not in chair.get(reverse("fieldwork:contacts")).content.decode()
    log(field, contact, date(2026, 3, 2))
    with pytest.raises(Refused, match="办公电话"):
        doing(field.officer, services.publish, LOOK_AFTER, contact=contact, office_line="", at=field.at)
    with pytest.raises(Refused, match="不要填个人手机号"):
        doing(field.officer, services.publish, LOOK_AFTER, contact=contact, office_line="13800000000", at=field.at)
    doing(field.officer, services.publish, LOOK_AFTER, contact=contact, office_line="0715-0880016", at=field.at)
    shown = chair.get(address).content.decode()
    assert "0715-0880016" in shown
    assert "走了三个班组" not in shown, "the log is the officer's side's"
    assert "0715-0880016" in chair.get(letters).content.decode()
    doing(
        field.officer, services.end, LOOK_AFTER, contact=contact, ending=ContactEnding.CHANGED, on=field.at.date(),
        at=field.at,
    )  # fmt: skip
    assert "0715-0880016" not in chair.get(letters).content.decode()


def test_overlaps_and_gaps_are_seen(field: Field, client: Client, sign_in: SignIn) -> None:
    lone = factories.organisation("溪口样例工会", field.tree.county, kind="grassroots_union")
    look_after(field)
    officer = sign_in(client, field.tree.officer)
    address = reverse("fieldwork:contacts")

    def shown(tab: str) -> str:
        return officer.get(address, {"tab": tab}).content.decode()

    assert lone.name in shown("without")
    assert field.tree.union.name not in shown("without")
    assert "这里还没有" in shown("doubled")
    look_after(field, post=Post._base_manager.select_related("organisation").get(person=field.colleague))
    assert shown("doubled").count(f"{field.tree.union.name}</a>") == 2
    assert "到点还差 2 次" in shown("")


def test_the_pages_cost_the_same_for_one_and_for_thirty(
    field: Field, client: Client, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    officer = sign_in(client, field.tree.officer)
    contact = look_after(field)
    names = ("contacts", "plans", "visits", "observations", "suggestions", "topics", "questionnaires")
    pages = [reverse(f"fieldwork:{name}") for name in names]
    pages += [reverse("fieldwork:contact", args=[contact.reference]), reverse("fieldwork:contacts") + "?tab=without"]
    plan = field.plan()
    visit = field.visit(plan)
    pages += [reverse("fieldwork:plan", args=[plan.reference])]
    pages += [reverse(f"fieldwork:{name}", args=[visit.reference]) for name in ("visit", "record")]

    def cost() -> list[int]:
        found = []
        for address in pages:
            with django_assert_max_num_queries(8, info=address) as seen:
                assert officer.get(address).status_code == 200, address
            found.append(len(seen))
        return found

    officer.get(pages[0])  # the first page of a sitting is dearer
    few = cost()
    for number in range(12):
        union = factories.organisation(f"样例{number}工会", field.tree.county, kind="grassroots_union")
        look_after(field, union=union)
        log(field, contact, date(2026, 3, 1) + timedelta(days=number))
    assert cost() == few
