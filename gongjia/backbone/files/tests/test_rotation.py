"""Files under new keys."""

from pathlib import Path
from typing import Any

import pytest

from gongjia.backbone.files import rotation, storage
from gongjia.backbone.files.models import StoredFile
from gongjia.kernel import keyring
from gongjia.kernel.keys import Keyring
from tests.factories import Tree

pytestmark = [pytest.mark.django_db, pytest.mark.system("O1")]

CONTENT = b"0123456789" * 300_000


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    settings.KEYS_FILE = tmp_path / "keys.json"
    Keyring.create().save(settings.KEYS_FILE)
    return settings.KEYS_FILE


def stored(tree: Tree, reference: str, at: Any) -> StoredFile:
    size, sha256 = storage.write(reference, [CONTENT])
    return StoredFile._base_manager.create(
        reference=reference, organisation=tree.union, name="a.pdf", kind="paper", size=size, sha256=sha256, stored_at=at
    )


def test_files_are_written_anew_once_and_read_as_before(tree: Tree, at: Any, keys: Path) -> None:
    for reference in ("ABCDEFGH12", "ABCDEFGH34"):
        stored(tree, reference, at)
    keyring.current().add_generation("gm").save(keys)
    first, second = rotation.sweep(), rotation.sweep()
    assert (first.seen, first.old, first.done, first.stuck) == (2, 2, 2, {})
    assert (second.seen, second.old) == (2, 0)
    assert b"".join(storage.read("ABCDEFGH12")) == CONTENT


def test_a_file_that_is_gone_or_damaged_stops_no_other(tree: Tree, at: Any, keys: Path) -> None:
    for reference in ("ABCDEFGH12", "ABCDEFGH34", "ABCDEFGH56"):
        stored(tree, reference, at)
    storage.delete("ABCDEFGH12")
    with storage.path_of("ABCDEFGH34").open("r+b") as file:
        file.seek(100)
        file.write(b"damaged")
    keyring.current().add_generation().save(keys)
    found = rotation.sweep()
    assert (found.done, list(found.stuck)) == (1, ["文件 ABCDEFGH34"])
    assert b"".join(storage.read("ABCDEFGH56")) == CONTENT
