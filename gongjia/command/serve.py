"""`gongjia serve`: the web server, gunicorn with threads, in the place of this process."""

import argparse
import os
import sys
from pathlib import Path

from config import safety

SUMMARY = "启动网页服务"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - heartbeats of the workers should not wait for a disk


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gongjia serve", description=SUMMARY)
    parser.add_argument("--bind", default="127.0.0.1:8000", help="监听的地址和端口（默认 %(default)s）")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="进程数（默认 %(default)s）")
    parser.add_argument("--threads", type=int, default=2, help="每个进程的线程数（默认 %(default)s）")
    given = parser.parse_args(argv)
    options = ["--bind", given.bind, "--worker-class", "gthread", "--no-control-socket", "--graceful-timeout", "10"]
    options += ["--workers", str(given.workers), "--threads", str(given.threads)]
    if os.access(SHARED_MEMORY, os.W_OK):
        options += ["--worker-tmp-dir", str(SHARED_MEMORY)]
    safety.refuse_unsafe()
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", "gunicorn", *options, "config.wsgi:application"])  # noqa: S606
