"""`gongjia rotate`: new keys, and everything sealed anew under them, while people work. Killed, it goes on."""

import argparse
import sys
import time

import django
from django.conf import settings

SUMMARY = "更换钥匙：把所有加密内容换到新钥匙之下（可中断，再执行就接着做）"
MOST_SWEEPS = 20


def run(argv: list[str]) -> int:
    """0 when everything stands under the new keys; 1 when something is left, which is named."""
    parser = argparse.ArgumentParser(prog="gongjia rotate", description=SUMMARY)
    parser.add_argument("--suite", choices=("international", "gm"), help="换用的算法套件（默认不变）")
    parser.add_argument(
        "--wait",
        type=float,
        default=60,
        metavar="秒",
        help="启用新钥匙之后、停用旧索引钥匙之前，各等这么久，让正在办理的请求做完（默认 %(default)s 秒）",
    )
    given = parser.parse_args(argv)
    django.setup()
    _begin(given.suite)
    _let_requests_end(given.wait)  # those begun before look by the old index alone, and would miss what is swept
    if not _sweep_until_clean():
        return 1
    _let_requests_end(given.wait)
    if not _sweep_until_clean():
        return 1
    _finish()
    return 0


def _let_requests_end(seconds: float) -> None:
    print(f"等待 {seconds:g} 秒，让正在办理的请求做完……", flush=True)
    time.sleep(seconds)


def _begin(suite: str | None) -> None:
    from gongjia.kernel import keyring

    ring = keyring.current()
    if ring.rotating:
        print(f"接着做上一次没有做完的换钥（第 {ring.active_id} 号钥匙）。", flush=True)
        return
    ring = ring.add_generation(suite)
    ring.save(settings.KEYS_FILE)
    print(f"第 {ring.active_id} 号钥匙已写入 {settings.KEYS_FILE}。请现在就把这个文件另外备份一份。", flush=True)


def _sweep_until_clean() -> bool:
    """Sweep until nothing stands under an older key; False when something cannot be mended, which is printed."""
    from gongjia.kernel import rotation

    for _ in range(MOST_SWEEPS):
        left = 0
        stuck: dict[str, str] = {}
        for sweep in rotation.sweeps():
            left += sweep.left
            stuck |= sweep.stuck
            if sweep.old:
                print(f"  {sweep.zh}：共 {sweep.seen:,}，换了 {sweep.done:,}", flush=True)
        if stuck:
            print("下面这些没有换成，旧钥匙继续有效。处理好以后请再执行一次：", file=sys.stderr)
            for name, why in stuck.items():
                print(f"  {name}：{why}", file=sys.stderr)
            return False
        if not left:
            return True
    print("总有内容正在被改动，没有换完，旧钥匙继续有效。请在空闲时再执行一次。", file=sys.stderr)
    return False


def _finish() -> None:
    from gongjia.kernel import keyring

    ring = keyring.current().retire_old()
    ring.save(settings.KEYS_FILE)
    print(
        f"换钥完成：查找只用第 {ring.active_index_id} 号钥匙。旧的加密钥匙仍留在文件里，恢复以前的备份要用它。\n"
        f"请把 {settings.KEYS_FILE} 再备份一份，与数据分开保管。"
    )
