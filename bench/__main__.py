"""`python -m bench [name …]`: runs the measurements named, or all of them."""

import importlib
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

import bench


def main(names: list[str]) -> None:
    os.environ.setdefault("GONGJIA_MODE", "test")
    with tempfile.TemporaryDirectory(prefix="gongjia-bench-") as folder:
        os.environ.setdefault("GONGJIA_VAR", folder)
        _wake(Path(os.environ["GONGJIA_VAR"]))
        known = sorted(each.name for each in pkgutil.iter_modules(bench.__path__) if each.name != "__main__")
        if unknown := set(names) - set(known):
            sys.exit(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        for name in names or known:
            module = importlib.import_module(f"bench.{name}")
            if hasattr(module, "run"):  # the others are what a bench stands on
                busy = f"{os.getloadavg()[0]:.1f} busy of {os.cpu_count()} processors"
                print(f"{name}: {(module.__doc__ or '').splitlines()[0]} ({busy} at the start)", flush=True)
                module.run()
        bench.tabulate()


def _wake(var: Path) -> None:
    """Settings, keys and models, before any module that needs them is read."""
    import django

    from gongjia.kernel.keys import Keyring

    keys = Path(os.environ.setdefault("GONGJIA_KEYS_FILE", str(var / "keys.json")))
    if not keys.exists():
        Keyring.create().save(keys)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


if __name__ == "__main__":
    main(sys.argv[1:])
