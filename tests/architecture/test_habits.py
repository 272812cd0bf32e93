"""Habits that a reader can count on: where the clock is read, who looks past the reach, what a template carries."""

import ast
import re

import pytest

from tests.architecture.source import attributes, imported, modules, names_called, templates

pytestmark = pytest.mark.system("O1")

# ── the clock ───────────────────────────────────────────────────────────────────────────────────────────────────

READS_THE_CLOCK = re.compile(
    r"(^|\.)((timezone\.)?(now|localdate|localtime_now)|(datetime|dt)\.(now|utcnow|today)|date\.today|time\.time)$"
)
#: The one reader, and what may ask it besides commands and background tasks. All else takes `at` or `on`.
READER = "gongjia/kernel/clock.py"
ENTRY_POINTS = {
    "gongjia/kernel/middleware.py": "a request begins",
    "gongjia/kernel/events.py": "a worker begins",
    "gongjia/engines/messages/sms.py": "the signature of a message names the moment of sending",
}


@pytest.mark.parametrize("name", ["timezone.now", "datetime.now", "datetime.datetime.now", "date.today", "clock.now"])
def test_the_search_for_the_clock_finds_it(name: str) -> None:
    assert READS_THE_CLOCK.search(name)


def test_nobody_reads_the_clock_but_the_entry_points() -> None:
    readers = {
        path for path, tree in modules().items() if any(READS_THE_CLOCK.search(name) for _, name in names_called(tree))
    }
    allowed = {READER, *ENTRY_POINTS}
    begin = {path for path in readers if path.startswith("gongjia/command/") or path.endswith("/tasks.py")}
    assert readers - begin == allowed


def test_no_column_reads_the_clock_by_itself() -> None:
    found = [
        f"{path}:{node}"
        for path, tree in modules().items()
        for node in ("auto_now", "auto_now_add")
        if f"'{node}'" in ast.dump(tree)
    ]
    assert not found


# ── past the reach ──────────────────────────────────────────────────────────────────────────────────────────────


def test_only_questions_and_the_tree_look_beyond_the_reach() -> None:
    users = {path for path, tree in modules().items() if any(name == "beyond" for _, name in names_called(tree))}
    users |= {
        path
        for path, tree in modules().items()
        if any(name == "gongjia.kernel.reach.beyond" for _, name in imported(tree))
    }
    assert users == {"gongjia/kernel/reach.py", "gongjia/backbone/organisations/services.py"}


#: Rooms that compose or carry others read no row past the doors, but for these and the operator's commands.
PAST_THE_DOORS = {
    "gongjia/kernel/bulk.py": "whether anything hangs on rows that a verb takes away",
    "gongjia/kernel/identity.py": "the row that a verb amends: it was found in reach before",
    "gongjia/kernel/rotation.py": "every sealed row is sealed anew",
    "gongjia/kernel/verbs.py": "the first result of a form that was sent twice",
    "gongjia/portals/work/queries.py": "columns beside rows that are in reach: is it covered, its newest headcount",
    "gongjia/portals/work/records.py": "names beside the rows of the auditor's record",
}


def test_rows_are_read_past_the_doors_only_by_the_room_they_belong_to() -> None:
    users = {
        path
        for path, tree in modules().items()
        if any(name in {"_base_manager", "_default_manager"} for _, name in attributes(tree))
        and path.startswith(("gongjia/kernel/", "gongjia/portals/", "gongjia/theme/", "config/"))
    }
    assert users == set(PAST_THE_DOORS)


# ── templates ───────────────────────────────────────────────────────────────────────────────────────────────────

INLINE = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|\shx-on|javascript:|<style(?![^>]*nonce)|<script(?![^>]*(src|nonce|type="application/json"))""",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color:red">',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
        "<script>go()</script>",
        "<style>p{}</style>",
        '<div hx-on:click="go()">',
    ],
)
def test_the_search_for_inline_code_finds_it(bad: str) -> None:
    assert INLINE.search(bad)


@pytest.mark.parametrize(
    "good", ['<script src="x.js" defer>', '<script nonce="{{ n }}">', '<p class="on">', "<option>"]
)
def test_the_search_for_inline_code_lets_the_rest_pass(good: str) -> None:
    assert not INLINE.search(good)


def test_templates_carry_no_inline_style_or_script() -> None:
    assert len(templates()) > 20
    found = [f"{path}: {hit[0]}" for path, text in templates().items() for hit in INLINE.finditer(text)]
    assert not found


FORMALISM = re.compile(r"积分|排行榜|打卡|轨迹|连续签到|\b(streak|leaderboard|gps)\b", re.IGNORECASE)


def test_templates_know_no_points_ranks_or_tracks() -> None:
    assert FORMALISM.search("本月积分排行榜")
    assert not [path for path, text in templates().items() if FORMALISM.search(text)]
