"""Nonsense in any setting: one clear sentence in Chinese, the code of a refusal, and never a traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config import environment

pytestmark = pytest.mark.system("O1")
ROOT = Path(environment.__file__).resolve().parents[1]
SECRET = "kX3v_9Qw-Lr7TzN2mBc8Yf5Hs1JdP6aGe4UoRi0W"
HAN = re.compile(r"[一-鿿]")
REFUSED = 2

NONSENSE = [
    ("GONGJIA_MODE", "prod"),
    ("GONGJIA_SECRET_KEY", ""),
    ("GONGJIA_VAR", "/dev/null/var"),
    ("GONGJIA_DATABASE_URL", "nonsense"),
    ("GONGJIA_DATABASE_URL", "mysql://a:geheim@b/c"),
    ("GONGJIA_DATABASE_URL", "postgres://a:geheim@127.0.0.1:port/c"),
    ("GONGJIA_ORIGINS", "gongjia.example.cn"),
    ("GONGJIA_PUBLIC_URL", "gongjia.example.cn"),
    ("GONGJIA_REGION", "咸宁"),
    ("GONGJIA_BEHIND_PROXY", "perhaps"),
    ("GONGJIA_PASSWORD_DAYS", "many"),
    ("GONGJIA_PASSWORD_DAYS", "9999"),
    ("GONGJIA_OFFICER_IDLE_MINUTES", "0"),
    ("GONGJIA_SMS_URL", "sms"),
    ("GONGJIA_OIDC_URL", "sso"),
    ("GONGJIA_WECHAT_TOKEN_URL", "wechat"),
    ("GONGJIA_WECHAT_AUTHORIZE_URL", "wechat"),
]


def started(tmp_path: Path, *argv: str, **given: str) -> subprocess.CompletedProcess[str]:
    """`gongjia …` in demo mode with an empty folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGJIA_")}
    sound = {"GONGJIA_MODE": "demo", "GONGJIA_VAR": str(tmp_path), "GONGJIA_SECRET_KEY": SECRET}
    env = kept | sound | {"PYTHONPATH": str(ROOT)} | given
    command = [sys.executable, "-m", "gongjia.command", *argv]
    return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_nonsense_in_a_setting_is_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    refused = started(tmp_path, "rooms", **{name: value})
    said = refused.stderr.strip()
    assert refused.returncode == REFUSED
    assert name in said
    assert HAN.search(said)
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    assert "geheim" not in said, "a password is never repeated"


def test_production_asks_for_https_in_words_it_knows(tmp_path: Path) -> None:
    refused = started(tmp_path, "rooms", GONGJIA_MODE="production", GONGJIA_HTTPS="perhaps")
    assert refused.returncode == REFUSED
    assert refused.stderr.strip() == "设置 GONGJIA_HTTPS 的值“perhaps”不认识：开写 1，关写 0。"


def test_the_size_of_the_demo_is_a_number(tmp_path: Path) -> None:
    refused = started(tmp_path, "demo", "--port", "1", GONGJIA_DEMO_SCALE="many")
    assert refused.returncode == REFUSED
    assert refused.stderr.strip() == "设置 GONGJIA_DEMO_SCALE 的值“many”不是整数。"


def test_every_setting_is_tried(tmp_path: Path) -> None:
    """Whoever adds a setting with a form of its own adds its nonsense here. Words without a form hold any text."""
    free = {
        "FONTS",
        "HOSTS",
        "KEYS_FILE",
        "SMS_KEY",
        "OIDC_ID",
        "OIDC_NAME",
        "OIDC_SECRET",
        "WECHAT_APP_ID",
        "WECHAT_SECRET",
    }
    files = [ROOT / "config/settings.py", ROOT / "gongjia/portals/signin/conf.py"]
    named = set(re.findall(r'"GONGJIA_(\w+)"', "".join(file.read_text("utf-8") for file in files)))
    tried = {name.removeprefix("GONGJIA_") for name, _ in NONSENSE} | {"HTTPS"}
    assert named - free == tried


def test_sound_settings_start(tmp_path: Path) -> None:
    assert started(tmp_path, "rooms").returncode == 0


def test_a_database_at_a_wrong_port_is_told_at_the_start(tmp_path: Path) -> None:
    refused = started(tmp_path, "manage", "migrate", GONGJIA_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert refused.returncode == REFUSED
    assert refused.stderr.startswith("数据库不可用")
    assert "Traceback" not in refused.stderr
