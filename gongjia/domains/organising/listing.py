"""The lists of a comparison: what there is, and which one a file is, guessed from its name and its first rows. A person
sees the guess, and has the last word. Pure."""

import re
from collections.abc import Iterable, Sequence

from gongjia.kernel.words import Word


class ListKind(Word):
    """What a list of a comparison is."""

    MARKET = "market", "市场监管登记"
    INSURED = "insured", "社会保险参保"
    TAX = "tax", "税务申报"
    CIVIL = "civil", "社会组织（民政）"
    STATIONS = "stations", "平台站点"
    ROSTER = "roster", "工会名册"
    UNUSED = "unused", "这份不用"


#: Lists that say which employers there are, and those that say how many people each has.
OF_EMPLOYERS = (ListKind.MARKET, ListKind.CIVIL, ListKind.STATIONS)
OF_HEADCOUNTS = (ListKind.INSURED, ListKind.TAX)
#: So many lists at most are compared at once.
MOST_LISTS = 6
#: What headings and file names say, the surest first. A roster's rows speak too: its names end in 工会.
_SIGNS = (
    (ListKind.ROSTER, re.compile(r"工会(?:全称|组织)?名称|工会名册|建会|会员数|会员人数|工会名录|基层工会")),
    (ListKind.CIVIL, re.compile(r"社会组织|社会团体|民办非企业|社会服务机构|基金会|民政|业务主管单位")),
    (ListKind.STATIONS, re.compile(r"站点|网点|平台|骑手|快递|外卖|网约车|配送|货运")),
    (ListKind.TAX, re.compile(r"税|扣缴|征管|申报人数")),
    (ListKind.INSURED, re.compile(r"参保|社保|社会保险|养老保险|医保|工伤保险|失业保险|缴费")),
    (ListKind.MARKET, re.compile(r"成立日期|注册|登记|经营|住所|市场主体|企业名称|法定代表人|工商|市场监管")),
)
_UNION = re.compile(r"工会(?:委员会|联合会|小组|筹备组)?$")
#: Headings that only a register of firms has: it may count the insured beside.
_OF_FIRMS = re.compile(r"成立日期|注册(?:资本|日期|地址)|经营状态|登记状态|经营范围|住所")
_FEW_ROWS = 20


def guessed(name: str, first_rows: dict[str, list[list[str]]]) -> ListKind:
    """The most likely kind; the register of firms where nothing says more."""
    rows = [row for sheet in first_rows.values() for row in sheet[:_FEW_ROWS]]
    if _names_unions(rows):
        return ListKind.ROSTER
    heading = " ".join(_heading_of(rows))
    if _OF_FIRMS.search(heading) and not re.search(r"社会组织|站点|网点|骑手", heading):
        kinds: Sequence[ListKind] = (ListKind.ROSTER, ListKind.CIVIL, ListKind.STATIONS, ListKind.MARKET)
    else:
        kinds = [kind for kind, _ in _SIGNS]
    for text in (heading, name):
        for kind, sign in _SIGNS:
            if kind in kinds and sign.search(text):
                return kind
    return ListKind.MARKET


def _names_unions(rows: Iterable[list[str]]) -> bool:
    """Whether every second row names a union."""
    named = [any(_UNION.search(cell) for cell in row) for row in rows if any(row)]
    return len(named) > 1 and sum(named[1:]) * 2 > len(named) - 1


def _heading_of(rows: Sequence[list[str]]) -> list[str]:
    """The row with the most texts that hold no number: where a heading is likely, however many titles stand above."""
    words = [[cell for cell in row if cell and not re.search(r"\d{2,}", cell)] for row in rows]
    most = max(map(len, words), default=0)
    return next((row for row in words if len(row) == most), [])
