"""The words of the worker's pages."""

from datetime import datetime

from django.db.models import TextChoices


class About(TextChoices):
    """What a letter to the union asks for; the union sees it as the letter's title."""

    OTHER = "", "留言"
    CORRECT = "correct", "请工会更正资料"
    MOVE = "move", "换了单位，办理会籍转接"
    LEAVE = "leave", "申请退会"


#: What to write about each, above the box.
ASKED = {
    About.OTHER: "想说的话、想问的事，直接写。您的工会会看到，回复也在这里。",
    About.CORRECT: "请写明哪一项错了、应该是什么。姓名和证件号，工会要核对证件后才能改。",
    About.MOVE: "请写明新单位的全称，从哪一天开始上班。",
    About.LEAVE: "入会自愿，退会自由。愿意的话，可以写上原因；工会会和您联系，确认是您本人的意思。",
}

_GREETINGS = {5: "夜深了", 9: "早上好", 12: "上午好", 14: "中午好", 18: "下午好", 23: "晚上好", 24: "夜深了"}


def greeting(at: datetime) -> str:
    """What one says at this hour; each line holds until its hour, excluded."""
    return next(words for until, words in _GREETINGS.items() if at.hour < until)
