"""What the kernel's tests register is gone after each: other tests hold the lists of what the rooms register."""

import pytest

from gongjia.kernel import events, permissions, routes, ticks, verbs
from gongjia.kernel.permissions import Permission


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registries as they are, to add to. Two permissions are there: of a chair, and of nobody."""
    for module, names in {
        permissions: ("_registered",),
        verbs: ("_registered",),
        events: ("_handlers", "_ways", "_listeners", "_names"),
        ticks: ("_registered",),
    }.items():
        for name in names:
            monkeypatch.setattr(module, name, dict(getattr(module, name)))
    monkeypatch.setattr(routes, "_registered", list(routes._registered))
    permissions.register(
        Permission("tests.act", "在测试里办事", frozenset({"chair"})),
        Permission("tests.never", "办没有人能办的事", frozenset()),
    )
