"""The rooms look down: in imports, by the contracts of pyproject.toml, and in foreign keys, which no linter reads."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import ROOT

pytestmark = pytest.mark.system("O1")

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_of_imports_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's modules once more, to be broken on purpose."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    only_python = shutil.ignore_patterns("static", "templates", "data", "tests", "__pycache__", "*.html")
    for room in ("gongjia", "demo"):
        shutil.copytree(ROOT / room, folder / room, ignore=only_python)
    return folder


@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("gongjia/kernel/db.py", "from gongjia.backbone.people import models", "Rooms look down"),
        ("gongjia/backbone/people/queries.py", "import gongjia.engines.figures", "Rooms look down"),
        ("gongjia/engines/intake/apps.py", "import gongjia.domains.enrolment", "Rooms look down"),
        ("gongjia/domains/enrolment/apps.py", "import gongjia.portals.work", "Rooms look down"),
        ("gongjia/portals/work/apps.py", "import demo.names", "Rooms look down"),
        ("gongjia/domains/enrolment/apps.py", "import gongjia.domains.organising", "Domains do not know one another"),
        ("gongjia/engines/intake/apps.py", "import gongjia.engines.casework", "Engines stand on two storeys"),
        ("gongjia/engines/matching/apps.py", "import gongjia.engines.casework", "Engines stand on two storeys"),
        ("gongjia/backbone/people/models.py", "import gongjia.backbone.accounts", "The backbone's nouns look down"),
        ("gongjia/theme/context.py", "import gongjia.backbone.people", "Theme is templates and tags"),
        ("gongjia/backbone/organisations/rules.py", "from django.db import models", "Rules are pure"),
        ("gongjia/domains/enrolment/views.py", "import gongjia.domains.enrolment.models", "Pages reach rows"),
        ("gongjia/portals/work/views.py", "import gongjia.backbone.people.models", "Pages reach rows"),
    ],
)
def test_a_contract_catches_an_import_that_breaks_it(copy: Path, path: str, line: str, contract: str) -> None:
    file = copy / path
    sound = file.read_text()
    try:
        file.write_text(f"{sound}\n{line}\n")
        done = lint(copy)
    finally:
        file.write_text(sound)
    broken = [each for each in done.stdout.splitlines() if each.endswith("BROKEN")]
    assert [each for each in broken if each.startswith(contract)], done.stdout


# ── foreign keys ────────────────────────────────────────────────────────────────────────────────────────────────


def _covers(pattern: str, module: str) -> bool:
    return fnmatchcase(module, pattern) or fnmatchcase(module, f"{pattern}.*")


def _place(module: str, layers: list[str]) -> tuple[int, str] | None:
    """The storey of a module, counted from above, and which of several rooms on it."""
    for storey, layer in enumerate(layers):
        for room in layer.split("|"):
            if _covers(room.strip(), module):
                return storey, room.strip()
    return None


def _room(module: str, pattern: str) -> str:
    return ".".join(module.split(".")[: pattern.count(".") + 1])


def objection(source: str, target: str) -> str:
    """Which contract says that `source` may not know `target`, both modules; "" when none does."""
    for contract in CONTRACTS:
        if contract["type"] == "layers":
            here, there = _place(source, contract["layers"]), _place(target, contract["layers"])
            if here and there and here != there and there[0] <= here[0]:
                return str(contract["name"])
        if contract["type"] == "independence":
            for pattern in contract["modules"]:
                both = _covers(pattern, source) and _covers(pattern, target)
                if both and _room(source, pattern) != _room(target, pattern):
                    return str(contract["name"])
    return ""


def relations() -> Iterator[tuple[str, str, str]]:
    """Name, room of the key, room that it points to, for every key of our own models to our own models."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.model is model:
                target = field.remote_field.model
                if model.__module__.startswith("gongjia.") and target.__module__.startswith("gongjia."):
                    yield f"{model._meta.label}.{field.name}", model.__module__, target.__module__


def test_foreign_keys_point_as_imports_do() -> None:
    found = list(relations())
    assert len(found) > 20
    wrong = [f"{name}: {reason}" for name, source, target in found if (reason := objection(source, target))]
    assert not wrong


@pytest.mark.parametrize(
    ("source", "target", "contract"),
    [
        ("gongjia.kernel.models", "gongjia.backbone.people.models", "Rooms look down"),
        ("gongjia.engines.intake.models", "gongjia.domains.enrolment.models", "Rooms look down"),
        ("gongjia.engines.messages.models", "gongjia.engines.casework.models", "Engines stand on two storeys"),
        ("gongjia.engines.casework.models", "gongjia.engines.matching.models", "Engines stand on two storeys"),
        ("gongjia.domains.enrolment.models", "gongjia.domains.organising.models", "Domains do not know one another"),
        ("gongjia.backbone.people.models", "gongjia.backbone.memberships.models", "The backbone's nouns look down"),
        ("gongjia.domains.enrolment.models", "gongjia.backbone.people.models", ""),
        ("gongjia.backbone.people.models", "gongjia.backbone.people.models", ""),
        ("gongjia.engines.casework.models", "gongjia.engines.intake.models", ""),
    ],
)
def test_a_key_that_points_up_or_across_is_objected_to(source: str, target: str, contract: str) -> None:
    assert objection(source, target) == contract


def test_every_layer_is_named_from_above_to_below() -> None:
    for contract in CONTRACTS:
        for above, below in pairwise(contract.get("layers", ())):
            first, second = (each.split("|")[0].strip() for each in (above, below))
            assert not objection(f"{first}.models", f"{second}.models")
            assert objection(f"{second}.models", f"{first}.models") == contract["name"]
