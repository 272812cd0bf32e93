"""The command line: what there is, how it refuses, and how the demo's processes live and die together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError

from config.environment import BadSetting
from gongjia import command
from gongjia.command import demo, rooms, worker
from gongjia.command._processes import Together

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
ROOT = Path(command.__file__).resolve().parents[2]


@pytest.fixture
def signals_kept():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def together(tmp_path, signals_kept):
    group = Together(tmp_path)
    yield group
    group.stop()


def pid_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def test_every_subcommand_says_in_one_line_what_it_is_for():
    lines = command.overview().splitlines()
    for name in command.names():
        assert any(line.split()[0] == name and len(line.split()) > 1 for line in lines if line.strip())


def test_an_unknown_subcommand_is_refused_with_the_list(capsys):
    assert command.main(["fly"]) == command.REFUSED
    assert "serve" in capsys.readouterr().err


def test_a_bad_setting_is_one_sentence_and_no_traceback(monkeypatch, capsys):
    def refuse(argv: list[str]) -> int:
        raise BadSetting("缺少设置 GONGJIA_SECRET_KEY：请给出后重新启动。")

    monkeypatch.setattr(rooms, "run", refuse)
    assert command.main(["rooms"]) == command.REFUSED
    assert capsys.readouterr().err == "缺少设置 GONGJIA_SECRET_KEY：请给出后重新启动。\n"


@pytest.mark.parametrize(
    ("failure", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (OperationalError("connection refused"), "数据库不可用：connection refused"),
    ],
)
def test_a_full_disk_and_a_database_that_is_away_are_said_plainly(monkeypatch, capsys, failure, word):
    def fail(argv: list[str]) -> int:
        raise failure

    monkeypatch.setattr(rooms, "run", fail)
    assert command.main(["rooms"]) == command.REFUSED
    assert capsys.readouterr().err.startswith(word)


def test_a_fault_of_the_program_is_not_hidden(monkeypatch):
    def fail(argv: list[str]) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(rooms, "run", fail)
    with pytest.raises(PermissionError):
        command.main(["rooms"])


def test_the_rooms_are_listed_with_what_they_registered():
    listing = rooms.listing()
    for line in ("backbone", "  regions（行政区划）Region", "权限", "定时"):
        assert line in listing.splitlines()


def test_an_occupied_port_is_one_clear_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert demo.run(["--port", str(port)]) == 1
    assert capsys.readouterr().err.startswith(f"端口 {port} 已被占用")


def test_when_one_process_ends_the_others_are_stopped_and_it_is_named(together):
    together.start("long", *SLEEP)
    together.start("short", sys.executable, "-c", "print('磁盘已满'); raise SystemExit(3)")
    together.watch()
    assert together.stop() == "short"
    assert together.last_words("short") == "磁盘已满"
    assert together._children["long"].returncode == -signal.SIGTERM


def test_a_signal_stops_all_and_blames_nobody(together):
    together.start("one", *SLEEP)
    together.start("two", *SLEEP)
    os.kill(os.getpid(), signal.SIGTERM)
    together.watch()
    assert together.stop() is None
    assert [child.returncode for child in together._children.values()] == [-signal.SIGTERM] * 2


def test_waiting_ends_early_when_a_process_dies(together):
    together.start("short", sys.executable, "-c", "")
    assert not together.until(lambda: False, seconds=600)


def test_a_process_that_does_not_listen_is_killed(together, monkeypatch):
    monkeypatch.setattr("gongjia.command._processes.GRACE", 0.3)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    together.start("deaf", sys.executable, "-c", deaf)
    assert together.until(lambda: together.last_words("deaf") == "ready", seconds=30)
    together.stop()
    assert together._children["deaf"].returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_when_the_parent_is_killed_outright_no_process_is_left(tmp_path):
    code = (
        "import sys; from pathlib import Path; from gongjia.command._processes import Together\n"
        "group = Together(Path(sys.argv[1]))\n"
        "group.start('child', sys.executable, '-c', 'import time; time.sleep(60)')\n"
        "print(group._children['child'].pid, flush=True); group.watch()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 20
    while not pid_gone(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pid_gone(child)


def test_a_worker_waits_for_a_database_that_is_away_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[bool] = []
    said: list[object] = []

    def db_worker(*_: object, batch: bool, **__: object) -> None:
        turns.append(batch)
        if len(turns) == 1 or batch:
            raise OperationalError("database is locked")

    monkeypatch.setattr(worker, "call_command", db_worker)
    monkeypatch.setattr(worker, "SECONDS", 0)
    monkeypatch.setattr(worker.log, "error", lambda _, *facts: said.extend(facts))
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    assert worker.run([]) == 0
    assert turns == [False, False]
    assert "database is locked" in str(said)
    with pytest.raises(OperationalError):
        worker.run(["--once"])
