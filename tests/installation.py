"""An installation of its own, as an operator has it: folder, keys apart from it, database, production's settings."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from gongjia.kernel.keys import Keyring

ROOT = Path(__file__).resolve().parents[1]
SECRET_KEY = "kX3v_9Qw-Lr7TzN2mBc8Yf5Hs1JdP6aGe4UoRi0W"

#: Run inside an installation: the invented tree, files of it, a paper by a clerk's template, sealed audit rows.
FILL = """
from datetime import UTC, datetime
from gongjia.backbone.files.services import store
from gongjia.domains.enrolment.certificates import MEMBERSHIP_PROOF, certify
from gongjia.engines.papers import word
from gongjia.engines.papers.services import put_template
from gongjia.kernel import audit
from gongjia.kernel.reach import everywhere
from tests import factories

at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
tree = factories.tree()
officer = factories.actor(tree.officer)
with everywhere(reason="a test's rows"):
    for number in range(2):
        name, chunks = f"{number}.pdf", [b"paper" * 1000]
        store(organisation=tree.union, name=name, kind="paper", chunks=chunks, by=officer, at=at)
    given = {"content": word.shipped(MEMBERSHIP_PROOF), "name": "own.docx", "kind": MEMBERSHIP_PROOF.code}
    put_template(organisation=tree.county, by=officer, at=at, **given)
    certify(membership=tree.membership, use="子女入学", word="青禾工", by=officer, at=at)
audit.seal(at=at)
"""

#: Rows that were written past the verbs are counted.
COUNT = """
from gongjia.engines.figures import repair
from gongjia.engines.figures.indicators import registered

for each in registered():
    repair.rebuild(each.code)
"""

#: Run inside an installation: what a restored one must be equal to.
DIGEST = """
import hashlib, json
from django.apps import apps
from gongjia.backbone.files import storage
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Person
from gongjia.engines.papers import files as paper_files, previews, proofs, queries
from gongjia.engines.papers.models import Paper
from gongjia.kernel.clock import now
from gongjia.kernel.reach import everywhere
from django.db.models import Count

def digest(model):
    rows = model._base_manager.values_list()
    plain = ([bytes(each) if isinstance(each, memoryview) else each for each in row] for row in rows)
    return hashlib.sha256(repr(sorted(map(repr, plain))).encode()).hexdigest()

tables = {model._meta.label: digest(model) for model in apps.get_models()}
of_unions = Membership._base_manager.values_list("organisation__name").annotate(n=Count("pk"))
members = list(of_unions.order_by("organisation__name"))
numbers = [person.reveal("id_number") for person in Person._base_manager.order_by("pk")]
stored = StoredFile._base_manager.order_by("pk")
files = [hashlib.sha256(b"".join(storage.read(one.reference))).hexdigest() for one in stored]
papers = []
with everywhere(reason="a test's rows"):
    for paper in Paper.objects.all():
        words = [each.text for each in previews.words_of(paper_files.docx_of(paper))]
        code = queries.contents_of(paper)["composed"]["qr"]
        papers.append([words, proofs.verdict_on(proofs.token_in(code), at=now()).holds])
assert papers and all(holds for _, holds in papers)
print(json.dumps([tables, members, numbers, files, papers]))
"""


@dataclass(frozen=True)
class Installation:
    var: Path
    keys: Path
    database_url: str

    def environment(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GONGJIA_", "DJANGO_"))}
        return kept | {
            "GONGJIA_MODE": "production",
            "GONGJIA_VAR": str(self.var),
            "GONGJIA_KEYS_FILE": str(self.keys),
            "GONGJIA_SECRET_KEY": SECRET_KEY,
            "GONGJIA_HOSTS": "gongjia.example.cn",
            "GONGJIA_PUBLIC_URL": "https://gongjia.example.cn",
            "GONGJIA_DATABASE_URL": self.database_url,
            "PYTHONPATH": str(ROOT),
            **settings,
        }

    def gongjia(self, *argv: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the operator does."""
        return self.python("-m", "gongjia.command", *map(str, argv), **settings)

    def inside(self, source: str, **settings: str) -> str:
        """Run a piece of Python with the platform awake; what it prints."""
        done = self.python("-c", f"import django; django.setup()\n{source}", **settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def digest(self) -> Any:
        return json.loads(self.inside(DIGEST))

    def python(self, *argv: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = self.environment(**settings) | {"DJANGO_SETTINGS_MODULE": "config.settings"}
        return subprocess.run(
            [sys.executable, *argv], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )


def postgresql() -> str:
    """The address of the suite's own PostgreSQL; "" when it runs on SQLite."""
    url = os.environ.get("GONGJIA_DATABASE_URL", "")
    return url if url.startswith("postgres") else ""


@contextmanager
def empty(folder: Path, name: str) -> Iterator[Installation]:
    """An installation with keys, an empty folder and an empty database, on the suite's kind of database."""
    var, keys = folder / name, folder / f"{name}-keys" / "keys.json"
    var.mkdir(mode=0o700)
    Keyring.create().save(keys)
    if not postgresql():
        yield Installation(var, keys, f"sqlite:///{var / 'gongjia.sqlite3'}")
        return
    database = f"gongjia_installation_{os.getpid()}_{name}"
    _administer(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', f'CREATE DATABASE "{database}"')
    try:
        yield Installation(var, keys, urlunsplit(urlsplit(postgresql())._replace(path=f"/{database}")))
    finally:
        _administer(f'DROP DATABASE "{database}" WITH (FORCE)')


def filled(target: Installation) -> Installation:
    """Tables, the invented tree with its figures, files and a sealed record."""
    migrated = target.gongjia("manage", "migrate", "--verbosity=0", "--skip-checks")
    assert migrated.returncode == 0, migrated.stderr
    target.inside(FILL)
    target.inside(COUNT)
    return target


def copied(source: Installation, target: Installation) -> Installation:
    """The same once more, keys included: quicker than filling another one."""
    shutil.copy(source.keys, target.keys)
    if postgresql():
        names = [urlsplit(each.database_url).path[1:] for each in (target, source)]
        _administer(f'DROP DATABASE "{names[0]}" WITH (FORCE)', f'CREATE DATABASE "{names[0]}" TEMPLATE "{names[1]}"')
    shutil.copytree(source.var, target.var, dirs_exist_ok=True)
    return target


def _administer(*statements: str) -> None:
    with psycopg.connect(urlunsplit(urlsplit(postgresql())._replace(path="/postgres")), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
