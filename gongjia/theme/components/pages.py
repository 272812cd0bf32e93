"""What a page is laid out with: heads, panels, notices, tabs, trees, tiles. Each tag draws one part of theme/parts."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.template import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from gongjia.kernel.moments import local, today_of
from gongjia.kernel.money import format_yuan
from gongjia.theme import icons
from gongjia.theme.library import part, register

Crumbs = Sequence[tuple[str, str]]
#: Where a long name may go on in the next line: after the place, the firm, and each union but its committee or group.
_PLACE = re.compile(r"^\S{1,6}?[市州区县](?:\S{1,4}?[市区县])?(?=\S{4})")
_PART = re.compile(r"(?:公司|总工会|联合会|分工会|工会(?!委员会|工作委员会|小组|联合会|筹备组))(?=\S)")


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A line icon by its Tabler name. Without `label` it is decoration."""
    return icons.svg(name, label=label, css=css)


@register.simple_block_tag(takes_context=True, end_name="endpage_head")
def page_head(
    context: Context, content: str, title: str, sub: str = "", crumbs: Crumbs = (), kicker: str = ""
) -> SafeString:
    """The page's only h1; the content holds the actions. `crumbs` are (words, address) pairs from the top down."""
    return part(context, "page_head", content=content, title=title, sub=sub, crumbs=crumbs, kicker=kicker)


@register.simple_block_tag(takes_context=True, end_name="endpanel")
def panel(
    context: Context, content: str, title: str = "", more_url: str = "", more_zh: str = "全部", css: str = ""
) -> SafeString:
    """A white sheet with an h2."""
    return part(context, "panel", content=content, title=title, more_url=more_url, more_zh=more_zh, css=css)


@register.simple_block_tag(takes_context=True, end_name="endnotice")
def notice(context: Context, content: str, title: str = "", tone: str = "info") -> SafeString:
    """A remark in the page. Tones: info, good, warn, bad."""
    named = {"info": "info-circle", "good": "circle-check", "warn": "alert-triangle", "bad": "alert-circle"}[tone]
    return part(context, "notice", content=content, title=title, tone=tone, icon=named)


@register.simple_block_tag(takes_context=True, end_name="endurgent")
def urgent(context: Context, content: str, title: str, url: str = "", action: str = "去办理") -> SafeString:
    """What matters now: the one card with the red edge. More than one on a page and none of them matters."""
    return part(context, "urgent", content=content, title=title, url=url, action=action)


@register.simple_block_tag(takes_context=True, end_name="endempty")
def empty(context: Context, content: str, title: str, icon: str = "inbox") -> SafeString:
    """Nothing here: `title` says so, the content says what this is and what to do next."""
    return part(context, "empty", content=content, title=title, icon=icon)


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Sequence[tuple[Any, ...]], label: str = "分栏") -> SafeString:
    """Tabs that are links: (words, address, is_current) or (words, address, is_current, count)."""
    rows = [dict(zip(("zh", "url", "is_current", "count"), item, strict=False)) for item in items]
    return part(context, "tabs", items=rows, label=label)


@register.simple_tag(takes_context=True)
def tree(context: Context, nodes: Sequence[Any], label: str = "组织") -> SafeString:
    """A tree of links. A node has zh, url and may have count, children, is_open, is_current, children_url, open_url.

    `children_url` answers with parts/tree_level.html for HTMX; without script `open_url` reloads the page with the
    branch open.
    """
    return part(context, "tree", nodes=nodes, label=label)


@register.simple_tag
def tile(title: str, url: str, icon: str, hint: str = "") -> SafeString:
    """A way in on a worker's page: icon, two to six characters, and a line of explanation."""
    small = format_html('<span class="tile-hint">{}</span>', hint) if hint else ""
    drawing = icons.svg(icon)
    return format_html(
        '<a class="tile" href="{}">{}<span class="tile-title">{}</span>{}</a>', url, drawing, title, small
    )


@register.simple_block_tag(end_name="enddefine")
def define(content: str, term: str) -> SafeString:
    """A term that opens its definition on a tap; not inside a <p>."""
    return format_html(
        '<details class="define"><summary>{}{}</summary><div class="define-text">{}</div></details>',
        term,
        icons.svg("help-circle", label="是什么意思"),
        content,
    )


@register.simple_tag(takes_context=True)
def progress(
    context: Context, done: int, total: int, title: str, note: str = "", poll_url: str = "", every: int = 2
) -> SafeString:
    """Long work. `poll_url` answers with this same part; it is asked every few seconds while work is left.

    `total=0` means that the size of the work is not known yet.
    """
    is_running = total == 0 or done < total
    values = {"done": done, "total": total, "title": title, "note": note, "is_running": is_running}
    return part(context, "progress", poll_url=poll_url, every=every, **values)


@register.simple_tag(takes_context=True)
def loading(context: Context, url: str, words: str = "正在读取…") -> SafeString:
    """A part that is slow to make: fetched from `url` by HTMX when the page stands; without script a link to it."""
    return part(context, "loading", url=url, words=words)


@register.simple_tag(takes_context=True)
def print_button(context: Context, words: str = "打印") -> SafeString:
    """Shown only where script can open the printer's window; elsewhere the browser's own menu prints."""
    return part(context, "print_button", words=words)


@register.simple_tag
def keys(*names: str) -> SafeString:
    """Key hints: the last word says what the keys do: `{% keys "j" "k" "下一条、上一条" %}`."""
    caps = format_html_join(" ", "<kbd>{}</kbd>", ((name,) for name in names[:-1]))
    return format_html('<span class="keys">{} {}</span>', caps, names[-1])


@register.filter
def day(value: date | None) -> SafeString:
    """2026年11月21日, with the machine's form beside it; unknown is unknown. An instant is told by Shanghai's day."""
    if not value:
        return format_html('<span class="unknown">{}</span>', "未知")
    on = today_of(value) if isinstance(value, datetime) else value
    return SafeString(f'<time datetime="{on.isoformat()}">{on:%Y}年{on.month}月{on.day}日</time>')


@register.filter
def moment(value: datetime | None) -> SafeString:
    """2026年11月21日 14:05, Shanghai's time."""
    if not value:
        return format_html('<span class="unknown">{}</span>', "未知")
    at = local(value)
    words = f"{at:%Y}年{at.month}月{at.day}日 {at:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="minutes"), words)


@register.filter
def deadline(value: datetime | None) -> SafeString:
    """The last day of a period that ends with a day, whose moment is the next midnight; else the moment itself."""
    if value and local(value).time() == time.min:
        return day(local(value).date() - timedelta(days=1))
    return moment(value)


@register.filter
def number(value: float | str | None) -> Any:
    """1,234,567; None is unknown. Words stay as they are. Django groups Chinese numbers by four, or not at all."""
    if value is None or value == "":
        return format_html('<span class="unknown">{}</span>', "未知")
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return f"{value:,}" if is_number else value


@register.filter
def yuan(fen: int | str | None) -> SafeString:
    """1,234.50 元; None is unknown."""
    if fen is None or fen == "":
        return format_html('<span class="unknown">{}</span>', "未知")
    return format_html("{}", format_yuan(int(fen)))


@register.filter
def phrases(name: str) -> SafeString:
    """A name that wraps between its parts, 咸宁市咸安区 | 杼驿光电科技有限公司 | 工会委员会, and not within a word."""
    text = _PLACE.sub(r"\g<0><wbr>", str(conditional_escape(name)), count=1)
    return format_html('<span class="phrases">{}</span>', SafeString(_PART.sub(r"\g<0><wbr>", text)))


@register.simple_block_tag(takes_context=True, end_name="endbrief")
def brief(context: Context, content: str, title: str, url: str = "", kicker: str = "") -> SafeString:
    """What stands beside a list for the row that was chosen (`pane` of {% row %}): its name, facts, and the way on."""
    return part(context, "brief", content=content, title=title, url=url, kicker=kicker)
