"""The norms of size are told at the end of a run and fail nothing."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import ROOT, modules

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 40


def oversized() -> Iterator[str]:
    for path, tree in modules().items():
        lines = len((ROOT / path).read_text("utf-8").splitlines())
        if lines > MOST_LINES_OF_A_FILE:
            yield f"{path}: {lines} lines"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_LINES_OF_A_FUNCTION:
                    yield f"{path}: {node.name} has {length} lines"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in oversized():
        terminalreporter.write_line(f"larger than the norm: {line}")
