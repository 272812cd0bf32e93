"""The one tag library; the modules of components/ add to it, and templatetags/theme.py hands it to Django."""

from collections.abc import Callable
from typing import Any

from django.template import Context, Library
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, Variable
from django.utils.safestring import SafeString, mark_safe

register = Library()


def trimmed(content: str) -> SafeString:
    """What stands between the tags of a block; str.strip would forget that it is rendered and escaped already."""
    return mark_safe(content.strip())  # noqa: S308


def part(context: Context, name: str, **values: Any) -> SafeString:
    """Draw theme/parts/<name>.html with these values and nothing else but the request and its token."""
    if context.template is None:
        raise RuntimeError("a tag is only rendered inside a template")
    inner = context.new(values)
    for shared in ("request", "csrf_token"):
        if shared in context:
            inner[shared] = context[shared]
    drawn: SafeString = context.template.engine.get_template(f"theme/parts/{name}.html").render(inner)
    return drawn


def when_written_out(name: str, better: Callable[..., Node]) -> None:
    """Where every argument of a simple tag is written out in the template, `better(node, *args, **kwargs)` replaces it.

    What is known when a template is read need not be worked out again for each row of each page.
    """
    compile_plain = register.tags[name]

    def compile_tag(parser: Parser, token: Token) -> Node:
        node: Any = compile_plain(parser, token)
        if node.target_var is not None or not all(map(_is_written_out, [*node.args, *node.kwargs.values()])):
            return node  # type: ignore[no-any-return]
        nowhere = Context()
        args = [each.resolve(nowhere) for each in node.args]
        return better(node, *args, **{key: value.resolve(nowhere) for key, value in node.kwargs.items()})

    register.tag(name, compile_tag)


def drawn_once(node: Any, *args: Any, **kwargs: Any) -> Node:
    """For `when_written_out`: a tag without content becomes the text that it draws."""
    return TextNode(node.func(*args, **kwargs))


def _is_written_out(expression: FilterExpression) -> bool:
    var = expression.var
    is_known = not isinstance(var, Variable) or var.lookups is None or var.var in {"True", "False", "None"}
    return is_known and not expression.filters
