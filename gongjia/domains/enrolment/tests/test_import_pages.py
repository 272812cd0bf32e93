"""The pages of an import by plain forms: send, heading by hand, mend, try, commit, undo, the sheet back."""

import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from gongjia.domains.enrolment.tests.rosters import again, line, sheet, worked
from gongjia.engines.intake import importing, recognising
from gongjia.engines.intake.core.preview import preview
from gongjia.engines.intake.models import Import, ImportRow
from gongjia.kernel.clock import now
from gongjia.kernel.models import AuditRow
from tests import factories
from tests.factories import Membership, Tree

SignIn = Callable[[Client, factories.Person], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.system("O8")]


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path


@pytest.fixture
def desk(client: Client, sign_in: SignIn, tree: Tree) -> Client:
    return sign_in(client, tree.chair)


def upload(desk: Client, tree: Tree, content: bytes, *, key: str = "") -> Any:
    address = reverse("enrolment:imports", args=[tree.union.reference])
    return desk.post(address, {"file": SimpleUploadedFile("花名册.csv", content), "key": key})


def sent(desk: Client, tree: Tree, content: bytes) -> Import:
    """Uploaded and checked."""
    assert upload(desk, tree, content).status_code == 302
    one = Import._base_manager.latest("pk")
    return worked(one, now())


def at(name: str, one: Import) -> str:
    return reverse(f"enrolment:{name}", args=[one.reference])


def test_from_the_file_to_members_and_back_by_plain_forms(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(line("白小满", 901), ("石磊", "421202199001011234")))
    page = desk.get(at("import", one)).content.decode()
    assert "表头在第 1 行" in page
    assert 'value="commit"' in page
    row = ImportRow._base_manager.get(source=one)
    rows = desk.get(at("import_rows", one)).content.decode()
    assert f'name="{row.row_key}:id_number"' in rows
    assert "421202199001011234" in rows
    answer = desk.post(at("import_rows", one), {f"{row.row_key}:id_number": factories.id_number(902), "save": "page"})
    assert answer.status_code == 302
    assert 'value="check"' in desk.get(at("import", one)).content.decode()
    assert desk.post(at("import", one), {"act": "commit"}).status_code == 409
    for act in ("check", "commit"):
        desk.post(at("import", one), {"act": act, "takes_changes": "on"})
        one = worked(one, now())
    assert (one.state, one.added_count) == ("done", 2)
    assert Membership._base_manager.filter(organisation=tree.union, origin="roster").count() == 2
    assert "撤销这次导入" in desk.get(at("import", one)).content.decode()
    desk.post(at("import", one), {"act": "undo"})
    assert worked(one, now()).undone_count == 2
    assert not Membership._base_manager.filter(origin="roster").exists()


def test_a_form_sent_twice_makes_one_import(desk: Client, tree: Tree) -> None:
    answers = [upload(desk, tree, sheet(line("白小满", 901)), key="once").headers["Location"] for _ in range(2)]
    assert len(set(answers)) == 1
    assert Import._base_manager.count() == 1


def test_a_file_that_cannot_be_read_is_refused_in_words(desk: Client, tree: Tree) -> None:
    answer = upload(desk, tree, b"%PDF-1.7 nothing")
    assert answer.status_code == 409
    assert "读不了" in answer.content.decode()
    assert not Import._base_manager.exists()


def test_a_heading_that_is_not_found_is_said_by_hand(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(("白小满", factories.id_number(901)), heading=("大名", "码")))
    assert one.state == "failed"
    assert at("import_heading", one) in desk.get(at("import", one)).content.decode()
    form = desk.get(at("import_heading", one)).content.decode()
    assert "B 列：码" in form
    assert factories.id_number(901) not in form
    missing = desk.post(at("import_heading", one), {"heading_row": "1", "column_name": "0"})
    assert missing.status_code == 422
    said = {"heading_row": "1", "column_name": "0", "column_id_number": "1"}
    assert desk.post(at("import_heading", one), said).status_code == 302
    assert worked(one, now()).new_count == 1


def test_sheets_are_read_before_the_write_begins(desk: Client, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever else writes does not wait until a workbook has been read."""
    depths: dict[str, list[int]] = {"read": [], "preview": []}
    before = len(connection.savepoint_ids)
    for name, found in depths.items():
        monkeypatch.setattr(recognising, name, _watched(getattr(recognising, name), found, before))
    one = sent(desk, tree, sheet(("白小满", factories.id_number(901)), heading=("大名", "码")))
    said = {"heading_row": "1", "column_name": "0", "column_id_number": "1"}
    assert desk.post(at("import_heading", one), said).status_code == 302
    sent(desk, tree, sheet(("石磊", factories.id_number(902)), heading=("大名", "码")))
    assert len(depths["read"]) > 3
    assert {depth for found in depths.values() for depth in found} == {0}


def _watched(act: Callable[..., Any], found: list[int], before: int) -> Callable[..., Any]:
    def watched(*args: Any, **given: Any) -> Any:
        found.append(len(connection.savepoint_ids) - before)
        return act(*args, **given)

    return watched


def test_numbers_of_people_stand_covered_on_the_heading_page_and_in_what_is_kept_of_it(
    desk: Client, tree: Tree
) -> None:
    number, phone = factories.id_number(901), factories.phone_number(901)
    apart = f"{number[:6]} {number[6:14]} {number[14:]}"
    rows = [("白小满", number, phone), ("石磊", apart, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}")]
    one = sent(desk, tree, sheet(*rows, heading=("大名", "码", "随便")))
    for row in ("1", "2", "3"):
        page = desk.get(at("import_heading", one), {"row": row}).content.decode()
        assert not [told for told in (number, phone, apart, rows[1][2], number[6:14]) if told in page]
    assert AuditRow.objects.filter(verb="intake.import.opened", subject_id=one.pk).count() == 3
    said = {"heading_row": "2", "column_name": "0", "column_id_number": "1"}
    assert desk.post(f"{at('import_heading', one)}?row=2", said).status_code == 302
    kept = json.dumps(again(one).parts, ensure_ascii=False)
    assert "白小满" in kept
    assert number not in kept
    assert phone not in kept


def test_a_failed_undo_shows_how_to_go_on_and_nothing_else(
    desk: Client, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sent(desk, tree, sheet(line("白小满", 901)))
    desk.post(at("import", one), {"act": "commit"})
    worked(one, now())
    desk.post(at("import", one), {"act": "undo"})
    Import._base_manager.filter(pk=one.pk).update(state="failed", error="停下了")
    page = desk.get(at("import", one)).content.decode()
    assert "继续撤销" in page
    assert 'value="commit"' not in page
    assert 'value="check"' not in page
    assert desk.post(at("import", one), {"act": "commit"}).status_code == 409
    assert desk.get(at("import_heading", one)).status_code == 409


def test_what_is_over_its_time_says_so_and_offers_nothing(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(line("白小满", 901)))
    Import._base_manager.filter(pk=one.pk).update(ends_on=now().date(), file=None)
    page = desk.get(at("import", one)).content.decode()
    assert "已按期删除" in page
    assert 'name="act"' not in page
    for name in ("import_sheet", "import_heading"):
        assert desk.get(at(name, one)).status_code == 409


def test_of_a_long_sheet_only_the_bad_rows_come_back_and_the_page_says_so(
    desk: Client, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sent(desk, tree, sheet(line("白小满", 901), ("石磊", "12")))
    assert "下载标红的原表" in desk.get(at("import", one)).content.decode()
    monkeypatch.setattr(importing, "_MARKED_WHOLE", 1)
    assert "不含没有问题的行" in desk.get(at("import", one)).content.decode()
    (cells,) = preview(io.BytesIO(desk.get(at("import_sheet", one)).content)).values()
    assert [row[0] for row in cells] == ["姓名", "石磊"]


def test_the_same_mistake_is_mended_everywhere_by_one_button(desk: Client, tree: Tree) -> None:
    rows = [line("白小满", 901 + n, "汉族", "本科", "建厂那天") for n in range(3)]
    one = sent(desk, tree, sheet(*rows))
    first = ImportRow._base_manager.filter(source=one).order_by("pk").first()
    assert first is not None
    name = f"{first.row_key}:joined_on"
    desk.post(at("import_rows", one), {name: "2024-03-01", "everywhere": name})
    assert ImportRow._base_manager.filter(source=one, state="mended").count() == 3


def test_a_number_that_one_person_has_alone_is_not_put_into_other_rows(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(("白小满", ""), ("石磊", "")))
    first = ImportRow._base_manager.filter(source=one).order_by("pk").first()
    assert first is not None
    name = f"{first.row_key}:id_number"
    assert 'name="everywhere"' not in desk.get(at("import_rows", one)).content.decode()
    assert desk.post(at("import_rows", one), {name: factories.id_number(901), "everywhere": name}).status_code == 409


def test_a_page_sent_back_unchanged_changes_nothing(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(("白小满", "12")))
    names = re.findall(r'name="([0-9a-f-]{36}:\w+)" value="([^"]*)"', desk.get(at("import_rows", one)).content.decode())
    assert names
    desk.post(at("import_rows", one), dict(names))
    assert not again(one).is_mended


@pytest.mark.parametrize("sent_back", [{"no-key:name": "x"}, {"leave_out": "7"}, {"everywhere": "x:name"}])
def test_a_key_that_is_none_is_refused_and_not_a_fault(desk: Client, tree: Tree, sent_back: dict[str, str]) -> None:
    one = sent(desk, tree, sheet(("白小满", "12")))
    assert desk.post(at("import_rows", one), sent_back).status_code == 409


def test_the_sheet_comes_back_with_its_reasons(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(line("白小满", 901), ("石磊", "12")))
    answer = desk.get(at("import_sheet", one))
    (cells,) = preview(io.BytesIO(answer.content)).values()
    assert cells[1][0] == "白小满"
    assert "身份证" in cells[2][6]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_opening_the_rows_is_on_record(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(("白小满", "12")))
    desk.get(at("import_rows", one))
    assert AuditRow.objects.filter(verb="intake.import.opened", subject_id=one.pk).exists()


@pytest.mark.parametrize("name", ["import", "import_rows", "import_heading", "import_progress"])
def test_a_page_costs_the_same_at_one_and_at_thirty_rows(
    desk: Client, tree: Tree, django_assert_max_num_queries: Any, name: str
) -> None:
    few = sent(desk, tree, sheet(("白小满", "12")))
    many = sent(desk, tree, sheet(*(("白小满", str(n)) for n in range(30))))
    for one in (few, many):
        desk.get(at(name, one))
        with django_assert_max_num_queries(10):
            assert desk.get(at(name, one)).status_code == 200


def test_lists_show_what_was_sent(desk: Client, tree: Tree) -> None:
    sent(desk, tree, sheet(line("白小满", 901)))
    for address in (reverse("enrolment:my_imports"), reverse("enrolment:imports", args=[tree.union.reference])):
        assert "花名册.csv" in desk.get(address).content.decode()


def test_whoever_pressed_the_button_is_told_when_it_is_through(desk: Client, tree: Tree, at: datetime) -> None:
    from gongjia.engines.messages.models import Message
    from gongjia.kernel import events

    one = sent(desk, tree, sheet(line("白小满", 901)))
    desk.post(reverse("enrolment:import", args=[one.reference]), {"act": "commit"})
    Import._base_manager.filter(pk=one.pk).update(sent_by_id=None)
    worked(one, now())
    events.run_due(at=now())
    assert [each.title for each in Message._base_manager.filter(person=tree.chair)] == [
        "花名册导入好了：新增 1 人，更新 0 人"
    ]


def test_rows_are_shown_by_the_column_that_is_wrong(desk: Client, tree: Tree) -> None:
    one = sent(
        desk, tree, sheet(("白小满", "12"), ("石磊", "34", "1"), line("田小麦", 903, "汉族", "本科", "建厂那天"))
    )
    page = desk.get(at("import_rows", one)).content.decode()
    assert [int(count) for count in re.findall(r'chip-count">(\d+)<', page)] == [2, 1, 1]
    by_day = desk.get(at("import_rows", one) + "?fault=joined_on").content.decode()
    assert "田小麦" in by_day
    assert "石磊" not in by_day
    assert "石磊" in desk.get(at("import_rows", one) + "?fault=no-such").content.decode()


def test_ticked_rows_are_left_out_together(desk: Client, tree: Tree) -> None:
    one = sent(desk, tree, sheet(("白小满", "12"), ("石磊", "34"), ("田小麦", "56")))
    keys = [str(each.row_key) for each in ImportRow._base_manager.filter(source=one).order_by("pk")[:2]]
    assert desk.post(at("import_rows", one), {"leave_out_picked": "1"}).status_code == 409
    answer = desk.post(at("import_rows", one) + "?fault=id_number", {"leave_out_picked": "1", "pick": keys})
    assert answer.headers["Location"].endswith("?show=bad&fault=id_number"), "back to the same rows"
    assert ImportRow._base_manager.filter(source=one, state="left_out").count() == 2
    assert desk.post(at("import_rows", one), {"leave_out_picked": "1", "pick": "7"}).status_code == 409


def test_everywhere_keeps_what_else_was_typed_and_does_not_put_old_texts_back(desk: Client, tree: Tree) -> None:
    rows = [line("白小满", 901 + n, "汉族", "本科", "建厂那天") for n in range(3)]
    one = sent(desk, tree, sheet(*rows, ("石磊", "12")))
    first, second, third, fourth = ImportRow._base_manager.filter(source=one).order_by("pk")
    cells = {f"{each.row_key}:joined_on": "建厂那天" for each in (second, third)}
    name = f"{first.row_key}:joined_on"
    typed = {**cells, name: "2024-03-01", f"{fourth.row_key}:id_number": factories.id_number(950)}
    desk.post(at("import_rows", one), {**typed, "everywhere": name})
    assert ImportRow._base_manager.filter(source=one, state="mended").count() == 4


def test_the_bar_of_the_writing_asks_on_from_its_first_moment(desk: Client, tree: Tree) -> None:
    one = worked(sent(desk, tree, sheet(line("白小满", 901), line("石磊", 902))), now())
    assert (one.state, one.done, one.total) == ("checked", 2, 2)
    desk.post(at("import", one), {"act": "commit"})
    page = desk.get(at("import", one)).content.decode()
    assert "正在导入" in page
    assert f'hx-get="{at("import_progress", one)}"' in page
    Import._base_manager.filter(pk=one.pk).update(done=2)
    assert "hx-get" in desk.get(at("import_progress", one)).content.decode()
