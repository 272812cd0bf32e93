"""How facts are shown: figures, states, clocks, timelines, dossiers, receipts."""

from datetime import date, datetime
from typing import Any

from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from gongjia.theme import icons
from gongjia.theme.components.pages import day
from gongjia.theme.library import drawn_once, part, register, trimmed, when_written_out

TONES = ("good", "doing", "waiting", "late", "off", "plain")


@register.simple_tag
def state(words: str, tone: str = "plain") -> SafeString:
    """A state as a word with a mark and a colour. Tones: good, doing, waiting, late, off, plain."""
    if tone not in TONES:
        raise ValueError(f"no such tone: {tone}")
    return SafeString(f'<span class="state state-{tone}">{conditional_escape(words)}</span>')


when_written_out("state", drawn_once)


@register.simple_block_tag(takes_context=True, end_name="endfigure")
def figure(
    context: Context,
    content: str,
    label: str,
    value: Any,
    *,
    unit: str = "",
    url: str = "",
    on: date | None = None,
    change: str = "",
    accent: bool = False,
) -> SafeString:
    """A number with its unit and day; the content is its definition, opened on a tap; `url` opens its rows.

    `value=None` is shown as unknown, never as zero. `accent` marks the one figure that matters now.
    """
    values = {"label": label, "value": value, "unit": unit, "url": url, "on": on, "change": change}
    return part(context, "figure", definition=trimmed(content), accent=accent, **values)


@register.simple_tag(takes_context=True)
def clock(
    context: Context,
    title: str,
    spent: int,
    total: int,
    *,
    due: date | None = None,
    unit: str = "个工作日",
    sums: str = "",
    provisional: bool = False,
) -> SafeString:
    """A term of days: a bar, what is left in words, and the arithmetic (`sums`) on a tap.

    Late when more than `total` is spent; soon when a fifth or less is left. `provisional` is for days beyond the last
    published calendar.
    """
    left = total - spent
    tone = "late" if left < 0 else "soon" if left * 5 <= total else "calm"
    said = f"已超 {-left} {unit}" if left < 0 else f"还剩 {left} {unit}" if left else "今天到期"
    values = {"title": title, "spent": spent, "total": total, "due": due, "unit": unit, "sums": sums}
    filled = min(100, 100 * spent // total) if total else 100
    return part(context, "clock", tone=tone, said=said, filled=filled, provisional=provisional, **values)


@register.simple_block_tag(end_name="endtimeline")
def timeline(content: str, label: str = "经过") -> SafeString:
    """What happened, newest first; holds {% event %} blocks."""
    return format_html('<ol class="course" aria-label="{}">{}</ol>', label, content)


@register.simple_block_tag(takes_context=True, end_name="endevent")
def event(
    context: Context,
    content: str,
    title: str,
    at: datetime | date | None = None,
    by: str = "",
    tone: str = "plain",
) -> SafeString:
    """One thing that happened. `at=None` is a step still to come. Tones as for `state`."""
    return part(context, "event", content=trimmed(content), title=title, at=at, by=by, tone=tone)


@register.simple_block_tag(takes_context=True, end_name="enddossier")
def dossier(context: Context, content: str, title: str, note: str = "", empty: str = "还没有登记。") -> SafeString:
    """A section of a file; holds {% fact %} lines, or says that nothing is recorded."""
    return part(context, "dossier", content=trimmed(content), title=title, note=note, empty=empty)


@register.simple_tag
def fact(label: str, value: Any, source: str = "", on: date | None = None, href: str = "") -> SafeString:
    """A line of a dossier with where it comes from and since when. None or "" is shown as unknown."""
    shown: Any = format_html('<span class="unknown">{}</span>', "未知") if _is_unknown(value) else value
    if href and not _is_unknown(value):
        shown = format_html('<a href="{}">{}</a>', href, value)
    origin = format_html("{}{}{}", source, " · " if source and on else "", day(on) if on else "")
    origin = format_html('<span class="fact-source">{}</span>', origin) if origin else SafeString("")
    return format_html('<div class="fact"><dt>{}</dt><dd>{}{}</dd></div>', label, shown, origin)


def _is_unknown(value: Any) -> bool:
    return value is None or value == ""


@register.simple_block_tag(takes_context=True, end_name="endreceipt")
def receipt(context: Context, content: str, title: str, number: str = "", on: date | None = None) -> SafeString:
    """After sending: what was received under which number; the content says what happens next and by when."""
    return part(context, "receipt", content=content, title=title, number=number, on=on)


@register.simple_tag(takes_context=True)
def pass_card(
    context: Context, holder: str, issuer: str, since: date | None = None, number: str = "", state_zh: str = ""
) -> SafeString:
    """A member's card on the phone. `number` comes masked."""
    values = {"holder": holder, "issuer": issuer, "since": since, "number": number, "state_zh": state_zh}
    return part(context, "pass_card", **values)


@register.simple_tag
def mark() -> SafeString:
    """The house mark, for places that have no icon of their own."""
    return icons.house_mark()
