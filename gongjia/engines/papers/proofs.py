"""What a QR code proves: kinds of proof, each with the facts that it carries and the question whether it still holds.

A domain registers a `ProofKind` in apps.py, signs with `token_of`, and draws `address_of(token)` as a code. Checked on
line, the question is asked; checked without a network, the signature speaks until its last day and no further. Facts
are what a stranger who sees the paper may read, and no more: names masked, no numbers of persons.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from gongjia.engines.papers.kinds import PaperKind
from gongjia.engines.papers.models import Paper
from gongjia.engines.papers.words import PaperState
from gongjia.kernel import statements
from gongjia.kernel.masking import mask_name
from gongjia.kernel.moments import day_zh, today_of
from gongjia.kernel.reach import question
from gongjia.kernel.statements import NotOurs, Statement

#: Stands before the token in an address.
MARK = "/v/"
_DAY = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")


@dataclass(frozen=True)
class ProofKind:
    """`facts`: short codes, as they stand in the token, and their words. `doubt(reference, at)` answers "" while the
    thing holds, else a sentence that tells a stranger no more than that it does not."""

    code: str
    zh: str
    facts: Mapping[str, str]
    doubt: Callable[[str, datetime], str]


@dataclass(frozen=True)
class Verdict:
    """What a genuine token says. `doubt` and `is_over` are asked of today."""

    kind: ProofKind
    statement: Statement
    doubt: str
    is_over: bool

    @property
    def holds(self) -> bool:
        return not (self.doubt or self.is_over)

    @property
    def lines(self) -> list[tuple[str, str]]:
        facts = self.statement.facts
        return [(zh, _plain(facts[code])) for code, zh in self.kind.facts.items() if facts.get(code)]


def _plain(text: str) -> str:
    """Days stand in a code as machines write them; people read them as they speak."""
    return day_zh(date.fromisoformat(text)) if _DAY.fullmatch(text) else text


_registered: dict[str, ProofKind] = {}


def register(kind: ProofKind) -> None:
    if _registered.setdefault(kind.code, kind) is not kind:
        raise RuntimeError(f"kind of proof {kind.code} is declared twice")


def registered() -> list[ProofKind]:
    return sorted(_registered.values(), key=lambda each: each.code)


def token_of(
    kind: ProofKind, reference: str, facts: Mapping[str, str], *, issued_on: date, until_on: date | None = None
) -> str:
    """Raises ValueError for facts that the kind does not declare."""
    if facts.keys() - kind.facts.keys():
        raise ValueError(f"proof {kind.code} carries no {sorted(facts.keys() - kind.facts.keys())}")
    said = {code: text for code, text in facts.items() if text}
    return statements.signed(Statement(kind.code, reference, issued_on, until_on, said))


def address_of(token: str) -> str:
    """What the code holds: the page that checks it, at the address that is printed on posters."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("open:verify_token", args=[token])


def token_in(text: str) -> str:
    """The token in what somebody scanned, typed or pasted: itself, or the end of its address."""
    joined = "".join(text.split())
    return joined.rpartition(MARK)[2].strip("/") if MARK in joined else joined


def verdict_on(token: str, *, at: datetime) -> Verdict | None:
    """None for everything that is not ours: forged, cut, of another place, of a kind that is unknown here."""
    try:
        statement = statements.read(token)
    except NotOurs:
        return None
    kind = _registered.get(statement.kind)
    if kind is None:
        return None
    over = statement.until_on is not None and today_of(at) > statement.until_on
    return Verdict(kind, statement, kind.doubt(statement.reference, at), over)


# ── issued papers ──────────────────────────────────────────────────────────────────────────────────────────────
@question("papers.doubt")
def _doubt_about_paper(reference: str, _at: datetime) -> str:
    """Whether an issued paper is still good."""
    state = Paper.objects.filter(reference=reference).values_list("state", flat=True).first()
    return "" if state == PaperState.ISSUED else "发文单位已经把它作废，不能再作为凭据。"


PAPER = ProofKind("p", "公文", {"k": "文种", "n": "文号", "o": "发文单位", "h": "姓名"}, _doubt_about_paper)


def address_of_paper(paper: Paper, kind: PaperKind) -> str:
    """What the code on an issued paper holds: which paper it is, not what stands in it."""
    facts = {"k": kind.zh, "n": paper.number_zh, "o": paper.organisation.name}
    if paper.person is not None:
        facts["h"] = mask_name(paper.person.name)
    return address_of(token_of(PAPER, paper.reference, facts, issued_on=paper.issued_on))
