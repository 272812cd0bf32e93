"""Processes that live and die together: when one ends, or a signal says stop, all are stopped and waited for."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

PAUSE = 0.2
GRACE = 15.0
TAIL = 12
PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _end_with_parent() -> None:
    """Linux sends SIGTERM to this child should its parent be killed outright, so that nobody is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Together:
    """Children of this process, each with its own log. They stand in sessions of their own, so that Ctrl-C in the
    terminal reaches this process only, which then stops them in one way."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self.told_to_stop = False
        logs.mkdir(parents=True, exist_ok=True)
        for number in STOPPING:
            signal.signal(number, self._stop_soon)

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def start(self, name: str, *command: str) -> None:
        """Start a program under this name; its output goes to the log of that name."""
        with self._log(name).open("wb") as log:
            self._children[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has one thread
            )

    def until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until `ready` says so. False when a child ended, a signal came or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._all_well():
            if ready():
                return True
            time.sleep(PAUSE)
        return False

    def watch(self) -> None:
        """Wait until a signal comes or a child ends by itself."""
        while self._all_well():
            time.sleep(PAUSE)

    def stop(self) -> str | None:
        """Stop all and wait for them. Returns the name of the child that had ended by itself, if one had."""
        ended = None if self.told_to_stop else next(self._ended(), None)
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + GRACE
        for child in self._children.values():
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        return ended

    def last_words(self, name: str) -> str:
        """The end of a child's log."""
        lines = self._log(name).read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL:])

    def _all_well(self) -> bool:
        return not self.told_to_stop and next(self._ended(), None) is None

    def _ended(self) -> Iterator[str]:
        return (name for name, child in self._children.items() if child.poll() is not None)

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"
