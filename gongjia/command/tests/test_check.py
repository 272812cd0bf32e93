"""`gongjia check` and `gongjia verify`: what is wrong is said in a list, and the exit code tells."""

from pathlib import Path

import pytest

from gongjia.kernel import checkups
from gongjia.kernel.checkups import Level
from gongjia.kernel.keys import Keyring
from tests.installation import Installation

pytestmark = pytest.mark.system("O1")


def lines(city: Installation, *argv: str, **settings: str) -> tuple[int, list[str]]:
    done = city.gongjia("check", *argv, **settings)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_a_sound_installation_has_no_error(first_city: Installation) -> None:
    code, said = lines(first_city)
    assert code == 0
    assert not [line for line in said if line.startswith("错误")]
    assert [line for line in said if line.startswith("好　设置：没有发现")]
    assert [line for line in said if line.startswith("警告　定时任务：五分钟内没有运行过")]


def test_unsafe_settings_are_listed_and_not_refused(first_city: Installation) -> None:
    code, said = lines(first_city, "--quick", GONGJIA_HOSTS="*", GONGJIA_HTTPS="0")
    assert code == 1
    assert len([line for line in said if line.startswith("错误　设置：")]) == 2


def test_other_modes_are_told(first_city: Installation) -> None:
    code, said = lines(first_city, "--quick", GONGJIA_MODE="demo")
    assert code == 0
    assert "警告　设置：现在是 demo 模式，只能放虚构的数据。" in said


def test_a_missing_key_file_is_an_error(city: Installation) -> None:
    city.keys.unlink()
    code, said = lines(city, "--quick")
    assert code == 1
    assert [line for line in said if line.startswith("错误　钥匙：没有找到钥匙文件")]
    assert [line for line in said if line.startswith("错误　钥匙与数据：")]


def test_the_keys_of_another_installation_are_an_error(city: Installation) -> None:
    city.keys.unlink()
    Keyring.create().save(city.keys)
    code, said = lines(city, "--quick")
    assert code == 1
    assert [line for line in said if line.startswith("错误　钥匙与数据：") and "第 1 行" in line]


def test_a_rotation_that_was_left_half_done_is_a_warning(city: Installation) -> None:
    Keyring.load(city.keys).add_generation().save(city.keys)
    code, said = lines(city, "--quick")
    assert code == 0
    assert "警告　钥匙：上一次换钥没有做完，请执行 gongjia rotate 把它做完。" in said


def test_an_empty_database_lacks_its_tables(machine: Installation) -> None:
    code, said = lines(machine)
    assert code == 1
    assert [line for line in said if line.startswith("错误　数据库结构：还有")]
    assert not [line for line in said if "审计记录" in line]


def test_a_file_that_is_gone_is_named(city: Installation) -> None:
    lost = next(path for path in (city.var / "files").rglob("*") if path.is_file())
    lost.unlink()
    code, said = lines(city, "--quick")
    assert code == 1
    assert [line for line in said if line.startswith("错误　文件：") and lost.name in line]


def test_a_tampered_record_is_an_error_and_verify_names_the_row(city: Installation) -> None:
    city.inside("from gongjia.kernel.models import AuditRow; AuditRow.objects.filter(pk=2).update(person_id=99)")
    code, said = lines(city)
    assert code == 1
    assert "错误　审计记录：不完好。请执行 gongjia verify 查看是哪些行。" in said
    verified = city.gongjia("verify")
    assert verified.returncode == 1
    assert "✗ 内容被改动的行：2" in verified.stdout.splitlines()


def test_figures_that_differ_from_their_rows_are_an_error(city: Installation) -> None:
    assert [line for line in lines(city)[1] if line.startswith("好　统计数字：")]
    city.inside("from gongjia.backbone.memberships.models import *; Membership._base_manager.all().delete()")
    code, said = lines(city)
    assert code == 1
    assert [line for line in said if line.startswith("错误　统计数字：与明细不一致：")]


def test_messages_that_hang_are_a_warning(first_city: Installation) -> None:
    assert "好　消息：没有积压。" in lines(first_city)[1]


def test_verify_shows_the_newest_seal_to_be_copied_down(first_city: Installation) -> None:
    done = first_city.gongjia("verify")
    assert done.returncode == 0
    number, mac = (first_city.var / "audit.head").read_text().split()
    assert f"最新封存点：第 {number} 批 {mac[:32]}" in done.stdout
    assert "审计记录完好。" in done.stdout


def test_verify_misses_a_tail_that_was_cut_off(city: Installation) -> None:
    city.inside(
        "from gongjia.kernel.models import *; AuditRow.objects.all().delete(); AuditSeal.objects.all().delete()"
    )
    done = city.gongjia("verify")
    assert done.returncode == 1
    assert "✗ 库外有登记、库里没有了的封存批次：1" in done.stdout.splitlines()


@pytest.mark.postgresql
def test_a_database_that_cannot_be_reached_is_told_with_what_to_do(first_city: Installation) -> None:
    url = "postgres://postgres@127.0.0.1:1/gongjia"
    code, said = lines(first_city, GONGJIA_DATABASE_URL=url)
    assert code == 1
    assert [line for line in said if line.startswith("错误　数据库：连不上")]
    assert "请检查数据库是否在运行" in "".join(said)
    for argv in (("verify",), ("backup", "--to", "never")):
        done = first_city.gongjia(*argv, GONGJIA_DATABASE_URL=url)
        assert done.returncode == 2
        assert done.stderr.startswith("数据库不可用：")
        assert "Traceback" not in done.stderr


def test_what_rooms_register_is_asked_and_one_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch, at) -> None:
    monkeypatch.setattr(checkups, "_registered", {})
    checkups.register("坏的", f"{__name__}.fails")
    checkups.register("好的", f"{__name__}.is_well")
    bad, good = checkups.registered(at=at)
    assert (bad.level, bad.text) == (Level.ERROR, "检查没有做成：ZeroDivisionError：no luck")
    assert (good.zh, good.level, good.text) == ("好的", Level.GOOD, "2026")


def fails(at) -> tuple[Level, str]:
    raise ZeroDivisionError("no luck")


def is_well(at) -> tuple[Level, str]:
    return Level.GOOD, str(at.year)


def test_a_killed_rotation_goes_on(city: Installation, tmp_path: Path) -> None:
    """The process ends without a word in the middle of a batch."""
    before = city.digest()[2]
    killed = """
import os
import django
django.setup()
from gongjia.command import main
from gongjia.kernel import rotation
rotation.BATCH, sound, rows = 3, rotation._reseal_row, []
def reseal(row, columns):
    sound(row, columns)
    rows.append(row)
    if len(rows) == 5:
        os._exit(9)
rotation._reseal_row = reseal
main(["rotate", "--wait", "0"])
"""
    assert city.python("-c", killed).returncode == 9
    assert Keyring.load(city.keys).rotating
    assert city.digest()[2] == before
    done = city.gongjia("rotate", "--wait", "0")
    assert done.returncode == 0, done.stderr
    assert "接着做上一次没有做完的换钥" in done.stdout
    assert "人员：共 8，换了 5" in done.stdout
    assert not Keyring.load(city.keys).rotating
    assert city.digest()[2] == before
    assert lines(city, "--quick")[0] == 0
