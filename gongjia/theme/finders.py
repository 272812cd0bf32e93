"""Serves the few files of node_modules that settings.NODE_ASSETS names, under vendor/; nothing else leaves there."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor"


class NodeFinder(BaseFinder):
    """`NODE_ASSETS` maps a package to glob patterns inside it; a pattern ending in * takes the source map along.

    The manifest storage follows every reference in a file, so a style sheet without its .map would stop collectstatic.
    """

    def __init__(self) -> None:
        self.root = Path(settings.NODE_ROOT)
        self.storage = FileSystemStorage(location=self.root)
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]
        self.files = dict(self._found())

    def _found(self) -> Iterator[tuple[str, Path]]:
        for package, patterns in settings.NODE_ASSETS.items():
            for pattern in patterns:
                for file in sorted((self.root / package).glob(pattern)):
                    yield f"{PREFIX}/{file.relative_to(self.root).as_posix()}", file

    def check(self, **_: Any) -> list[CheckMessage]:
        if self.files:
            return []
        return [Error(f"{self.root} holds none of NODE_ASSETS: run `make setup`", id="theme.E003")]

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """An empty list is what Django takes for "not here"; None would count as a file found."""
        file = self.files.get(path)
        if file is None:
            return []
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        patterns = list(ignore_patterns or ())
        for file in self.files.values():
            inside = file.relative_to(self.root).as_posix()
            if not matches_patterns(inside, patterns):
                yield inside, self.storage
