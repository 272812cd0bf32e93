"""`gongjia create-keys`: the key file of a new installation, once."""

import argparse
import sys
from pathlib import Path

from django.conf import settings

from gongjia.command import REFUSED

SUMMARY = "为新装的平台生成钥匙文件"


def run(argv: list[str]) -> int:
    """Refused where there is a file already, or where the database holds what another file has sealed."""
    parser = argparse.ArgumentParser(prog="gongjia create-keys", description=SUMMARY)
    parser.add_argument("--suite", choices=("international", "gm"), default="international", help="算法套件")
    given = parser.parse_args(argv)
    from gongjia.kernel.keys import Keyring

    path = Path(settings.KEYS_FILE)
    if path.exists():
        print(f"钥匙文件 {path} 已经有了，没有改动。要换新钥匙，请执行 gongjia rotate。", file=sys.stderr)
        return REFUSED
    if _sealed_already():
        print("数据库里已有加密内容，只能用原来的钥匙解开。请从单独保管的备份中恢复钥匙文件。", file=sys.stderr)
        return REFUSED
    Keyring.create(given.suite).save(path)
    print(f"钥匙文件已写入 {path}。请现在就把它另外备份，与数据分开保管：丢了它，加密的内容再也读不出来。")
    return 0


def _sealed_already() -> bool:
    """Whether any row was sealed; a database without tables has none."""
    import django
    from django.db import connection

    django.setup()
    from gongjia.kernel.secrets import sealed_columns

    tables = set(connection.introspection.table_names())
    return any(
        model._base_manager.exclude(**{column: b""}).exists()
        for model, columns in sealed_columns()
        if model._meta.db_table in tables
        for column in columns
    )
