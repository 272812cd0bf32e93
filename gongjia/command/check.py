"""`gongjia check`: everything that must be right for the platform to work, in a list of 好, 警告 and 错误."""

import argparse

import django

SUMMARY = "检查设置、钥匙、数据库、磁盘和审计记录"


def run(argv: list[str]) -> int:
    """0 when nothing is wrong (warnings may stand), 1 when something is."""
    parser = argparse.ArgumentParser(prog="gongjia check", description=SUMMARY)
    parser.add_argument("--quick", action="store_true", help="不核对审计记录和统计数字（数据多时它们要很久）")
    given = parser.parse_args(argv)
    django.setup()
    from gongjia.command import _checkups
    from gongjia.kernel import clock
    from gongjia.kernel.checkups import Level

    levels = []
    for result in _checkups.results(at=clock.now(), quick=given.quick):
        print(f"{result.level.zh}　{result.zh}：{result.text}", flush=True)
        levels.append(result.level)
    wrong = levels.count(Level.ERROR)
    print(f"共 {len(levels)} 项：{wrong} 项错误，{levels.count(Level.WARNING)} 项警告。")
    return 1 if wrong else 0
