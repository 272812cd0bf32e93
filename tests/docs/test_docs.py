"""The documents say what the code says: each list in docs/ is compared with what it lists."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

from gongjia.kernel import events
from tools.events import TABLE, table

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FIELDS = {"zh", "id", "meaning", "law", "not", "room"}
GROUPS = {"O": 12, "H": 5, "R": 11, "A": 11, "B": 7, "S": 9, "V": 3, "T": 7, "F": 3, "G": 5}
MOST_LINES = 60
SETTINGS_READERS = (*sorted((ROOT / "config").glob("*.py")), ROOT / "gongjia/portals/signin/conf.py")
READMES = ("README.md", "README.zh-CN.md")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@cache
def glossary() -> list[dict[str, str]]:
    return list(yaml.safe_load((DOCS / "glossary.yaml").read_text("utf-8")))


def rows(name: str) -> list[list[str]]:
    """The cells of the tables in a document, headings left out."""
    lines = (DOCS / name).read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [
        each for number, each in enumerate(cells[:-1]) if not _is_rule(each) and not _is_rule(cells[number + 1])
    ] + [cells[-1]]


def _is_rule(cells: list[str]) -> bool:
    return all(set(cell) <= {"-", ":"} for cell in cells)


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def words_of(path: Path) -> set[str]:
    """The identifiers of a module, and those of its strings that are one word (codes, names), in snake case."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str(name)) if name.isidentifier():
                found.add(name)
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", each).lower() for each in found}


# ── glossary ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_entry_of_the_glossary_says_what_it_must_and_no_more() -> None:
    for entry in glossary():
        assert {"zh", "id", "meaning", "room"} <= entry.keys() <= FIELDS, entry


def test_no_identifier_stands_for_two_terms() -> None:
    ids = [entry["id"] for entry in glossary()]
    assert sorted(set(ids)) == sorted(ids)


def test_each_model_that_people_meet_is_named_as_in_the_glossary() -> None:
    terms = {(entry["zh"], entry["id"]) for entry in glossary()}
    missing = [
        (str(model._meta.verbose_name), _snake(model.__name__))
        for model in apps.get_models()
        if model.__module__.startswith("gongjia.") and not model.__module__.startswith("gongjia.kernel.")
    ]
    assert [term for term in missing if term not in terms] == []


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def test_each_identifier_of_the_glossary_occurs_in_the_room_that_it_names() -> None:
    lost = [(entry["id"], entry["room"]) for entry in glossary() if entry["id"] not in words_of_room(entry["room"])]
    assert lost == []


@cache
def words_of_room(room: str) -> frozenset[str]:
    modules = [path for path in sources(f"gongjia/{room}") if not {"tests", "migrations"} & set(path.parts)]
    return frozenset(chain.from_iterable(map(words_of, modules)))


# ── dependencies ─────────────────────────────────────────────────────────────────────────────────────────────


def asked_for() -> set[str]:
    names = set(json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"])
    for file in ("requirements.in", "requirements-dev.in"):
        lines = (ROOT / file).read_text("utf-8").split("\n")
        names |= {re.split(r"[\[<>=~! ]", line)[0] for line in lines if line and not line.startswith(("-", "#"))}
    return names


def test_each_direct_dependency_has_a_line_with_job_and_licence_and_no_line_is_left_over() -> None:
    listed = rows("dependencies.md")
    assert sorted(cells[0] for cells in listed) == sorted(asked_for())
    assert [cells for cells in listed if len(cells) != 3 or not all(cells)] == []


# ── systems ──────────────────────────────────────────────────────────────────────────────────────────────────


def systems() -> list[list[str]]:
    return rows("systems.md")


def test_all_systems_are_listed_in_order() -> None:
    wanted = [f"{letter}{number}" for letter, most in GROUPS.items() for number in range(1, most + 1)]
    assert [cells[0] for cells in systems()] == wanted


def test_each_system_says_whether_it_stands_and_the_count_is_right() -> None:
    states = [re.split(r"[:;]", cells[2])[0] for cells in systems()]
    assert set(states) == {"stands", "in part", "named"}
    head = (DOCS / "systems.md").read_text("utf-8")
    assert f"Of {len(states)} systems {states.count('stands')} stand, {states.count('in part')} stand in part" in head


def test_each_system_that_a_test_names_is_listed_and_not_merely_named() -> None:
    states = {cells[0]: cells[2] for cells in systems()}
    claimed = {code for path in sources("gongjia", "tests", "demo", "config") for code in codes_of(path)}
    assert claimed
    assert {code for code in claimed if states.get(code, "named").startswith("named")} == set()


def codes_of(path: Path) -> Iterator[str]:
    """The codes of `pytest.mark.system("…")` in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.system":
            yield from (each.value for each in node.args if isinstance(each, ast.Constant))


# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_of_events_is_the_one_that_the_code_declares() -> None:
    text = (DOCS / "events.md").read_text("utf-8")
    assert set(events.declared()) == {cells[0].strip("`") for cells in rows("events.md")}
    assert text.partition(TABLE)[2].strip() == table(), "python -m tools.events writes it anew"


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────


def read_by_the_settings() -> set[str]:
    """The names that are handed to a reader of the environment: whole strings, not words in a sentence."""
    return {
        node.value
        for path in SETTINGS_READERS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"GONGJIA_[A-Z_]+", node.value)
    }


def test_each_setting_that_is_read_is_explained_and_none_is_made_up() -> None:
    explained = {cells[0].strip("`"): cells for cells in rows("settings.md")}
    of_settings = {name for name, cells in explained.items() if len(cells) == 3}
    assert of_settings == read_by_the_settings()
    rest = explained.keys() - of_settings
    elsewhere = "".join(
        path.read_text("utf-8") for path in sources("gongjia", "tests", "bench", "tools") if path != Path(__file__)
    )
    assert [name for name in rest if name not in elsewhere] == []


# ── links, pictures, length ──────────────────────────────────────────────────────────────────────────────────


def documents() -> list[Path]:
    return [*(ROOT / name for name in READMES), *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_and_picture_leads_to_a_file(path: Path) -> None:
    targets = [each for each in LINK.findall(path.read_text("utf-8")) if "://" not in each]
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_each_picture_of_the_readme_is_made_by_make_pictures_and_none_lies_unused(name: str) -> None:
    from tools.pictures import MOST_BYTES, PICTURES

    shown = set(re.findall(r"docs/pictures/([a-z-]+)\.png", (ROOT / name).read_text("utf-8")))
    assert shown <= {picture.name for picture in PICTURES}
    kept = {path.stem: path.stat().st_size for path in (DOCS / "pictures").glob("*.png")}
    assert kept.keys() == {picture.name for picture in PICTURES}
    assert max(kept.values()) <= MOST_BYTES


def test_a_decision_fits_on_a_page_and_is_listed() -> None:
    decisions = sorted(path for path in (DOCS / "adr").glob("[0-9]*.md"))
    index = (DOCS / "adr/README.md").read_text("utf-8")
    assert [path.name for path in decisions if path.name not in index] == []
    assert [path.name for path in decisions if len(path.read_text("utf-8").splitlines()) > MOST_LINES] == []
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_commands_that_the_guides_name_exist() -> None:
    from gongjia import command

    text = "".join(path.read_text("utf-8") for path in documents())
    named: set[Any] = set(re.findall(r"\bgongjia ([a-z]+(?:-[a-z]+)*)\b(?![./])", "\n".join(code_of(text))))
    assert named - set(command.names()) == set()
    assert {"demo", "backup", "restore", "check", "rotate", "verify", "create-operator"} <= named


def code_of(text: str) -> Iterator[str]:
    """What stands in the documents as code: fenced lines and spans."""
    yield from re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", text)
