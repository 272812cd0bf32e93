"""What a template may say, held twice: by the few forms of sentences that are let in, and by jinja's own sandbox.

A clerk's template comes from outside. Every text of it that jinja is given passes `_parse` first, at the upload and at
each print: fields, {% if %}, one {% for %} over a list field (never one in another), and our filters. Arithmetic,
assignments, calls, macros, includes and attributes of anything but a row are refused before they run; so no template
can loop longer than the paper's own list, or reach an object of ours.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gongjia.engines.papers.facts import Shape

#: The longest text that jinja is given, how many loops it may have, and how much may stand in all of them together: the
#: longest paper has some thousand rows, and each says it again. A field counts as much as a long one says.
MOST_TEXT = 3_000_000
MOST_LOOPS = 20
MOST_IN_LOOPS = 60_000
_FIELD_LENGTH = 500
_LOOP = frozenset({"index", "first", "last", "length"})
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Const,
    nodes.TemplateData,
    nodes.Filter,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
)
_SAID = {
    nodes.Call: "模板里不能调用函数",
    nodes.Assign: "模板里不能用 set 赋值",
    nodes.AssignBlock: "模板里不能用 set 赋值",
    nodes.Macro: "模板里不能定义宏",
    nodes.Include: "模板里不能引入别的文件",
    nodes.Import: "模板里不能引入别的文件",
    nodes.FromImport: "模板里不能引入别的文件",
    nodes.Extends: "模板里不能引入别的文件",
    nodes.BinExpr: "模板里不能做计算",
    nodes.Concat: "模板里不能拼接，直接把两个字段写在一起就可以",
}


class BadTemplate(Exception):
    """A template says something that it may not, or wrongly: `reasons` are for the clerk."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons


def _or_else(value: Any, other: str = "无") -> Any:
    """{{ 字段|默认("未填") }}"""
    return value or other


FILTERS: Mapping[str, Callable[..., Any]] = {"默认": _or_else}


class Sandbox(ImmutableSandboxedEnvironment):
    """Knows the fields of one kind of paper and refuses everything else. Raises BadTemplate."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False)
        self.globals.clear()
        self.tests.clear()
        # jinja's own are gone but the one that escapes, which the library of Word files asks for
        self.filters = {**FILTERS, "e": self.filters["e"]}
        self.texts = frozenset(shape["texts"])
        self.lists = {zh: frozenset(columns) for zh, columns in shape["lists"].items()}

    def is_safe_attribute(self, obj: Any, attr: str, _value: Any) -> bool:
        return isinstance(obj, LoopContext) and attr in _LOOP

    def is_safe_callable(self, _obj: Any) -> bool:
        return False

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A row's column; never an attribute of Python's."""
        if isinstance(obj, dict):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MOST_TEXT:
            raise BadTemplate("模板的内容太长，请删短后再上传")
        try:
            tree = super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            raise BadTemplate(_syntax(error)) from error
        except RecursionError as error:
            raise BadTemplate("模板里的条件套得太深，请写得简单一些") from error
        reasons = _Reader(self).read(tree)
        if reasons:
            raise BadTemplate(*reasons)
        return tree


def _syntax(error: TemplateSyntaxError) -> str:
    """The library's sentence in the clerk's words."""
    said = error.message or ""
    if "endfor" in said or "endif" in said or "end of template" in said.lower():
        return "有 {% for %} 或 {% if %} 没有配对的 {% endfor %} 或 {% endif %}，或者多写了一个。请逐对检查"
    if "filter" in said:
        return f"用了没有的处理方式。能用的是：{'、'.join(FILTERS)}。请改正或删去 | 后面的部分"
    return f"有一处 {{{{ }}}} 或 {{% %}} 写得不完整（{said}）。请检查大括号是不是成对、字段名里有没有空格"


class _Reader:
    """Walks a parsed template once and says what is wrong with it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.reasons: dict[str, None] = {}
        self.loops = 0
        self.in_loops = 0

    def read(self, tree: nodes.Node) -> list[str]:
        try:
            self._visit(tree, {})
        except RecursionError:
            return ["模板里的条件套得太深，请写得简单一些"]
        if self.in_loops > MOST_IN_LOOPS:
            self._say("清单的一行里写得太多，请把不用每行重复的内容移到清单外面")
        return list(self.reasons)[:8]

    def _say(self, reason: str) -> None:
        self.reasons.setdefault(reason)

    def _visit(self, node: nodes.Node, rows: Mapping[str, frozenset[str]]) -> None:
        if not isinstance(node, _ALLOWED):
            said = next((zh for kind, zh in _SAID.items() if isinstance(node, kind)), "模板里有不支持的写法")
            self._say(f"{said}。能用的只有字段、{{% if %}} 和 {{% for %}}")
            return
        if rows:
            self._weigh(node)
        if isinstance(node, nodes.For):
            self._visit_loop(node, rows)
        elif isinstance(node, nodes.Getattr):
            self._visit_column(node, rows)
        elif isinstance(node, nodes.Name):
            self._visit_name(node.name, rows)
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            self._say(f"没有“{node.name}”这种处理方式。能用的是：{'、'.join(FILTERS)}")
        else:
            for child in node.iter_child_nodes():
                if not self._asks_for_rows(node, child):
                    self._visit(child, rows)

    def _weigh(self, node: nodes.Node) -> None:
        """Add what stands in a loop."""
        if isinstance(node, nodes.TemplateData):
            self.in_loops += len(node.data)
        elif isinstance(node, nodes.Name | nodes.Const):
            self.in_loops += _FIELD_LENGTH

    def _asks_for_rows(self, node: nodes.Node, child: nodes.Node) -> bool:
        """Whether this is {% if 清单 %}: the only thing but a loop that a list is good for."""
        is_test = isinstance(node, nodes.If | nodes.CondExpr) and child is node.test
        return is_test and isinstance(child, nodes.Name) and child.name in self.sandbox.lists

    def _visit_loop(self, node: nodes.For, rows: Mapping[str, frozenset[str]]) -> None:
        self.loops += 1
        if self.loops > MOST_LOOPS:
            self._say(f"模板里最多用 {MOST_LOOPS} 次 {{% for %}}")
        if rows:
            self._say("{% for %} 里面不能再套 {% for %}")
        elif not isinstance(node.iter, nodes.Name) or node.iter.name not in self.sandbox.lists:
            lists = "、".join(self.sandbox.lists) or "这种公文没有清单"
            self._say(f"{{% for %}} 只能用于清单：{lists}")
        elif not isinstance(node.target, nodes.Name) or node.recursive or node.test is not None:
            self._say("{% for %} 请写成 {% for 行 in 清单 %}")
        elif node.target.name in self.sandbox.texts | self.sandbox.lists.keys() | {"loop"}:
            self._say(f"“{node.target.name}”是字段的名字，{{% for %}} 里请换一个，例如“行”")
        else:
            inner = {node.target.name: self.sandbox.lists[node.iter.name]}
            for child in (*node.body, *node.else_):
                self._visit(child, inner)

    def _visit_column(self, node: nodes.Getattr, rows: Mapping[str, frozenset[str]]) -> None:
        of = node.node.name if isinstance(node.node, nodes.Name) else ""
        known = _LOOP if of == "loop" and rows else rows.get(of)
        if known is None:
            self._say(f"“{of}.{node.attr}”不能这样写：点号只能用在 {{% for %}} 的行里")
        elif node.attr not in known:
            self._say(f"清单里没有“{node.attr}”这一列。有的是：{'、'.join(sorted(known))}")

    def _visit_name(self, name: str, rows: Mapping[str, frozenset[str]]) -> None:
        if name in self.sandbox.texts:
            return
        if name in self.sandbox.lists:
            self._say(f"“{name}”是一张清单，请写成 {{% for 行 in {name} %}}")
            return
        if name in rows:
            self._say(f"“{name}”是一整行，请写成“{name}.列名”，例如：{name}.{min(rows[name])}")
            return
        near = get_close_matches(name, self.sandbox.texts | self.sandbox.lists.keys(), n=1, cutoff=0.4)
        hint = f"您是不是想写“{near[0]}”" if near else "请对照页面上的字段表改正"
        self._say(f"没有“{name}”这个字段，{hint}")


def filled(sandbox: Sandbox, text: str, words: Mapping[str, Any]) -> str:
    """A sentence with its fields filled in, as plain text."""
    if "{" not in text:
        return text
    try:
        return sandbox.from_string(text).render(words).strip()
    except SecurityError as error:  # the second wall: what is refused here was let in by a slip above
        raise BadTemplate("模板里有不允许的写法") from error
