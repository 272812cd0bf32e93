"""A roster of a thousand ugly rows becomes members in one upload: mended in the page by keyboard, by blocks pasted
from a spreadsheet, the same mistake everywhere at once, rows left out. Steps are counted, seconds only told."""

from time import perf_counter
from typing import Any

import pytest
from django.urls import reverse

from gongjia.domains.enrolment.tests.rosters import sheet
from gongjia.engines.intake import tasks
from gongjia.engines.intake.models import Import
from gongjia.kernel import clock
from tests import factories
from tests.eyes import expect

pytestmark = [pytest.mark.browser, pytest.mark.system("O8"), pytest.mark.system("O3")]
ROWS = 1_000
HEADING = ("姓名", "身份证号", "手机号", "民族", "文化程度", "用工形式", "入会时间")
#: Kinds of faults: from which row on, how many, and what stands wrong.
THAT_DAY, LONG_AGO, NO_PHONE = range(120), range(120, 180), range(180, 225)
WRONG_SIGN, SHORT_PHONE = range(225, 285), range(285, 325)
TWO_NAMES, NO_NAME, TO_GO = range(325, 340), range(340, 345), range(345, 351)
WRONG = (THAT_DAY, LONG_AGO, NO_PHONE, WRONG_SIGN, SHORT_PHONE, TWO_NAMES, NO_NAME, TO_GO)
MOST_STEPS = 50
SURNAMES, GIVEN = "白石田安洪温林江罗高", "青禾小满麦苗松柏云帆"


def name_of(number: int) -> str:
    return f"{SURNAMES[number % 10]}{GIVEN[number // 10 % 10]}{GIVEN[number // 100]}"


def wrong_sign(id_number: str) -> str:
    return id_number[:-1] + ("1" if id_number[-1] != "1" else "2")


def row_of(number: int) -> tuple[str, ...]:
    """A row of the roster as a clerk has it, with the fault of its place."""
    id_number, phone = factories.id_number(2000 + number), factories.phone_number(number)
    name = f"{name_of(number)}（退）" if number in TWO_NAMES else "" if number in NO_NAME else name_of(number)
    id_number = wrong_sign(id_number) if number in WRONG_SIGN else "不详" if number in TO_GO else id_number
    phone = phone[:9] if number in SHORT_PHONE else "没有手机" if number in NO_PHONE else phone
    day = "建厂那天" if number in THAT_DAY else "很早以前" if number in LONG_AGO else "2024.3.1"
    form = "外包过来的" if number % 7 == 0 else "合同工"  # a word that is not known stops nobody
    return (name, id_number, phone, "汉", "大专", form, day)


class Walk:
    """A window whose steps are counted: an address opened, a press, a cell typed, a block pasted."""

    def __init__(self, page: Any) -> None:
        self.page, self.steps = page, 0
        self.uploads = 0
        page.on("request", self._sent)

    def _sent(self, request: Any) -> None:
        if request.method == "POST" and "multipart/form-data" in request.headers.get("content-type", ""):
            self.uploads += 1

    def press(self, role: str, name: str) -> None:
        self.steps += 1
        self.page.get_by_role(role, name=name, exact=False).first.click()
        self.page.wait_for_load_state()

    def only(self, column: str) -> None:
        """Only the rows that are wrong in a column."""
        self.steps += 1
        self.page.locator(".chips .chip", has_text=column).click()
        self.page.wait_for_load_state()

    def first_cell(self, field: str) -> Any:
        return self.page.locator(f'input[data-field="{field}"]').first

    def everywhere(self, field: str, wrong: str, right: str) -> None:
        """The same mistake everywhere: one cell typed, one press."""
        self.steps += 2
        cell = self.page.locator(f'input[data-field="{field}"][value="{wrong}"]').first
        cell.fill(right)
        cell.locator("xpath=following-sibling::button").click()
        self.page.wait_for_selector("text=改好了")

    def paste(self, field: str, lines: list[str]) -> None:
        """A block copied from a spreadsheet, put into the first cell, and Enter."""
        self.steps += 2
        cell = self.first_cell(field)
        cell.focus()
        self.page.evaluate(
            """([id, text]) => { const data = new DataTransfer(); data.setData("text/plain", text);
            document.getElementById(id).dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
            [cell.get_attribute("id"), "\n".join(lines)],
        )
        expect(self.page.locator("[data-pasted]")).to_contain_text("还没有保存")
        cell.press("Enter")
        self.page.wait_for_selector("text=改好了")

    def type_down(self, field: str, texts: list[str]) -> None:
        """Cell after cell by keyboard alone: type, down; Enter at the end."""
        self.first_cell(field).focus()
        for at, text in enumerate(texts):
            self.steps += 1
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter" if at == len(texts) - 1 else "ArrowDown")
        self.page.wait_for_selector("text=改好了")


def the_worker() -> Import:
    one = Import._base_manager.get()
    tasks.work_now(one.pk, now=clock.now)
    return Import._base_manager.get()


def test_a_thousand_ugly_rows_become_members_without_a_second_upload(city: factories.Tree, opened: Any) -> None:
    started = perf_counter()
    content = sheet(*map(row_of, range(ROWS)), heading=HEADING)
    with opened(city.chair) as page:
        walk = Walk(page)
        page.goto(reverse("enrolment:imports", args=[city.union.reference]))
        page.set_input_files("[name=file]", {"name": "花名册.csv", "mimeType": "text/csv", "buffer": content})
        walk.press("button", "上传核对")
        one = the_worker()
        count = sum(map(len, WRONG))
        assert (one.bad_count, one.new_count) == (count, ROWS - count)
        page.reload()
        walk.press("link", "改有问题的行")
        mend(walk)
        walk.press("button", "重新核对")
        one = the_worker()
        assert (one.bad_count, one.new_count) == (0, ROWS - len(TO_GO))
        page.reload()
        walk.press("button", "导入")
        the_worker()
        page.reload()
        assert "已导入" in page.content() or "新增会员" in page.content()
        expect(page.locator(".fig", has_text="新增会员").first).to_contain_text(f"{ROWS - len(TO_GO):,}")
        page.goto(reverse("work:members"))
        expect(page.locator(".filters-count"), "王芳 and who joined her").to_contain_text(f"{ROWS - len(TO_GO) + 1:,}")
        assert Import._base_manager.count() == 1
        assert walk.uploads == 1
        assert walk.steps <= MOST_STEPS
        print(f"1,000 rows: {walk.steps} steps, {perf_counter() - started:.0f} seconds of script")


def mend(walk: Walk) -> None:
    """Every kind of fault in the way that fits it."""
    walk.only("入会时间")
    walk.everywhere("joined_on", "建厂那天", "2001-05-01")
    walk.everywhere("joined_on", "很早以前", "2008-08-08")
    walk.only("手机")
    walk.everywhere("phone", "没有手机", "")
    walk.paste("phone", [factories.phone_number(number) for number in SHORT_PHONE])
    walk.only("姓名")
    walk.type_down("name", [name_of(number) for number in (*TWO_NAMES, *NO_NAME)])
    walk.only("身份证号")
    walk.paste("id_number", [factories.id_number(2000 + number) for number in WRONG_SIGN])
    for row in walk.page.locator("tbody tr").all():
        walk.steps += 1
        row.locator("[name=pick]").check(force=True)
    walk.press("button", "打勾的不导入")
    walk.page.wait_for_selector(f"text={len(TO_GO)} 行不导入了")


def test_a_block_of_several_columns_finds_its_cells(city: factories.Tree, opened: Any) -> None:
    """Number and phone copied together: each line to the next row, a cell that is not wrong is passed over."""
    numbers = [factories.id_number(3000 + each) for each in range(3)]
    rows = [
        ("白小满", wrong_sign(numbers[0]), "12"),
        ("石磊", wrong_sign(numbers[1]), factories.phone_number(1)),
        ("田小麦", wrong_sign(numbers[2]), "34"),
    ]
    with opened(city.chair) as page:
        walk = Walk(page)
        page.goto(reverse("enrolment:imports", args=[city.union.reference]))
        content = sheet(*rows, heading=HEADING[:3])
        page.set_input_files("[name=file]", {"name": "花名册.csv", "mimeType": "text/csv", "buffer": content})
        walk.press("button", "上传核对")
        the_worker()
        page.goto(reverse("enrolment:import_rows", args=[Import._base_manager.get().reference]))
        phones = [factories.phone_number(each) for each in range(3)]
        walk.paste(
            "id_number", [f"{number}\t{phone}" for number, phone in zip(numbers, phones, strict=True)] + ["多\t一行"]
        )
        walk.page.goto(reverse("enrolment:import", args=[Import._base_manager.get().reference]))
        walk.press("button", "重新核对")
        assert (the_worker().new_count, Import._base_manager.get().bad_count) == (3, 0)
