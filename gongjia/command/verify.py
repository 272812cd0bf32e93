"""`gongjia verify`: the whole record recomputed, and what does not fit named."""

import argparse
from collections.abc import Sequence
from datetime import timedelta

import django

SUMMARY = "核对审计记录：有没有被改动、删除或添加"
SEALED_WITHIN = timedelta(minutes=2)
MOST_NAMED = 20


def run(argv: list[str]) -> int:
    """0 when the record is sound, 1 when it is not."""
    argparse.ArgumentParser(prog="gongjia verify", description=SUMMARY).parse_args(argv)
    django.setup()
    from gongjia.kernel import audit, clock

    at = clock.now()
    found = audit.verify(unsealed_before=at - SEALED_WITHIN)
    print(f"审计记录 {found.rows:,} 行，封存 {found.seals:,} 批，库外登记 {found.noted_seals:,} 批。")
    if found.head is not None:
        number, mac = found.head
        print(f"最新封存点：第 {number} 批 {mac.hex()[:32]}（可抄录留存，日后对照）")
    for zh, numbers in (
        ("内容被改动的行", found.changed),
        ("被删除的行", found.missing),
        ("来历不明的行", found.inserted),
        ("被改动的封存批次", found.broken_seals),
        ("库外有登记、库里没有了的封存批次", found.lost_seals),
    ):
        if numbers:
            print(f"✗ {zh}：{_named(numbers)}")
    if found.unsealed:
        print(f"！超过两分钟还没有封存的行：{_named(found.unsealed)}。请检查定时任务 gongjia tick 是否在运行。")
    if found.seals and not found.noted_seals:
        print(f"！没有找到库外登记 {audit.head_file()}：末尾被整段删掉时看不出来。")
    if found.is_sound:
        print("审计记录完好。")
        return 0
    print("审计记录不完好：请保留现场，停止直接操作数据库，并报告安全管理员和审计员。")
    return 1


def _named(numbers: Sequence[int]) -> str:
    more = f" 等 {len(numbers):,} 处" if len(numbers) > MOST_NAMED else ""
    return "、".join(str(number) for number in numbers[:MOST_NAMED]) + more
