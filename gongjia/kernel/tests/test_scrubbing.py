"""Nothing planted stays in a covered text, however it is written; and plain complaints keep their words."""

import random

import pytest

from gongjia.kernel.scrubbing import NOBODY, Known, Span, cover, find
from tests import factories

pytestmark = pytest.mark.system("R2")
PLANTED = 500
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
SURNAMES, GIVEN = "白石田方林江罗高秦柳", ("青禾", "小满", "麦苗", "松柏", "云帆", "知秋", "守一")
SENTENCES = (
    "厂里拖欠三个月工资，{}，一直没有人管。",
    "请尽快处理{}谢谢！",
    "2026年9月起没有发加班费。{}\n一共38人，约46万元。",
    "（{}）",
)


def spaced(draw: random.Random, number: str) -> str:
    gap = draw.choice(("", "", " ", "-", "·", ". "))
    step = draw.choice((1, 3, 4))
    text = gap.join(number[at : at + step] for at in range(0, len(number), step))
    return draw.choice((text, text, text.translate(FULL), text.translate(CHINESE)))


def planted(draw: random.Random, number: int) -> tuple[str, str, Known]:
    """A sentence, what in it gives somebody away, and what is known of the person."""
    name = draw.choice(SURNAMES) + draw.choice(GIVEN)
    phone, identity = factories.phone_number(number), factories.id_number(number)
    known = Known(name=name, numbers=(phone, identity), texts=("浮山街道书台街12号3栋402室",))
    kind = number % 14
    others_phone = factories.phone_number(number + 7_000)
    what = (
        spaced(draw, phone),
        spaced(draw, identity),
        spaced(draw, others_phone),
        name,
        " ".join(name),
        f"{name[0]}师傅",
        f"小{name[0]}",
        f"{name[0]}某",
        name[1:],
        f"微信号：wx_{draw.randrange(10**6):06}a",
        f"worker{draw.randrange(10**5)}@example.com",
        spaced(draw, f"62{draw.randrange(10**15, 10**16)}{draw.randrange(10)}"[:19]),
        "浮山街道书台街12号3栋402室",
        f"鄂L·{draw.randrange(10**4, 10**5)}",
    )[kind]
    return draw.choice(SENTENCES).format(what), what, known


def test_none_of_five_hundred_planted_identifiers_is_left() -> None:
    draw, left = random.Random(20261120), []
    for number in range(PLANTED):
        text, what, known = planted(draw, number)
        covered = cover(text, find(text, known))
        if what in covered or any(part in covered for part in known.numbers):
            left.append((what, covered))
        assert "【" in covered, (what, covered)
    assert not left, left[:5]


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("我叫方小满，电话13912345678", "我叫【姓名】，电话【手机号】"),
        ("联系人：石守一 0715-8256789", "联系人：【姓名】 【电话】"),
        ("电话是8256789", "电话是【电话】"),
        ("工号A-10293，社保卡号：42100099", "【工号】，【工号】"),
        ("本人出生于1990年3月2日", "本人【出生日期】"),
        ("住在温泉路18号", "【住址】"),
        ("鄂LA12345的车", "【车牌】的车"),
        ("QQ 10293847", "【社交账号】"),
        ("一三九一二三四五六七八", "【手机号】"),
        ("139 - 1234 - 5678", "【手机号】"),
        ("139（1234）5678", "【手机号】"),
        ("壹叁玖壹贰叁肆伍陆柒捌", "【手机号】"),
        ("扣扣：12345678", "【社交账号】"),
    ],
)
def test_what_is_known_of_nobody_is_found_by_its_form(text: str, covered: str) -> None:
    assert cover(text, find(text, NOBODY)) == covered


@pytest.mark.parametrize(
    "text",
    [
        "2026年9月到11月拖欠工资38人共46.5万元，每天上班12小时",
        "车间温度38度，第3号车床没有护罩，三号楼没有灭火器",
        "公司说等到12月15日再发，已经过去60天",
        "我是车间的，本人的加班费没有算，申请人一栏不会填",
        "十一月十一日开会，一二三车间都没有发",
        "白天上班，晚上也上班",
    ],
)
def test_a_plain_complaint_keeps_its_words(text: str) -> None:
    assert find(text, Known(name="石小满")) == []


def test_stretches_that_overlap_are_one_and_named_by_the_longest() -> None:
    text = "我叫白小满"
    assert find(text, Known(name="白小满")) == [Span(2, 5, "姓名")]


def test_a_name_that_holds_a_stop_is_found_without_it() -> None:
    text = "买买提艾力和买买提·艾力"
    assert cover(text, find(text, Known(name="买买提·艾力"))) == "【姓名】和【姓名】"
