"""Lists: a table on a desk, cards on a phone. Its head is read off the first row, so labels are written once."""

import re
from typing import Any

from django.http import QueryDict
from django.template import Context
from django.template.base import Node, NodeList
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from gongjia.kernel.paging import Page
from gongjia.theme.library import part, register, when_written_out

UNKNOWN = '<span class="unknown">—</span>'
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(
    r'<t[dh]\b[^>]*?class="(?:is-unknown )?([^"]*)"[^>]*?data-label="([^"]*)"(?:[^>]*?data-sort="([^"]*)")?'
)


@register.simple_block_tag(takes_context=True, end_name="endlisting")
def listing(
    context: Context,
    content: str,
    caption: str,
    page: Page[Any] | None = None,
    empty: str = "这里还没有内容",
    hint: str = "",
    icon: str = "inbox",
) -> SafeString:
    """A list of {% row %} blocks with its pager, or its empty state. `caption` names the list for screen readers."""
    first = _ROW.search(content)
    heads = [_head(context, *found.groups()) for found in _CELL.finditer(first.group())] if first else []
    values = {"caption": caption, "page": page, "empty": empty, "hint": hint, "icon": icon}
    return part(context, "listing", content=content, heads=heads, **values)


def _head(context: Context, css: str, label: str, sort: str | None) -> dict[str, str]:
    """`label` was escaped by the cell that it is read off."""
    head = {"css": css, "zh": mark_safe(label), "url": "", "sorted": ""}  # noqa: S308
    if not sort:
        return head
    asked = context["request"].GET.copy()
    now = asked.get("sort", "")
    head["sorted"] = "ascending" if now == sort else "descending" if now == f"-{sort}" else ""
    asked["sort"] = f"-{sort}" if now == sort else sort
    asked.pop("cursor", None)
    head["url"] = f"?{asked.urlencode()}"
    return head


@register.simple_block_tag(end_name="endrow")
def row(content: str, url: str = "", key: str = "", tone: str = "", pane: str = "") -> SafeString:
    """One row. `url` is where Enter leads; `pane` loads it beside the list by HTMX; `tone="now"` marks what is due."""
    extra = f' data-url="{conditional_escape(url)}"' if url else ""
    extra += f' data-pane="{conditional_escape(pane)}"' if pane else ""
    extra += f' id="row-{conditional_escape(key)}"' if key else ""
    line = f"line line-{conditional_escape(tone)}" if tone else "line"
    return SafeString(f'<tr role="row" class="{line}"{extra}>{content}</tr>')


@register.simple_block_tag(end_name="endcell")
def cell(content: str, label: str, *, main: bool = False, num: bool = False, sort: str = "") -> SafeString:
    """A cell under the heading `label`; `main` names the row, `num` aligns figures, `sort` makes the heading a link."""
    return _cell(_cell_start(label, "main" if main else "num" if num else "text", sort), content)


def _cell_start(label: str, css: str, sort: str) -> tuple[str, str]:
    """The tag and its opening."""
    tag, role = ("th", 'role="rowheader" scope="row"') if css == "main" else ("td", 'role="cell"')
    order = f' data-sort="{conditional_escape(sort)}"' if sort else ""
    return tag, f'<{tag} {role} class="{css}" data-label="{conditional_escape(label)}"{order}>'


def _cell(opened: tuple[str, str], content: str) -> SafeString:
    tag, start = opened
    words = content.strip()
    if not words:  # a card on a phone leaves out what is not known
        start, words = start.replace('class="', 'class="is-unknown ', 1), UNKNOWN
    return SafeString(f"{start}{words}</{tag}>")


class _KnownCell(Node):
    """A cell whose words are written out in the template: its opening is made once, and there are thirty rows of it."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, opened: tuple[str, str]) -> None:
        self.nodelist, self._opened = nodelist, opened
        self._draw = nodelist[0].render_annotated if len(nodelist) == 1 else nodelist.render

    def render(self, context: Context) -> SafeString:
        return _cell(self._opened, str(self._draw(context)))


def _known_cell(node: Any, label: str, *, main: bool = False, num: bool = False, sort: str = "") -> Node:
    return _KnownCell(node.nodelist, _cell_start(label, "main" if main else "num" if num else "text", sort))


when_written_out("cell", _known_cell)


@register.simple_tag
def pick(value: str, name_zh: str, field: str = "pick", *, is_on: bool = False) -> SafeString:
    """A box to choose this row for an act on several; stands first in its row, in a form around the list."""
    return format_html(
        '<td role="cell" class="pick" data-label="选择"><label class="tick">'
        '<input type="checkbox" name="{}" value="{}"{}><span class="vh">选择{}</span></label></td>',
        field,
        value,
        mark_safe(" checked") if is_on else "",
        name_zh,
    )


@register.simple_tag(takes_context=True)
def pager(context: Context, page: Page[Any]) -> SafeString:
    """Forward and back by key, with the filters kept; the view reads `cursor` from the address."""
    return part(
        context, "pager", page=page, back=_with_cursor(context, page.previous), on=_with_cursor(context, page.next)
    )


def _with_cursor(context: Context, cursor: str) -> str:
    if not cursor:
        return ""
    asked = context["request"].GET.copy()
    asked["cursor"] = cursor
    return f"?{asked.urlencode()}"


@register.simple_tag(takes_context=True)
def filters(context: Context, form: Any, count: str = "") -> SafeString:
    """A bar of filters from a form, sent by GET so that the address holds them; each one set can be taken off again.

    The search by name, a field `q`, stands before the fold. Hidden fields narrow the list too: they are sent along, and
    the form's `hidden_zh` (name to words) puts a chip for each, so that nobody takes a part for the whole.
    """
    form.auto_id = "filter_%s"  # a form for entry may stand on the same page with fields of the same names
    asked = context["request"].GET
    hidden_zh = getattr(form, "hidden_zh", {})
    set_to = [(bound.html_name, hidden_zh.get(bound.name, "")) for bound in form.hidden_fields()]
    visible = form.visible_fields()
    set_to += [(bound.html_name, f"{bound.label}：{_shown(bound)}" if _shown(bound) else "") for bound in visible]
    chosen = [{"zh": zh, "url": _without(asked, name)} for name, zh in set_to if zh]
    scope = [bound.html_name for bound in form.hidden_fields()]
    kept = [(name, asked[name]) for name in ("sort", "tab", *scope) if asked.get(name)]
    find = next((bound for bound in visible if bound.name == "q"), None)
    others = [bound for bound in visible if bound is not find]
    return part(context, "filters", find=find, others=others, count=count, chosen=chosen, kept=kept)


def _without(asked: QueryDict, name: str) -> str:
    """The address of this list without one of its filters, from its first page."""
    rest = asked.copy()
    for each in (name, "cursor"):
        rest.pop(each, None)
    return f"?{rest.urlencode()}"


def _shown(bound: Any) -> str:
    """What a filter is set to, in the words of its choices."""
    value = bound.value()
    if value is None or value is False or value in ("", [], ()):
        return ""
    values = value if isinstance(value, list | tuple) else [value]
    words = {str(key): str(zh) for key, zh in getattr(bound.field, "choices", ())}
    return "、".join("是" if each is True else words.get(str(each), str(each)) for each in values)


@register.simple_tag
def joined(words: Any, mark: str = "、") -> SafeString:
    """Several words in a row; nothing is shown as unknown."""
    drawn = format_html_join(mark, "{}", ((conditional_escape(word),) for word in words or ()))
    return drawn or format_html('<span class="unknown">{}</span>', "无")
