"""The `gongjia` command. Each module of this package is a subcommand: `SUMMARY`, a line of Chinese, and `run(argv)`,
which returns the exit code. It is imported before Django is awake, so what needs models is imported inside `run`,
after `wake()`. Modules whose name begins with an underscore serve them and are no subcommands.

A reason why the system cannot start or go on is a sentence on the error output, never a traceback.
"""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import django
from django.db import OperationalError

from config import safety
from config.environment import BadSetting
from gongjia.kernel.keys import KeysBad, KeysMissing

REFUSED = 2
DATABASE_ADVICE = "请检查数据库是否在运行、磁盘是否已满、GONGJIA_DATABASE_URL 是否正确。"


def names() -> list[str]:
    """The subcommands that this installation has."""
    modules = (module.name for module in iter_modules(__path__) if not (module.ispkg or module.name.startswith("_")))
    return [name.replace("_", "-") for name in modules]


def main(argv: Sequence[str] | None = None) -> int:
    name, *rest = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    if name not in names():
        asked = name in {"-h", "--help"}
        print(overview(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else REFUSED
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        return int(_module(name).run(rest))
    except (BadSetting, KeysBad, KeysMissing) as refusal:
        print(refusal, file=sys.stderr)
    except OperationalError as error:
        print(f"数据库不可用：{str(error).strip()}\n{DATABASE_ADVICE}", file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        print("磁盘已满，刚才的操作没有完成，已有数据没有改动。请腾出空间后再试。", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return REFUSED


def overview() -> str:
    lines = (f"  {name:<15} {_module(name).SUMMARY}" for name in names())
    return "\n".join(("用法：gongjia 命令 [参数……]", "", *lines, "", "gongjia 命令 --help 说明各命令的参数。"))


def wake() -> None:
    """Ready Django: settings, rooms, models. Raises BadSetting for settings that are unsafe in production."""
    safety.refuse_unsafe()
    django.setup()


def _module(name: str) -> Any:
    return import_module(f"{__name__}.{name.replace('-', '_')}")
