"""Typed readers of the environment: a value that makes no sense is refused with a sentence, never guessed."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dj_database_url


class BadSetting(Exception):
    """A setting that the system cannot start with; the message is Chinese and says what to do."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise BadSetting(f"缺少设置 {name}：请在环境变量中给出后重新启动。")
    return default


def one_of(name: str, choices: Sequence[str], default: str) -> str:
    value = text(name, default)
    if value not in choices:
        raise BadSetting(f"设置 {name} 的值“{value}”不认识：只能是 {'、'.join(choices)} 之一。")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"设置 {name} 的值“{value}”不认识：开写 1，关写 0。")


def whole(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"设置 {name} 的值“{value}”不是整数。") from None


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def matching(name: str, pattern: str, default: str, what: str) -> str:
    """`what` says in Chinese what the value has to look like."""
    value = text(name, default)
    if not re.fullmatch(pattern, value):
        raise BadSetting(f"设置 {name} 的值“{value}”不对：应是{what}。")
    return value


def address(name: str, default: str = "") -> str:
    """A web address, or nothing."""
    value = text(name, default)
    return matching(name, r"https?://[^\s/]+(/\S*)?", default, "以 http:// 或 https:// 开头的网址") if value else ""


def origins(name: str) -> list[str]:
    values = listed(name)
    if bad := [each for each in values if not re.fullmatch(r"https?://[^\s/]+", each)]:
        raise BadSetting(f"设置 {name} 里的“{bad[0]}”不对：每一项都要写成 https://域名，末尾不带斜杠。")
    return values


def folder(name: str, default: str) -> Path:
    """A folder that is there, made where it was not."""
    path = Path(text(name, default))
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise BadSetting(f"设置 {name} 的文件夹 {path} 建不了：请换一个位置，或检查权限。") from None
    return path


def database(name: str, default: str) -> dict[str, Any]:
    """Django's settings of an SQLite or PostgreSQL address. The address may hold a password: it is never repeated."""
    value = text(name, default)
    known = re.match(r"(sqlite|postgres|postgresql)://", value)
    try:
        if known:
            return dict(dj_database_url.parse(value))
    except ValueError:
        pass
    raise BadSetting(
        f"设置 {name} 不是能用的数据库地址：应写成 sqlite:////文件的路径，"
        "或 postgres://用户:密码@主机:端口/库名（密码里的特殊字符要按网址编码）。"
    )
