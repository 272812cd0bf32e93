"""What the architecture tests read: the project's own modules and templates, tests and migrations left out."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gongjia", "config", "demo")
_LEFT_OUT = {"tests", "migrations", "__pycache__", "node_modules"}


@cache
def modules() -> dict[str, ast.Module]:
    """The syntax tree of every module, by its path from the root."""
    return {each: ast.parse((ROOT / each).read_text("utf-8")) for each in _paths("*.py")}


@cache
def templates() -> dict[str, str]:
    return {each: (ROOT / each).read_text("utf-8") for each in _paths("*.html")}


def _paths(pattern: str) -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob(pattern)):
            inside = path.relative_to(ROOT)
            if not _LEFT_OUT & set(inside.parts):
                yield inside.as_posix()


def attributes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of every attribute that is read: `.objects`, `.now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr


def names_called(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call whose function is a plain name: `beyond`, `timezone.now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := dotted(node.func)):
            yield node.lineno, name


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything imported: `gongjia.kernel.reach.beyond`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name


def running(tree: ast.Module) -> ast.Module:
    """The module without what stands under `if TYPE_CHECKING:` at its top, which no program sees."""
    kept = [each for each in tree.body if not (isinstance(each, ast.If) and dotted(each.test) == "TYPE_CHECKING")]
    return ast.Module(body=kept, type_ignores=[])
