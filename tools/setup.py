"""Makes .venv and node_modules from the lock files. Run again, it does only what the lock files have changed.

    python3 tools/setup.py [--dev]

No step needs more than Python: npm comes as a wheel. Proxies, mirrors and certificates are whatever pip and npm are
told by the caller's environment and configuration; nothing is set here. The screen gets a line a step, var/log all.
"""

import argparse
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
LOGS = ROOT / "var/log"
STAMPS = VENV / "stamps"
TAIL = 15
REACH_SECONDS = 30
PIP_ADVICE = "请检查网络后再次运行。需要代理：设置 HTTPS_PROXY；有镜像：pip config set global.index-url 镜像地址"
NPM_ADVICE = "请检查网络后再次运行。需要代理：设置 HTTPS_PROXY；有镜像：npm config set registry 镜像地址"


class Failed(Exception):
    """A step that did not succeed, told in Chinese with what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(description="准备运行环境")
    parser.add_argument("--dev", action="store_true", help="连同测试和检查用的工具")
    given = parser.parse_args()
    LOGS.mkdir(parents=True, exist_ok=True)
    try:
        make_venv()
        install("requirements.txt", "安装 Python 依赖")
        if given.dev:
            install("requirements-dev.txt", "安装测试和检查工具")
        install_project()
        install_node_modules()
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def make_venv() -> None:
    """A new environment when there is none, when it stands elsewhere than it was made, or when its Python is gone."""
    made_at = STAMPS / "made-at"
    moved = made_at.exists() and made_at.read_text("utf-8") != str(ROOT)
    if moved or not works(PYTHON):
        run("venv", "创建虚拟环境", [sys.executable, "-m", "venv", "--clear", VENV], "请删除 .venv 后再次运行")
    STAMPS.mkdir(exist_ok=True)
    made_at.write_text(str(ROOT), "utf-8")


def works(python: Path) -> bool:
    """Whether this Python starts, is new enough and has pip."""
    code = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(lock: str, title: str) -> None:
    """Install exactly what the lock file names, each file checked by its hash."""
    stamp, key = STAMPS / lock, digest(lock)
    if stamp.exists() and stamp.read_text("utf-8") == key:
        return
    arguments = ["install", "--require-hashes", "-r", ROOT / lock]
    configured = pip_is_configured()
    check_reach(lock, must=not configured)
    uv = shutil.which("uv")
    if uv and not configured:  # uv does not read pip's configuration: a mirror would be passed by
        command = [uv, "pip", *arguments, "--python", PYTHON]
        try:
            run(lock, f"{title}（uv）", command, PIP_ADVICE)
        except Failed:
            print("uv 没有成功，改用 pip。", flush=True)
        else:
            stamp.write_text(key, "utf-8")
            return
    run(lock, title, [PYTHON, "-m", "pip", *arguments, "--disable-pip-version-check", "--no-input"], PIP_ADVICE)
    stamp.write_text(key, "utf-8")


def pip_is_configured() -> bool:
    """Whether the caller has told pip where to look: a mirror, a folder of wheels, no index at all."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    return re.search(r"(index-url|find-links|no-index)", listed) is not None


def check_reach(lock: str, *, must: bool) -> None:
    """Ask pip for one small thing. When it cannot be had, say so at once, instead of after long retries.

    Somebody who has set a mirror or a folder of wheels knows better: then this is a remark, not a refusal.
    """
    pin = re.match(r"[a-z0-9._-]+==\S+", (ROOT / lock).read_text("utf-8"))
    options = ["--dry-run", "--no-deps", "--ignore-installed", "--retries", "0", "--timeout", "8"]
    command = [PYTHON, "-m", "pip", "install", *options, "--disable-pip-version-check", pin.group() if pin else "pip"]
    try:
        with (LOGS / "reach.log").open("wb") as log:
            done = subprocess.run(command, stdout=log, stderr=log, timeout=REACH_SECONDS, check=False)
        reached = done.returncode == 0
    except subprocess.TimeoutExpired:
        reached = False
    if reached:
        return
    if must:
        raise Failed(f"连不上 Python 软件源。{PIP_ADVICE}")
    print("提示：没能从 pip 设置的软件源取到东西，仍照您的设置继续安装。", flush=True)


def install_project() -> None:
    """Put the checkout on the path of .venv, and the command `gongjia` beside its Python. No build, no download."""
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    write(packages / "gongjia.pth", f"{ROOT}\n")
    command = VENV / "bin/gongjia"
    write(command, f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -P -m gongjia.command "$@"\n')
    command.chmod(0o755)


def install_node_modules() -> None:
    """What the pages are made of, by the npm that came as a wheel. Scripts of packages do not run."""
    stamp, key = ROOT / "node_modules/.stamp", digest("package.json", "package-lock.json", ".npmrc")
    if stamp.exists() and stamp.read_text("utf-8") == key:
        return
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    command = [VENV / "bin/npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run("npm", "安装网页组件", command, NPM_ADVICE, env={**os.environ, "PATH": path})
    stamp.write_text(key, "utf-8")


def digest(*names: str) -> str:
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")


def run(name: str, title: str, command: list, advice: str, env: dict | None = None) -> None:
    """Run one step with its output in a log of its own; Failed shows the end of that log."""
    log = LOGS / f"{name}.log"
    print(f"{title}……", end="", flush=True)
    start = time.monotonic()
    with log.open("wb") as file:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
        )
    if done.returncode:
        print("没有成功")
        lines = log.read_text("utf-8", errors="replace").splitlines()[-TAIL:]
        raise Failed("\n".join((*lines, f"{title}没有成功，全部记录在 {log.relative_to(ROOT)}。{advice}")))
    print(f"完成（{time.monotonic() - start:.0f} 秒）", flush=True)


if __name__ == "__main__":
    sys.exit(main())
