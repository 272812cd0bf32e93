"""The pages of handing on, as officers of either side, strangers and guests meet them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongjia.engines.casework.handing import services as handing
from gongjia.engines.casework.handing.models import Assignment, Forwarding, Invitation
from gongjia.engines.casework.handing.words import Way
from gongjia.engines.casework.models import Deadline, MatterIndex
from gongjia.engines.casework.tests.complaints import Complaint
from gongjia.engines.casework.tests.conftest import Desk
from gongjia.kernel import clock
from gongjia.kernel.references import new_tracking_code
from tests import factories

pytestmark = [pytest.mark.system("R2"), pytest.mark.django_db]
MOST_QUERIES = 8


@pytest.fixture
def windows(desk: Desk, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(clock, "now", lambda: desk.at)

    def window(who: str) -> Client:
        person = factories.Person._base_manager.get(pk=getattr(desk, who).person_id)
        return sign_in(Client(), person)

    return window


def hand_url(one: Complaint, way: str = "") -> str:
    return f"/desk/matters/{one.reference}/hand/" + (f"?way={way}" if way else "")


def test_a_matter_is_forwarded_and_accepted_in_two_pages(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    county, street = windows("county"), windows("street")
    page = county.get(hand_url(one)).content.decode()
    assert "转办" in page
    assert "督办" not in page, "nobody supervises himself"
    sent = county.post(hand_url(one, "forward"), {"to": "浮山街道", "words": "请就近办理"})
    assert sent.status_code == 302
    made = Forwarding._base_manager.get()
    page = street.get(f"/desk/forwarded/{made.reference}/").content.decode()
    assert "请就近办理" in page
    assert "接收以后可以打开" in page, "the matter itself is not theirs yet"
    assert street.get(hand_url(one)).status_code == 404
    assert street.post(f"/desk/forwarded/{made.reference}/", {"act": "accept"}).status_code == 302
    assert street.get(hand_url(one)).status_code == 200
    done = county.get(f"/desk/forwarded/{made.reference}/").content.decode()
    assert "已接收" in done
    assert 'value="recall"' not in done


@pytest.mark.parametrize(
    ("to", "said"), [("没有这家", "没有找到这个工会"), ("总工会", "有好几个工会符合"), ("", "请填写")]
)
def test_a_name_that_leads_nowhere_or_to_several_says_so_and_keeps_the_words(
    desk: Desk, windows: Any, to: str, said: str
) -> None:
    one = desk.complaint()
    answer = windows("county").post(hand_url(one, "forward"), {"to": to, "words": "写了很久的理由"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "写了很久的理由" in answer.content.decode()


def test_an_assignment_goes_there_and_back(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    county, street, colleague = windows("county"), windows("street"), windows("colleague")
    facts = {"to": desk.town.name, "words": "请上门核实", "due_on": "2026-11-27"}
    assert county.post(hand_url(one, "assign"), facts).status_code == 302
    address = f"/desk/assigned/{Assignment._base_manager.get().reference}/"
    assert 'value="close"' not in street.get(address).content.decode()
    assert street.post(address, {"act": "close"}).status_code == 409
    assert street.post(address, {"act": "answer", "words": ""}).status_code == 422
    assert street.post(address, {"act": "answer", "words": "已经上门"}).status_code == 302
    assert "已经上门" in county.get(address).content.decode()
    assert colleague.post(address, {"act": "close"}).status_code == 302
    assert Assignment._base_manager.get().state == "closed"


def test_a_superior_supervises_and_nobody_below_takes_it_off(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    city = windows("city")
    page = city.get(hand_url(one, "supervise")).content.decode()
    assert "督办要求" in page
    assert city.post(hand_url(one, "supervise"), {"words": "请抓紧", "due_on": "2026-11-27"}).status_code == 302
    made = Assignment._base_manager.get()
    assert (made.organisation, made.counterpart, made.kind) == (desk.tree.city, desk.tree.county, Way.SUPERVISE)
    address = f"/desk/assigned/{made.reference}/"
    for act in ("close", "recall", "again"):
        assert windows("county").post(address, {"act": act, "words": "x", "due_on": "2026-11-27"}).status_code == 409


def test_who_has_no_side_finds_no_page(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    made = handing.forward(matter=one, to=desk.town, words="请办", by=desk.county, at=desk.at)
    for address in (hand_url(one), f"/desk/matters/{one.reference}/clocks/", f"/desk/forwarded/{made.reference}/"):
        assert windows("foreign").get(address).status_code == 404
        assert Client().get(address).status_code == 302


def test_clocks_are_shown_with_their_arithmetic_and_lengthened_by_two(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    county, colleague = windows("county"), windows("colleague")
    address = f"/desk/matters/{one.reference}/clocks/"
    assert "15 个工作日，自 11 月 20 日的次日起，不含周末" in county.get(address).content.decode()
    ask = {"act": "extend", "code": "whole", "units": "5", "words": "案情复杂"}
    assert county.post(address, ask | {"units": "99"}).status_code == 409
    assert county.post(address, ask).status_code == 302
    assert county.post(address, {"act": "grant", "code": "whole"}).status_code == 403
    assert "案情复杂" in colleague.get(address).content.decode()
    assert colleague.post(address, {"act": "grant", "code": "whole"}).status_code == 302
    assert Deadline.objects.get(code="whole").extended == 5
    assert county.post(address, {"act": "pause", "code": "whole", "words": "等鉴定"}).status_code == 302
    assert "计时已经暂停" in county.get(address).content.decode()
    assert county.post(address, {"act": "resume", "code": "whole"}).status_code == 302
    assert county.post(address, {"act": "nonsense", "code": "whole"}).status_code == 409


def test_a_guest_sees_the_task_and_nothing_of_the_matter(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    facts = {"unit": "labour", "unit_name": "咸安区人社局", "contact": "柳主任", "words": "请核实工资"}
    facts["secret"] = new_tracking_code()
    page = windows("county").post(hand_url(one, "invite"), facts).content.decode()
    secret = page.split("/guest/")[1].split("/")[0]
    assert secret == facts["secret"]
    made = Invitation._base_manager.get()
    guest = Client()
    shown = guest.get(f"/guest/{secret}/").content.decode()
    assert "请核实工资" in shown
    for hidden in ("拖欠工资", desk.tree.member.name, one.reference, made.reference):
        assert hidden not in shown
    assert guest.post(f"/guest/{secret}/", {"words": ""}).status_code == 422
    assert guest.post(f"/guest/{secret}/", {"words": "已经立案"}).status_code == 302
    assert "已经答复" in guest.get(f"/guest/{secret}/").content.decode()
    assert guest.post(f"/guest/{secret}/", {"words": "再说"}).status_code == 409
    assert guest.get(f"/guest/{new_tracking_code()}/").status_code == 410
    desk_page = windows("county").get(f"/desk/invited/{made.reference}/").content.decode()
    assert "已经立案" in desk_page
    assert secret not in desk_page


def test_pages_ask_the_same_number_of_queries_however_much_was_handed_on(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    county = windows("county")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            county.get(hand_url(one))
        counts.append(len(asked))
        for _ in range(5):
            fresh = Complaint._base_manager.get(pk=one.pk)
            handing.assign(
                matter=fresh,
                issuer=desk.tree.county,
                to=desk.town,
                kind=Way.ASSIGN,
                words="办",
                due_on=desk.at.date(),
                by=desk.county,
                at=desk.at,
            )
    assert counts[0] == counts[1] <= MOST_QUERIES, counts


def test_the_work_list_opens_what_was_handed_on(desk: Desk, windows: Any) -> None:
    one = desk.complaint()
    handing.forward(matter=one, to=desk.town, words="请办", by=desk.county, at=desk.at)
    made = MatterIndex.objects.get(of__isnull=False)
    assert made.desk_url in windows("street").get("/desk/matters/").content.decode()
