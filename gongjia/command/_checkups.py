"""The questions of `gongjia check`, and their answers."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import safety
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.files.storage import path_of
from gongjia.command import DATABASE_ADVICE
from gongjia.command.verify import SEALED_WITHIN
from gongjia.kernel import audit, checkups, keyring
from gongjia.kernel.checkups import Level, Result, asked
from gongjia.kernel.crypto import SealError
from gongjia.kernel.keys import KeysBad, KeysMissing
from gongjia.kernel.models import Event, Tick
from gongjia.kernel.secrets import WithSecrets, indexes_of, sealed_columns

LITTLE_SPACE, NO_SPACE = 2 << 30, 200 << 20
TICK_LATE = timedelta(minutes=5)
FILES_LOOKED_AT = 200
Answer = tuple[Level, str]


def results(*, at: datetime, quick: bool) -> Iterator[Result]:
    """One result after the other; without a database those that need it are left out."""
    yield from _settings()
    yield asked("钥匙", _keys, at)
    yield asked("磁盘空间", _space, at)
    database = asked("数据库", _database, at)
    yield database
    if database.level is Level.ERROR:
        return
    migrations = asked("数据库结构", _migrations, at)
    yield migrations
    if migrations.level is Level.ERROR:
        return
    yield asked("钥匙与数据", _keys_fit, at)
    yield asked("文件", _files, at)
    yield asked("定时任务", _ticks, at)
    yield asked("后台任务", _events, at)
    if not quick:
        yield asked("审计记录", _audit, at)
        yield from checkups.registered(at=at)


def _settings() -> Iterator[Result]:
    if settings.MODE != "production":
        yield Result("设置", Level.WARNING, f"现在是 {settings.MODE} 模式，只能放虚构的数据。")
        return
    found = list(safety.dangers())
    for danger in found:
        yield Result("设置", Level.ERROR if danger.is_fatal else Level.WARNING, danger.text)
    if not found:
        yield Result("设置", Level.GOOD, "没有发现不安全的设置。")


def _keys(_at: datetime) -> Answer:
    try:
        ring = keyring.current()
    except (KeysMissing, KeysBad) as error:
        return Level.ERROR, str(error)
    if ring.rotating:
        return Level.WARNING, "上一次换钥没有做完，请执行 gongjia rotate 把它做完。"
    return Level.GOOD, f"第 {ring.active_id} 号钥匙，算法套件 {ring.suite}。请确认它另有备份，并与数据分开保管。"


def _space(_at: datetime) -> Answer:
    free = shutil.disk_usage(settings.VAR).free
    text = f"{settings.VAR} 所在磁盘还剩 {free / (1 << 30):,.1f} GB。"
    if free < NO_SPACE:
        return Level.ERROR, f"{text}马上就写不进去了，请立即清理或扩容。"
    if free < LITTLE_SPACE:
        return Level.WARNING, f"{text}请尽快清理或扩容。"
    return Level.GOOD, text


def _database(_at: datetime) -> Answer:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        return Level.ERROR, f"连不上：{str(error).strip()}。{DATABASE_ADVICE}"
    return Level.GOOD, f"{connection.display_name} 可以读写。"


def _migrations(_at: datetime) -> Answer:
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        return Level.ERROR, f"还有 {missing} 步升级没有做。请先备份，再执行 gongjia manage migrate。"
    return Level.GOOD, "与程序一致。"


def _keys_fit(_at: datetime) -> Answer:
    """The oldest and the newest sealed row of each model are opened, and found by their index."""
    opened = 0
    for model, columns in sealed_columns():
        for column in columns:
            sealed = model._base_manager.exclude(**{column: b""}).order_by("pk")
            for row in {row.pk: row for row in (sealed.first(), sealed.last()) if row is not None}.values():
                opened += 1
                if wrong := _fault(row, column):
                    return Level.ERROR, f"{model._meta.verbose_name}第 {row.pk} 行：{wrong}"
    if not opened:
        return Level.GOOD, "还没有加密内容。"
    return Level.GOOD, f"抽查 {opened} 处加密内容，都能解开，也都能查到。"


def _fault(row: WithSecrets, column: str) -> str:
    """What is wrong with a sealed value, "" when nothing is."""
    try:
        value = row.reveal(column)
    except (SealError, KeysMissing, KeysBad) as error:
        return str(error)
    purpose = row.secret_purposes.get(column)
    if purpose and getattr(row, f"{column}_index") not in indexes_of(value, purpose=purpose):
        return "按内容查不到它，因为查找索引是用别的钥匙做的。请恢复当时的钥匙文件。"
    return ""


def _files(_at: datetime) -> Answer:
    references = list(StoredFile._base_manager.order_by("-pk").values_list("reference", flat=True)[:FILES_LOOKED_AT])
    missing = [reference for reference in references if not path_of(reference).is_file()]
    if missing:
        named = "、".join(missing[:5])
        return Level.ERROR, f"最近 {len(references)} 个文件里有 {len(missing)} 个不在磁盘上（{named}），请从备份恢复。"
    return Level.GOOD, f"最近 {len(references)} 个文件都在。" if references else "还没有文件。"


def _ticks(at: datetime) -> Answer:
    last = Tick.objects.exclude(last_at=None).order_by("-last_at").first()
    if last is None or last.last_at is None or at - last.last_at > TICK_LATE:
        return Level.WARNING, "五分钟内没有运行过。请启动 gongjia tick，否则提醒、封存和重试都会停住。"
    failed = list(Tick.objects.exclude(error="").order_by("name").values_list("name", "error"))
    if failed:
        named = "、".join(f"{name}（{error}）" for name, error in failed)
        return Level.WARNING, f"上一次没有做成：{named}。原因写在日志里。"
    return Level.GOOD, "在按时运行。"


def _events(at: datetime) -> Answer:
    failed = Event.objects.filter(state=Event.State.FAILED).count()
    late = Event.objects.filter(state=Event.State.WAITING, due_at__lt=at - timedelta(hours=1)).count()
    if failed or late:
        return Level.WARNING, (
            f"{failed} 件试了多次没有做成，{late} 件等了一小时以上。请检查 gongjia worker 和日志；"
            "原因处理好以后，执行 gongjia retry 把没有做成的再试一遍。"
        )
    return Level.GOOD, "没有积压。"


def _audit(at: datetime) -> Answer:
    found = audit.verify(unsealed_before=at - SEALED_WITHIN)
    if not found.is_sound:
        return Level.ERROR, "不完好。请执行 gongjia verify 查看是哪些行。"
    if found.unsealed:
        return Level.WARNING, f"{len(found.unsealed)} 行还没有封存。请检查 gongjia tick 是否在运行。"
    return Level.GOOD, f"{found.rows:,} 行完好。"
