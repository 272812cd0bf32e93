"""A fresh clone starts on any machine: exact locks without a host's name, plain refusals, no trace of one machine."""

import ast
import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import preflight, setup

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
TARGETS = ("setup", "demo", "test", "check", "bench", "pictures", "doors", "test-long")
HOSTS = (
    "pypi" + ".org",
    "python" + "hosted",
    "npmjs" + ".",
    "npm" + "mirror",
    "tuna" + ".tsinghua",
    "mirrors" + ".aliyun",
)
MACHINE_PATH = re.compile(r"(?<![\w.*~])/(?:tmp|root|home/\w+|Users/\w+|work/(?:main|notes|shared|\.\w+))(?:/|\b)")


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout of git")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_package_is_pinned_and_carries_hashes(lock):
    entries = [
        entry for entry in re.split(r"\n(?=[a-z])", (ROOT / lock).read_text("utf-8")) if not entry.startswith("#")
    ]
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host(lock):
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_both_locks_agree():
    pins = [
        dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS
    ]
    assert {name: pins[1][name] for name in pins[0].keys() & pins[1].keys()}.items() <= pins[0].items()


def test_the_lock_of_the_page_parts_has_integrity_and_no_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert parts
    for name, part in parts.items():
        assert "resolved" not in part, name
        assert part["integrity"].startswith("sha512-"), name


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_its_targets(target):
    if not shutil.which("make"):
        pytest.skip("no make")
    shown = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert "tools/preflight.py" in shown.stdout


def test_the_licence_is_apache_2_everywhere():
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = { text = "Apache-2.0" }' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert json.loads((ROOT / "package.json").read_text("utf-8"))["license"] == "Apache-2.0"


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine():
    found = []
    for path in tracked_files():
        text = text_of(path)
        found += [f"{path.relative_to(ROOT)}: {host}" for host in HOSTS if host in text]
        if path != Path(__file__):
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert not found


def test_the_pattern_for_paths_finds_paths_and_lets_addresses_be():
    assert MACHINE_PATH.search("see /" + "root/.venv")
    assert MACHINE_PATH.search('"/' + 'home/somebody/x"')
    assert not MACHINE_PATH.search('"/desk/unions/"')
    assert not MACHINE_PATH.search("documents/" + "tmp/x")


def test_an_old_python_can_read_the_preflight():
    ast.parse((ROOT / "tools/preflight.py").read_text("utf-8"), feature_version=(3, 6))


def test_an_old_python_is_named_and_nothing_else_is_asked_of_it(monkeypatch):
    sentence = preflight.version_missing((3, 9, 18))
    assert "现在是 3.9" in sentence
    assert preflight.version_missing((3, 11, 0)) is None
    monkeypatch.setattr(preflight, "version_missing", lambda: sentence)
    assert preflight.missing(port=1) == [sentence]


def test_a_missing_venv_module_names_the_package_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "python3-venv" in preflight.venv_missing()


def test_a_full_disk_says_how_much_is_needed_and_left(tmp_path):
    assert "需要 1000000 GB" in preflight.disk_missing(tmp_path, needed=1_000_000)
    assert preflight.disk_missing(tmp_path, needed=0) is None


def test_an_occupied_port_proposes_the_next_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"make demo PORT={port + 1}" in preflight.port_missing(port)
    assert "端口 70000 不存在" in preflight.port_missing(70_000)


@pytest.fixture
def ground(tmp_path, monkeypatch):
    """A checkout with an environment that works, so that only what changed has to be done."""
    root = tmp_path / "a folder with blanks"
    packages = root / ".venv/lib/python3.12/site-packages"
    for folder in (packages, root / ".venv/bin", root / ".venv/stamps", root / "var/log", root / "node_modules"):
        folder.mkdir(parents=True)
    for name in (*LOCKS, "package.json", "package-lock.json", ".npmrc"):
        (root / name).write_text("asgiref==3.13.0\n", "utf-8")
    (root / ".venv/bin/python").symlink_to(sys.executable)
    for name, value in {
        "ROOT": root, "VENV": root / ".venv", "PYTHON": root / ".venv/bin/python",
        "LOGS": root / "var/log", "STAMPS": root / ".venv/stamps",
    }.items():  # fmt: skip
        monkeypatch.setattr(setup, name, value)
    return root


@pytest.fixture
def steps(ground, monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(setup, "run", lambda name, *_, **__: done.append(name))
    monkeypatch.setattr(setup, "check_reach", lambda *_, **__: None)
    monkeypatch.setattr(setup, "pip_is_configured", lambda: True)
    monkeypatch.setattr(sys, "argv", ["setup.py", "--dev"])
    return done


def test_a_second_start_does_nothing(steps):
    assert setup.main() == 0
    assert steps == ["requirements.txt", "requirements-dev.txt", "npm"]
    steps.clear()
    assert setup.main() == 0
    assert steps == []


def test_only_what_a_changed_lock_file_names_is_done_again(steps, ground):
    setup.main()
    steps.clear()
    (ground / "package-lock.json").write_text("{}", "utf-8")
    setup.main()
    assert steps == ["npm"]


def test_a_checkout_that_was_moved_gets_a_new_environment(steps, ground):
    setup.main()
    steps.clear()
    (ground / ".venv/stamps/made-at").write_text("/elsewhere", "utf-8")
    setup.main()
    assert steps[0] == "venv"


def test_the_command_starts_from_a_folder_with_blanks(ground):
    setup.install_project()
    command = ground / ".venv/bin/gongjia"
    (ground / ".venv/bin/python").unlink()
    (ground / ".venv/bin/python").write_text('#!/bin/sh\necho "$@"\n', "utf-8")
    (ground / ".venv/bin/python").chmod(0o755)
    said = subprocess.run([command, "rooms", "a b"], capture_output=True, text=True, check=True).stdout
    assert said == "-P -m gongjia.command rooms a b\n"
    assert (ground / ".venv/lib/python3.12/site-packages/gongjia.pth").read_text("utf-8") == f"{ground}\n"


def test_a_failed_step_shows_the_end_of_its_log_and_what_to_do(ground):
    lines = "; ".join(f"echo line {number}" for number in range(40))
    with pytest.raises(setup.Failed) as failure:
        setup.run("pip", "安装", ["sh", "-c", f"{lines}; exit 3"], "请检查网络")
    said = str(failure.value)
    assert "line 39" in said
    assert "line 20" not in said
    assert said.endswith("全部记录在 var/log/pip.log。请检查网络")


def test_a_source_out_of_reach_refuses_at_once_unless_the_caller_has_set_a_mirror(ground, monkeypatch, capsys):
    def nothing(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 1)

    monkeypatch.setattr(setup.subprocess, "run", nothing)
    with pytest.raises(setup.Failed, match="HTTPS_PROXY"):
        setup.check_reach("requirements.txt", must=True)
    setup.check_reach("requirements.txt", must=False)
    assert "仍照您的设置继续" in capsys.readouterr().out
