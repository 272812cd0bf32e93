"""What can be read off an organisation's name."""

import re
from collections.abc import Sequence

_ENDINGS = re.compile(r"(总工会|工会联合会|联合工会|联合基层工会|工会工作委员会|工会筹备组|工会委员会|基层工会|工会)$")
_COMPANY = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|公司|街道|乡|镇|社区|村)$")
_PLACE = re.compile(r"^[\u4e00-\u9fa5]{2,3}?(省|市|县|区)(?=[\u4e00-\u9fa5]{2})")
_REGION = re.compile(r"^([\u4e00-\u9fa5]{1,5}?)(?:省|自治州|地区|市|县|区)$")


_LEVEL = re.compile(r"(特别行政区|自治区|自治州|地区|街道|省|市|县|区|乡|镇)$")


def series_words(name: str, places: Sequence[str] = ()) -> list[str]:
    """Words (机关代字) with which an organisation's document numbers could begin, the shortest and likeliest first:
    咸宁市总工会 咸工, 咸安区总工会 咸安工, 咸安区鸿运物业有限公司工会 鸿运工. An officer can set any other.

    `places`: the divisions in which it lies; a firm that is called after one (咸宁鸿运物业) has its word from what is
    its own, so that it does not look like the place's federation."""
    core = _ENDINGS.sub("", re.sub(r"[^\u4e00-\u9fa5]", "", name)) or "工会"
    if found := _REGION.match(core):
        place = found.group(1)
        shortest = 1 if core.endswith("市") else 2
        words = [place[:length] for length in range(shortest, len(place) + 1)] or [place]
    else:
        while (bare := _PLACE.sub("", core)) != core:
            core = bare
        for place in (_LEVEL.sub("", each) for each in places):
            own = core.removeprefix(place) if place else core
            if len(_COMPANY.sub("", own)) > 1 and not _LEVEL.fullmatch(own):
                core = own
        bare = _COMPANY.sub("", core) or core
        words = [bare[:length] for length in range(2, min(len(bare), 8) + 1)] or [bare]
    return [f"{word}工" for word in words]
