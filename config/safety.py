"""What the platform must not be started with: each danger is a sentence that says what to do.

Only `production` refuses; demo and test hold invented data. `gongjia check` lists the dangers instead of refusing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from config.environment import BadSetting
from gongjia.kernel.keys import Keyring, KeysBad, KeysMissing

SHORTEST_SECRET = 40
FEWEST_SIGNS = 12
NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "fuse.glusterfs", "9p", "ceph"})
MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True)
class Danger:
    """One that is fatal stops the start; the others are told by `gongjia check`."""

    text: str
    is_fatal: bool = True


def refuse_unsafe() -> None:
    """Raises BadSetting, a line for each fatal danger, in production."""
    if settings.MODE != "production":
        return
    fatal = [danger.text for danger in dangers() if danger.is_fatal]
    if fatal:
        raise BadSetting("设置不安全，没有启动：\n" + "\n".join(f"  · {text}" for text in fatal))


def dangers() -> Iterator[Danger]:
    """Everything unsafe in the settings, whatever the mode."""
    yield from _of_settings()
    yield from _of_keys()
    yield from _of_folder()
    yield from _of_database()


def _of_settings() -> Iterator[Danger]:
    if settings.DEBUG:
        yield Danger("调试模式开着，出错时会把内部资料显示在网页上。请去掉 DEBUG 设置。")
    secret = settings.SECRET_KEY
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_SIGNS:
        yield Danger(
            f"GONGJIA_SECRET_KEY 太弱：至少要 {SHORTEST_SECRET} 个随机字符。"
            '可用 python -c "import secrets; print(secrets.token_urlsafe(48))" 生成。'
        )
    hosts = settings.ALLOWED_HOSTS
    if not hosts:
        yield Danger("没有写明网站域名，谁也打不开。请设置 GONGJIA_HOSTS，例如 GONGJIA_HOSTS=gongjia.example.cn。")
    if any(host.startswith(("*", ".")) for host in hosts):
        yield Danger("GONGJIA_HOSTS 里有通配域名，别人可以冒用网站的名字。请逐个写明域名。")
    if not settings.SECURE:
        yield Danger("没有启用 HTTPS，密码和证件号会在网上明文传送。请配好证书，并去掉 GONGJIA_HTTPS=0。")
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Danger("GONGJIA_PUBLIC_URL 不是以 https:// 开头的对外网址，海报上的二维码会打不开。", is_fatal=False)


def _of_keys() -> Iterator[Danger]:
    try:
        Keyring.load(settings.KEYS_FILE)
    except (KeysMissing, KeysBad) as error:
        yield Danger(str(error))
    database = _sqlite_file()
    if database is not None and Path(settings.KEYS_FILE).resolve().parent == database.parent:
        yield Danger(
            "钥匙文件和数据库放在同一个文件夹里，一起被拿走就等于没有加密。请用 GONGJIA_KEYS_FILE 把它放到别处。",
            is_fatal=False,
        )


def _of_folder() -> Iterator[Danger]:
    folder = Path(settings.VAR)
    try:
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield Danger(f"数据文件夹 {folder} 写不进去：{error.strerror}。请检查权限和磁盘空间。")
        return
    if folder.stat().st_mode & 0o007:
        yield Danger(f"数据文件夹 {folder} 对本机其他用户开放。请执行 chmod 700 {folder}。", is_fatal=False)


def _of_database() -> Iterator[Danger]:
    database = _sqlite_file()
    if database is not None and _is_on_network(database):
        yield Danger(
            f"SQLite 数据库 {database} 放在网络盘上，多处同时写入时可能损坏。请放到本机磁盘，或改用 PostgreSQL。",
            is_fatal=False,
        )


def _sqlite_file() -> Path | None:
    database = settings.DATABASES["default"]
    if not str(database["ENGINE"]).endswith("sqlite3"):
        return None
    return Path(str(database["NAME"])).resolve()


def _is_on_network(path: Path) -> bool:
    """By the mount that holds the path; on systems without a list of mounts by the shape of the path."""
    if str(path).startswith(("//", "\\\\")):
        return True
    try:
        lines = MOUNTS.read_text("utf-8").splitlines()
    except OSError:
        return False
    mounts = {Path(parts[1]): parts[2] for line in lines if len(parts := line.split()) > 2}
    holding = [place for place in mounts if path.is_relative_to(place)]
    return bool(holding) and mounts[max(holding, key=lambda place: len(place.parts))] in NETWORK_FILE_SYSTEMS
