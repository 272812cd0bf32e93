"""What production refuses to start with, each in a sentence that says what to do."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import safety
from config.environment import BadSetting
from gongjia.kernel.keys import Keyring

pytestmark = pytest.mark.system("O1")

ROOT = Path(safety.__file__).resolve().parents[1]
SECRET = "kX3v_9Qw-Lr7TzN2mBc8Yf5Hs1JdP6aGe4UoRi0W"


@pytest.fixture
def safe(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Settings without a danger."""
    var = tmp_path / "var"
    var.mkdir(mode=0o700)
    settings.MODE, settings.DEBUG, settings.SECURE = "production", False, True
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = SECRET, ["gongjia.example.cn"]
    settings.PUBLIC_URL, settings.VAR = "https://gongjia.example.cn", var
    settings.KEYS_FILE = tmp_path / "apart" / "keys.json"
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(var / "gongjia.sqlite3")}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    Keyring.create().save(settings.KEYS_FILE)
    return settings


def told(*, fatal: bool = True) -> str:
    return "\n".join(danger.text for danger in safety.dangers() if danger.is_fatal is fatal)


def test_safe_settings_start(safe: Any) -> None:
    assert list(safety.dangers()) == []
    safety.refuse_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("DEBUG", True, "调试模式"),
        ("SECRET_KEY", "only-for-tests", "GONGJIA_SECRET_KEY 太弱"),
        ("SECRET_KEY", "a" * 60, "GONGJIA_SECRET_KEY 太弱"),
        ("ALLOWED_HOSTS", ["*"], "通配域名"),
        ("ALLOWED_HOSTS", ["gongjia.example.cn", ".example.cn"], "通配域名"),
        ("ALLOWED_HOSTS", [], "没有写明网站域名"),
        ("SECURE", False, "没有启用 HTTPS"),
        ("KEYS_FILE", Path("/nowhere/keys.json"), "没有找到钥匙文件"),
        ("VAR", Path("/proc/nowhere"), "写不进去"),
    ],
)
def test_a_danger_is_refused_in_one_line(safe: Any, name: str, value: Any, word: str) -> None:
    setattr(safe, name, value)
    with pytest.raises(BadSetting) as refusal:
        safety.refuse_unsafe()
    lines = str(refusal.value).splitlines()
    assert len(lines) == 2
    assert word in lines[1]


def test_a_damaged_key_file_is_refused(safe: Any) -> None:
    safe.KEYS_FILE.write_text("{}")
    assert "已损坏或不完整" in told()


def test_a_key_file_that_others_may_read_is_refused(safe: Any) -> None:
    safe.KEYS_FILE.chmod(0o644)
    assert "对其他用户开放" in told()


def test_all_dangers_are_told_at_once(safe: Any) -> None:
    safe.DEBUG, safe.SECURE, safe.ALLOWED_HOSTS = True, False, ["*"]
    with pytest.raises(BadSetting) as refusal:
        safety.refuse_unsafe()
    assert str(refusal.value).count("·") == 3


@pytest.mark.parametrize("mode", ["demo", "test"])
def test_demo_and_test_start_with_anything(safe: Any, mode: str) -> None:
    safe.MODE, safe.DEBUG, safe.ALLOWED_HOSTS = mode, True, ["*"]
    safety.refuse_unsafe()


@pytest.mark.parametrize(
    ("mounted", "is_warned"),
    [("nfs4", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False), ("overlay", False)],
)
def test_sqlite_on_a_network_disk_is_a_warning(
    safe: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounted: str, is_warned: Any
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nserver:/x {safe.VAR} {mounted} rw 0 0\ntmp {tmp_path}/other nfs rw 0 0\n")
    monkeypatch.setattr(safety, "MOUNTS", mounts)
    assert ("网络盘" in told(fatal=False)) is is_warned
    safety.refuse_unsafe()


def test_postgresql_is_not_asked_where_its_file_lies(safe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": "gongjia"}
    monkeypatch.setitem(safe.DATABASES, "default", database)
    assert list(safety.dangers()) == []


def test_other_carelessness_is_a_warning(safe: Any) -> None:
    safe.PUBLIC_URL = "http://127.0.0.1:8000"
    safe.VAR.chmod(0o755)
    beside = safe.VAR / "keys.json"
    Keyring.load(safe.KEYS_FILE).save(beside)
    safe.KEYS_FILE = beside
    warned = told(fatal=False)
    for word in ("二维码会打不开", "对本机其他用户开放", "放在同一个文件夹"):
        assert word in warned
    safety.refuse_unsafe()


# ── as it is started ────────────────────────────────────────────────────────────────────────────────────────────


def started(tmp_path: Path, *argv: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGJIA_")}
    given = {"GONGJIA_MODE": "production", "GONGJIA_VAR": str(tmp_path), "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(
        [sys.executable, *argv], env=kept | given, cwd=tmp_path, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("-m", "gongjia.command", "serve"), 2),
        (("-m", "gongjia.command", "tick", "--once"), 2),
        (("-c", "import config.wsgi"), 3),
    ],
)
def test_web_and_tick_do_not_start_unsafely_and_say_why(tmp_path: Path, argv: tuple[str, ...], code: int) -> None:
    done = started(tmp_path, *argv, GONGJIA_SECRET_KEY="weak", GONGJIA_HOSTS="*")
    assert done.returncode == code
    for word in ("没有启动", "GONGJIA_SECRET_KEY 太弱", "通配域名", "没有找到钥匙文件"):
        assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_setting_is_one_line(tmp_path: Path) -> None:
    for argv in (("-m", "gongjia.command", "worker", "--once"), ("-c", "import config.wsgi")):
        done = started(tmp_path, *argv)
        assert done.stderr.strip() == "缺少设置 GONGJIA_SECRET_KEY：请在环境变量中给出后重新启动。"


def test_the_keys_of_a_new_installation_are_made_once(tmp_path: Path) -> None:
    made, again = (started(tmp_path, "-m", "gongjia.command", "create-keys", GONGJIA_SECRET_KEY=SECRET) for _ in "12")
    assert (made.returncode, again.returncode) == (0, 2)
    assert "另外备份" in made.stdout
    assert "已经有了" in again.stderr
    assert Keyring.load(tmp_path / "keys.json").active_id == 1
