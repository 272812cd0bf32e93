"""The keyring in force: read from its file, apart from the data, and read again when the file has changed.

A process that went on with the keys of yesterday would find nobody whose row a rotation has visited.
"""

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from gongjia.kernel.keys import Keyring


def current() -> Keyring:
    """Raises keys.KeysMissing or keys.KeysBad, whose sentence says where the file is expected."""
    path = settings.KEYS_FILE
    try:
        found = os.stat(path)  # noqa: PTH116 - asked for every sealed value
    except OSError:
        return Keyring.load(path)
    return _read(path, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _inode: int) -> Keyring:
    return Keyring.load(path)


def audit_mac() -> Callable[[bytes], bytes]:
    """Keyring.audit_mac of the keys in force. No rotation may change that key: the file is not asked each time."""
    return _audit_mac(settings.KEYS_FILE)


@lru_cache(maxsize=1)
def _audit_mac(path: Path) -> Callable[[bytes], bytes]:
    return Keyring.load(path).audit_mac


def forget() -> None:
    """Read the file again at the next use, whether it has changed or not: for tests."""
    _read.cache_clear()
    _audit_mac.cache_clear()
