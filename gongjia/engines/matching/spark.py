"""A comparison on Spark: the register goes to every machine once, each task works on a part of the records.

pyspark and Java are not among what Gongjia installs: few need them, and they weigh half a gigabyte.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from gongjia.engines.matching.core.parts import Part, Shared, Work, match_in_parts
from gongjia.engines.matching.core.verdicts import Verdict

_SIZE = 20_000  # records a task


class SparkMissing(RuntimeError):
    """Spark cannot be started; the text is a Chinese sentence that says what to install."""


def match_on_spark(*given: Any, **named: Any) -> Iterator[Verdict]:
    """`match` with the records spread over Spark's tasks; takes the same and gives the same.

    The cluster is the one that PYSPARK_SUBMIT_ARGS names, or all processors of this machine. Raises SparkMissing.
    """
    session = _session()
    try:
        return iter(list(match_in_parts(*given, spread=partial(_spread, session), size=_SIZE, **named)))
    finally:
        session.stop()


def _session() -> Any:
    if not _has_java():
        raise SparkMissing("没有找到 Java。用 --engine spark 要先装 Java 17 以上，并设好 JAVA_HOME 或 PATH。")
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise SparkMissing("没有安装 pyspark。请先执行 pip install pyspark，或者不加 --engine spark。") from missing
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        session = SparkSession.builder.appName("gongjia compare").getOrCreate()
    except PySparkException as broken:
        raise SparkMissing("Spark 没有启动起来。请检查 Java 是不是 17 以上，以及 Spark 的设置。") from broken
    session.sparkContext.setLogLevel("ERROR")
    return session


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME", "")
    return bool(shutil.which("java") or (home and (Path(home) / "bin" / "java").is_file()))


def _spread(session: Any, work: Work, shared: Shared, parts: Sequence[Part]) -> Sequence[list[Verdict]]:
    if not parts:
        return []
    context = session.sparkContext
    sent = context.broadcast(shared)
    found: list[list[Verdict]] = context.parallelize(parts, len(parts)).map(partial(_task, work, sent)).collect()
    sent.unpersist()
    return found


def _task(work: Work, sent: Any, part: Part) -> list[Verdict]:
    return work(sent.value, part)
