"""Looks whether this machine has what a start needs, before anything is made: one line of Chinese for what is missing.

Plain standard library in the syntax of Python 3.6, so that an old Python can say that it is too old.
"""

import argparse
import shutil
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEWEST_NEEDED = (3, 11)
GIGABYTE = 1024**3
NEEDED_GIGABYTES = 3


def version_missing(version=None):
    """None when the running Python is new enough, else the sentence."""
    version = version or sys.version_info
    if version[:2] >= NEWEST_NEEDED:
        return None
    found = f"{version[0]}.{version[1]}（{sys.executable}）"
    return (
        f"需要 Python 3.11 或更新的版本，现在是 {found}：请安装后再来，或指明它在哪里，如 make setup PYTHON=python3.11"
    )


def venv_missing():
    """None when virtual environments with pip can be made. Debian ships both apart from Python."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "缺少 venv 模块：请安装后再来，Debian、Ubuntu 上是 apt install python3-venv"
    return None


def disk_missing(folder=ROOT, needed=NEEDED_GIGABYTES):
    """None when the disk has room for the environment and the demo."""
    free = shutil.disk_usage(str(folder)).free
    if free >= needed * GIGABYTE:
        return None
    return f"磁盘空间不够：{folder} 所在的盘需要 {needed} GB，现在只剩 {free / GIGABYTE:.1f} GB，请腾出空间后再来"


def port_missing(port):
    """None when the port is free on this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError:
            return f"端口 {port} 不存在：请用 1024 到 65535 之间的数"
        except OSError:
            return f"端口 {port} 已被占用：请先停掉占用它的程序，或换一个端口，如 make demo PORT={port + 1}"
    return None


def missing(port=None):
    """The sentences about all that is missing; an environment that stands already needs neither venv nor room."""
    if version_missing():
        return [version_missing()]
    found = []
    if not (ROOT / ".venv" / "bin" / "gongjia").exists():
        found += [venv_missing(), disk_missing()]
    if port is not None:
        found.append(port_missing(port))
    return [sentence for sentence in found if sentence]


def main():
    parser = argparse.ArgumentParser(description="启动前的检查")
    parser.add_argument("--port", type=int, help="演示要用的端口")
    sentences = missing(parser.parse_args().port)
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
