"""The kinds of sheet that can be sent: a domain names its columns here, in apps.py, and nothing else."""

from gongjia.engines.intake.core import SheetSpec

_registered: dict[str, SheetSpec] = {}


def register(kind: str, spec: SheetSpec) -> None:
    known = _registered.setdefault(kind, spec)
    if known is not spec:
        raise RuntimeError(f"sheet {kind} is declared twice")


def spec_of(kind: str) -> SheetSpec:
    return _registered[kind]


def registered() -> dict[str, SheetSpec]:
    return dict(sorted(_registered.items()))
