"""Writes the table of docs/events.md from what the rooms declare: `GONGJIA_MODE=test python -m tools.events`."""

import os
from pathlib import Path

import django

DOCUMENT = Path(__file__).resolve().parent.parent / "docs/events.md"
TABLE = "<!-- the table below is written by `python -m tools.events` -->"


def table() -> str:
    """A row for each event: who keeps step in the same transaction, and who is run by a background task."""
    from gongjia.kernel import events

    lines = ["| event | when | in the same transaction (`tell`) | in the background (`emit`) |", "|---|---|---|---|"]
    for name, zh in events.declared().items():
        lines.append(
            f"| `{name}` | {zh} | {_listed(events.listeners_of(name))} | {_listed(events.handlers_of(name))} |"
        )
    return "\n".join(lines)


def _listed(functions: list[str]) -> str:
    return " ".join(f"`{each.removeprefix('gongjia.')}`" for each in functions) or "—"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    head = DOCUMENT.read_text("utf-8").partition(TABLE)[0]
    DOCUMENT.write_text(f"{head}{TABLE}\n\n{table()}\n", "utf-8")


if __name__ == "__main__":
    main()
