"""`gongjia demo`: the whole invented city on this machine: web, worker and tick, started and stopped together."""

import argparse
import socket
import sys
import urllib.error
import urllib.request

from config import environment
from gongjia.command import _city, wake
from gongjia.command._processes import Together

SUMMARY = "打开演示城市（网页、后台任务、定时任务一起启动）"
FIRST_PAGE_SECONDS = 60.0
NAMES = {"web": "网页服务", "worker": "后台任务", "tick": "定时任务"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - only when asked for


def run(argv: list[str]) -> int:
    given = _arguments(argv)
    if not _free(given.host, given.port):
        print(
            f"端口 {given.port} 已被占用：请先停掉占用它的程序，或换一个端口，如 make demo PORT={given.port + 1}",
            file=sys.stderr,
        )
        return 1
    url = f"http://{'127.0.0.1' if given.host == EVERYWHERE else given.host}:{given.port}/"
    _city.prepare_environment(url.rstrip("/"))
    try:
        with _city.reserved() as alone:
            _prepare(_city.wanted(given.scale, given.seed), alone=alone)
    except _city.CannotBuild as refusal:
        print(refusal, file=sys.stderr)
        return 1
    with _city.shared():
        return _open(given.host, given.port, url)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gongjia demo", description=SUMMARY)
    parser.add_argument("--host", default="127.0.0.1", help="监听地址；要让手机扫码，用 0.0.0.0（默认 %(default)s）")
    parser.add_argument("--port", type=int, default=8000, help="端口（默认 %(default)s）")
    scale = environment.whole("GONGJIA_DEMO_SCALE", 60_000)
    parser.add_argument("--scale", type=int, default=scale, help="会员人数（默认 %(default)s）")
    parser.add_argument("--seed", type=int, default=1, help="同一个数总是得到同一座城市（默认 %(default)s）")
    return parser.parse_args(argv)


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _prepare(stamp: _city.Stamp, *, alone: bool) -> None:
    wake()
    if not _city.stands(stamp):
        if not alone:
            raise _city.CannotBuild("另一个演示正在使用同一个数据文件夹：请先停掉它，再按新的设置启动。")
        _city.clear()
        print(f"正在建造演示城市（{stamp.scale:,} 名会员），只在第一次需要……", flush=True)
        _city.build(stamp)
    if alone:
        _city.collect_static()


def _open(host: str, port: int, url: str) -> int:
    together = Together(_city.folder() / "log")
    gongjia = (sys.executable, "-P", "-m", "gongjia.command")
    together.start("web", *gongjia, "serve", "--bind", f"{host}:{port}")
    together.start("worker", *gongjia, "worker")
    together.start("tick", *gongjia, "tick")
    answered = together.until(lambda: _answers(url), seconds=FIRST_PAGE_SECONDS)
    if answered:
        print(f"演示城市已打开：{url}\n停止：按 Ctrl-C", flush=True)
        together.watch()
    ended = together.stop() or ("" if answered or together.told_to_stop else "web")
    if ended:
        print(
            f"{NAMES[ended]}没有运行下去，其余已一并停止。它最后写下：\n{together.last_words(ended)}", file=sys.stderr
        )
        return 1
    print("演示已停止。")
    return 0


def _answers(url: str) -> bool:
    """Whether the web server gives a page, be it one that refuses."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
