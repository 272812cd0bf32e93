"""The words of papers and their numbers."""

from django.db.models import TextChoices


class NumberState(TextChoices):
    USED = "used", "已用"
    VOID = "void", "作废"


class PaperState(TextChoices):
    ISSUED = "issued", "有效"
    VOID = "void", "作废"


#: The longest word (机关代字) of a number.
WORD_LENGTH = 12
#: The series that an office keeps, by the last sign of their number, and what each is for.
SERIES = {
    "发": "通知、请示、报告、决定等普遍使用",
    "复": "对下级请示的批复",
    "函": "与不相隶属单位往来的函",
    "办": "办公室发文",
    "证": "证书、证明",
}
