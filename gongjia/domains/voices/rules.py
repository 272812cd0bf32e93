"""What is suggested from a worker's words, what is wrong with a voice, who is alike, what is a group. Pure functions:
words, days and figures in; suggestions, sentences and findings out. A suggestion is never a decision."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongjia.domains.voices.tables import BEFORE_A_NAME, ENDINGS, SUBJECTS, TAGS, TOPICS, URGENT, WISHES
from gongjia.domains.voices.words import ON_THE_DAY, FileKind, Subject, Tag, Topic, Wish
from gongjia.kernel import quantities

_MOST_NAME = 40
_NAME = re.compile(rf"[\u4e00-\u9fffA-Za-z0-9（）()·]{{2,{_MOST_NAME}}}?(?:{'|'.join(ENDINGS)})")
_PHONE = re.compile(r"1[3-9]\d{9}")
_SPACE = re.compile(r"\s+")

# ── suggestions ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Suggested:
    """What the words seem to be about, and which words said so."""

    subject: Subject | None = None
    because: tuple[str, ...] = ()
    wish: Wish | None = None
    tags: tuple[Tag, ...] = ()
    employer: str = ""
    is_urgent: bool = False


def suggest(text: str) -> Suggested:
    """Read the words of a worker. What cannot be told stays open: None, never a guess."""
    plain = _SPACE.sub("", text)
    subject, because = _strongest(plain, SUBJECTS)
    wish, _ = _strongest(plain, WISHES)
    return Suggested(
        subject=Subject(subject) if subject else None,
        because=because,
        wish=Wish(wish) if wish else None,
        tags=tuple(tag for tag, words in TAGS.items() if any(word in plain for word in words)),
        employer=employer_in(text),
        is_urgent=any(word in plain for word in URGENT),
    )


def topics_in(text: str) -> list[Topic]:
    """The headings of the answer book that the words touch, the strongest first."""
    plain = _SPACE.sub("", text)
    weights = {topic: _weight(plain, words)[0] for topic, words in TOPICS.items()}
    return sorted((topic for topic, weight in weights.items() if weight), key=lambda topic: -weights[topic])


def employer_in(text: str) -> str:
    """The first thing that looks like an employer's name; "" where there is none."""
    for found in _NAME.finditer(text):
        name = found[0]
        for word in sorted(BEFORE_A_NAME, key=len, reverse=True):
            place = name.rfind(word)
            if place >= 0 and len(name) - place - len(word) > max(map(len, _ending(name))) and place < len(name) // 2:
                name = name[place + len(word) :]
                break
        if len(name) >= 4:
            return name
    return ""


def _ending(name: str) -> list[str]:
    return [each for each in ENDINGS if name.endswith(each)] or [""]


def _strongest(plain: str, table: Mapping[Any, Sequence[str]]) -> tuple[Any, tuple[str, ...]]:
    """The entry whose words weigh most; None for a draw at nought. Of two alike the first of the table."""
    best: tuple[int, Any, tuple[str, ...]] = (0, None, ())
    for code, words in table.items():
        weight, hits = _weight(plain, words)
        if weight > best[0]:
            best = (weight, code, hits)
    return best[1], best[2]


def _weight(plain: str, words: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    hits = tuple(word for word in words if word in plain)
    return sum(len(word) for word in hits), hits


# ── what is wrong, and what somebody should know ───────────────────────────────────────────────────────────────


def is_full_name(name: str) -> bool:
    """Whether a name looks like a registered one, not a nickname: four characters and an ending that firms have."""
    return len(name) >= 4 and name.endswith(ENDINGS)


def day_faults(*, knew_on: date | None, received_on: date, today: date, channel: str, backdate_days: int) -> list[str]:
    """Days that cannot be: known after it was said, received tomorrow, or written down as if it were long ago."""
    faults = []
    if knew_on is not None and knew_on > received_on:
        faults.append(
            f"知道这件事的日期（{knew_on:%Y-%m-%d}）晚于反映的日期（{received_on:%Y-%m-%d}），请核对：写的是哪一天知道的。"
        )
    if received_on > today:
        faults.append("收到日期晚于今天，请按实际收到的日期填写。")
    elif channel in ON_THE_DAY and received_on < today:
        faults.append(
            "来电、来访当天登记：收到日期只能是今天。前些天漏登的，按“来信”补登并写明原因，期限从收到之日算。"
        )
    elif received_on < today - timedelta(days=backdate_days):
        faults.append(
            f"收到日期不能早于 {today - timedelta(days=backdate_days):%Y-%m-%d}（登记前 {backdate_days} 日）："
            "期限从收到之日算，不能倒填。请写补登的日期，在内容里说明实际收到的日子。"
        )
    return faults


def name_warning(employer_name: str, *, is_known: bool) -> str:
    """A nickname is no employer: said, never refused, because a worker may know no other name."""
    if is_known or not employer_name or is_full_name(employer_name):
        return ""
    return (
        f"“{employer_name}”不像单位的全称。工资条、合同、厂牌或者付款短信上的名称更容易查到；只知道叫法也可以先提交。"
    )


def sum_warning(subject: str, *, has_amount: bool, words: str) -> str:
    """Wages claimed without any figure."""
    if subject != Subject.WAGES or has_amount or re.search(r"\d", words):
        return ""
    return "没有写明欠了多少、从哪个月到哪个月。记不清的写大概数，工会核实时再对账。"


def claim_warning(subject: str, *, knew_on: date | None, today: date, claim_days: int) -> str:
    """The time limit of arbitration: over (warn), or nearly. Unknown stays unknown."""
    if knew_on is None:
        return ""
    last = knew_on + timedelta(days=claim_days)
    law = "劳动争议调解仲裁法第二十七条"
    if today > last:
        but = "；还在这个单位上班的，拖欠工资不受一年限制" if subject == Subject.WAGES else ""
        return (
            f"从知道之日起到今天已经超过一年（{last:%Y-%m-%d} 到期），申请仲裁的时效可能已过（{law}）{but}。"
            "请尽快向工会法律援助说明有没有中断、中止的情形。"
        )
    if last - today <= timedelta(days=30):
        return f"申请仲裁的时效 {last:%Y-%m-%d} 到期（{law}）：要申请的请抓紧，工会的办理不停止时效。"
    return ""


def phones_in(text: str) -> list[str]:
    """Phone numbers in a text that is to be shown to others: they are to be struck out."""
    return _PHONE.findall(text)


def masked(text: str, names: Collection[str] = ()) -> str:
    """A text for other eyes: no phone number, no ID number, none of these names."""
    text = re.sub(r"\d{17}[\dXx]", "（证件号码）", text)
    text = _PHONE.sub("（电话）", text)
    for name in sorted((each for each in names if each), key=len, reverse=True):
        text = text.replace(name, f"{name[0]}某")
    return text


# ── alike, and a group ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Seen:
    """What the rules need of a voice that was made before. `who` tells workers apart: 0 where nothing is known."""

    number: int
    employer: int
    employer_name: str
    subject: str
    who: int
    came_on: date
    people: int = 1


def same_employer(one: Seen, other: Seen) -> bool:
    """The same of the register, or without it the same name as it was written."""
    if one.employer and other.employer:
        return one.employer == other.employer
    return bool(one.employer_name) and one.employer_name == other.employer_name


def alike(new: Seen, before: Iterable[Seen], *, days: int) -> list[tuple[Seen, str]]:
    """What may be the same thing, with the reason in words: the same worker, or the same employer and subject, within
    so many days."""
    found = []
    for each in before:
        if each.number == new.number or not 0 <= (new.came_on - each.came_on).days <= days:
            continue
        if new.who and each.who == new.who:
            found.append((each, "同一个人"))
        elif same_employer(new, each) and each.subject == new.subject:
            found.append((each, "同一单位、同一类事"))
    return found


@dataclass(frozen=True)
class Gathering:
    """What the rule of group matters saw and needed; the numbers are the voices behind it."""

    workers: int
    needed: int
    days: int
    numbers: tuple[int, ...]

    @property
    def is_group(self) -> bool:
        return quantities.at_least(self.workers, self.needed)

    @property
    def zh(self) -> str:
        return (
            f"规则：同一单位 {self.days} 日内有 {self.needed} 名以上职工反映（含 {self.needed} 名）。"
            f"现在数到 {self.workers} 名，{len(self.numbers)} 件。"
        )


def gather(rows: Iterable[Seen], *, on: date, days: int, needed: int) -> Gathering:
    """Count the workers of one employer's voices within so many days before `on`, that day included.

    A worker who spoke twice counts once, by the larger number of people said; of one not known each voice counts.
    """
    inside = [each for each in rows if 0 <= (on - each.came_on).days < days]
    known: dict[int, int] = {}
    unknown = 0
    for each in inside:
        if each.who:
            known[each.who] = max(known.get(each.who, 0), each.people)
        else:
            unknown += each.people
    return Gathering(sum(known.values()) + unknown, needed, days, tuple(each.number for each in inside))


# ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────

_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf")
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"3gp4", b"3gp5", b"3gp6", b"mp42", b"isom")
TYPES: Mapping[str, FileKind] = {
    "image/jpeg": FileKind.PICTURE,
    "image/png": FileKind.PICTURE,
    "image/webp": FileKind.PICTURE,
    "audio/mpeg": FileKind.SOUND,
    "audio/mp4": FileKind.SOUND,
    "audio/amr": FileKind.SOUND,
    "audio/wav": FileKind.SOUND,
    "audio/ogg": FileKind.SOUND,
}


def sniffed(head: bytes) -> str:
    """The type of a file by its first bytes, whatever its name says; "" for what is neither picture nor sound."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head[4:8] == b"ftyp" and head[8:12] in _SOUND_BRANDS:
        return "audio/mp4"
    return ""


def file_fault(name: str, head: bytes, size: int, *, picture_mb: int, sound_mb: int) -> str:
    """Why a file cannot be taken; "" where it can."""
    found = sniffed(head)
    if not found:
        if head.startswith(_PROGRAMS):
            return f"“{name}”是程序或者压缩包，不能作为附件。请直接拍照，或者录一段话。"
        return f"“{name}”不是照片也不是录音，不能作为附件。照片用 JPG、PNG、WEBP，录音用 MP3、M4A、AMR、WAV。"
    most = picture_mb if TYPES[found] == FileKind.PICTURE else sound_mb
    if size > most * 1024 * 1024:
        return f"“{name}”有 {size / 1024 / 1024:.1f} 兆，超过 {most} 兆。照片请用手机里的“原图”以外的选项，录音请分段。"
    return ""


def without_traces(content: bytes) -> bytes:
    """A JPEG without what cameras write into it (place, time, device); everything else as it is.

    Segments APP1 to APP15 and comments before the picture begins are left out, but for APP14, which says how colours
    are stored. What does not read as a JPEG is returned unchanged.
    """
    if not content.startswith(b"\xff\xd8"):
        return content
    kept, place = bytearray(b"\xff\xd8"), 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xDA:
            return bytes(kept) + content[place:]
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2 or place + 2 + length > len(content):
            break
        if not (0xE1 <= marker <= 0xEF and marker != 0xEE) and marker != 0xFE:
            kept += content[place : place + 2 + length]
        place += 2 + length
    return content
