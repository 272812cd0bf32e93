"""The pictures of the two READMEs: `make pictures` opens a small demo city, walks it and photographs it.

Each persona enters by the demo's own page. The officer sends two coined lists to be compared, the chair makes a
poster, so that what is shown has happened. Pictures are Chromium's own PNG, packed anew by the standard library: each
colour rounded to one of 256 of the picture's own.
"""

import csv
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from demo.names.employers import Employer, Employers

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/pictures"
SCALE = 600
SECONDS = 240
MOST_BYTES = 150_000
PHONE, DESK = (390, 844), (1440, 900)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
COUNTY, SEED, LISTED, ROSTERED = "421202", 2026, 320, 180
PNG = b"\x89PNG\r\n\x1a\n"


class Picture(NamedTuple):
    """`path` is the page, or what a step before has noted under that name."""

    name: str
    persona: str
    path: str
    size: tuple[int, int]


PICTURES = (
    Picture("worker-home", "wangfang", "/my/", PHONE),
    Picture("worker-card", "wangfang", "/my/membership/", PHONE),
    Picture("poster-phone", "", "poster", PHONE),
    Picture("worker-speak", "wangfang", "/my/voices/new/", PHONE),
    Picture("chair-home", "hejianping", "/desk/", PHONE),
    Picture("officer-run", "zhangmin", "run", DESK),
    Picture("officer-leads", "zhangmin", "/desk/leads/", DESK),
    Picture("officer-foundings", "zhangmin", "/desk/foundings/", DESK),
    Picture("officer-voices", "zhangmin", "/desk/voices/", DESK),
    Picture("union", "zhangmin", "union", DESK),
    Picture("leader-home", "chenli", "/desk/", DESK),
    Picture("leader-figure", "chenli", "/desk/figures/members/", DESK),
    Picture("auditor-record", "zhaoqing", "/desk/audit/?only=opened", DESK),
)


def main() -> int:
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory(prefix="gongjia-pictures-") as folder,
        city(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        noted = before(browser, url, Path(folder))
        FOLDER.mkdir(parents=True, exist_ok=True)
        sizes = {each.name: photograph(browser, url, each, noted) for each in PICTURES}
        browser.close()
    for name, size in sizes.items():
        print(f"{name}.png {size:,}")
    return 1 if max(sizes.values()) > MOST_BYTES else 0


def chromium() -> str | None:
    """The browser's program; None lets Playwright look for its own."""
    return os.environ.get("GONGJIA_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def city(folder: Path) -> Iterator[str]:
    """A demo city of its own on a free port, with no setting of the caller's, until the pictures are made."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGJIA_")}
    command = [sys.executable, "-m", "gongjia.command", "demo", "--scale", str(SCALE), "--port", str(port)]
    demo = subprocess.Popen(command, cwd=ROOT, env=kept | {"GONGJIA_VAR": str(folder / "var")})
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, demo)
        yield url
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(60)


def wait_for(url: str, demo: "subprocess.Popen[bytes]") -> None:
    """Raises RuntimeError when the city ends or stays away."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and demo.poll() is None:
        try:
            direct.open(f"{url}/", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise RuntimeError("the demo city did not open; its last words stand above")


def before(browser: Any, url: str, folder: Path) -> dict[str, str]:
    """What must have happened: a poster and a comparison. Returns the addresses of what came of it."""
    with window(browser, url, "hejianping", DESK) as page:
        page.goto("/desk/")
        page.get_by_role("link", name="工会档案").click()
        union = page.url
        page.get_by_role("link", name="入会海报").click()
        page.get_by_role("button", name="生成海报").click()
        page.wait_for_url("**/desk/posters/*/")
        poster = page.url.replace("/desk/posters/", "/j/")
    with window(browser, url, "zhangmin", DESK) as page:
        page.goto("/desk/radar/")
        employers, unions = write_lists(folder)
        page.locator("[name=lists]").set_input_files([employers, unions])
        page.get_by_role("button", name="放进名单").click()
        page.get_by_role("button", name="开始比对").click()
        run = page.url
        for _ in range(SECONDS):
            if page.get_by_role("link", name="看应建未建单位").count():
                break
            time.sleep(1)
            page.goto(run)
    return {"union": union, "run": run, "poster": poster}


def write_lists(folder: Path) -> tuple[Path, Path]:
    """A list of coined employers as market regulation keeps it, and a roster that misses some, with slips in others."""
    coined = Employers(SEED)
    firms = [coined.coin(county=COUNTY) for _ in range(LISTED)]
    employers, unions = folder / "市场监管名单.csv", folder / "工会名册.csv"
    rows = [(each.name, each.uscc, "咸宁市", "咸安区", each.address, each.staff, "存续") for each in firms]
    write_list(employers, ("企业名称", "统一社会信用代码", "市", "区县", "住所", "从业人数", "经营状态"), rows)
    heading = ("序号", "工会名称", "单位代码", "所在单位", "所在市", "所在县", "会员数")
    write_list(unions, heading, [rostered(number, each) for number, each in enumerate(firms[:ROSTERED], start=1)])
    return employers, unions


def rostered(number: int, firm: Employer) -> tuple[object, ...]:
    """Every third record lacks its code, some of these name their employer in short as well."""
    code = "" if number % 3 == 0 else firm.uscc
    name = firm.name.removesuffix("有限公司") if number % 6 == 0 else firm.name
    name = name.removeprefix("咸宁市").removeprefix("咸安区").removeprefix("咸宁") if number % 9 == 0 else name
    return number, f"{name}工会委员会", code, name, "咸宁市", "咸安区", max(1, firm.staff * 3 // 4)


def write_list(path: Path, heading: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heading, *rows])


@contextmanager
def window(browser: Any, url: str, persona: str, size: tuple[int, int]) -> Iterator[Any]:
    """A page in a window of its own, in which somebody has entered by the demo's page; nobody for ""."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=url, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    if persona:
        page.goto("/demo/")
        page.locator(f"button[value={persona}]").click()
    yield page
    context.close()


def photograph(browser: Any, url: str, picture: Picture, noted: dict[str, str]) -> int:
    """Write one picture; its size in bytes."""
    with window(browser, url, picture.persona, picture.size) as page:
        answer = page.goto(noted.get(picture.path, picture.path), wait_until="networkidle")
        if answer.status != 200:
            raise RuntimeError(f"{picture.name}: {answer.status} at {page.url}")
        page.evaluate("document.fonts.ready")
        packed = repacked(page.screenshot(type="png", animations="disabled"))
    (FOLDER / f"{picture.name}.png").write_bytes(packed)
    return len(packed)


def repacked(png: bytes) -> bytes:
    """The same picture with a palette of its 256 commonest colours, packed tightly; others take the nearest of them."""
    width, height, pixels = opened(png)
    counts = Counter(pixels)
    palette = [colour for colour, _ in counts.most_common(256)]
    number = {colour: each for each, colour in enumerate(palette)}
    for colour in counts:
        if colour not in number:
            number[colour] = nearest(colour, palette)
    rows = (pixels[start : start + width] for start in range(0, width * height, width))
    lines = b"".join(b"\0" + bytes(number[colour] for colour in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return PNG + b"".join(chunk(kind, content) for kind, content in parts)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def nearest(colour: bytes, palette: list[bytes]) -> int:
    distances = (sum((a - b) ** 2 for a, b in zip(colour, each, strict=True)) for each in palette)
    return min(enumerate(distances), key=lambda each: each[1])[0]


def opened(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the colours of a PNG as Chromium writes it: 8 bits, RGB or RGBA, not interlaced."""
    start, packed, width, height, kind = len(PNG), b"", 0, 0, 0
    while start < len(png):
        length, name = struct.unpack_from(">I4s", png, start)
        content = png[start + 8 : start + 8 + length]
        if name == b"IHDR":
            width, height, _, kind = struct.unpack_from(">IIBB", content)
        packed += content if name == b"IDAT" else b""
        start += 12 + length
    step = {2: 3, 6: 4}[kind]
    lines, before_it, stride = zlib.decompress(packed), bytearray(width * step), width * step + 1
    pixels: list[bytes] = []
    for at in range(0, height * stride, stride):
        before_it = unfiltered(lines[at], bytearray(lines[at + 1 : at + stride]), before_it, step)
        pixels += [bytes(before_it[each : each + 3]) for each in range(0, width * step, step)]
    return width, height, pixels


def unfiltered(how: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """Undo one of PNG's five filters (ISO/IEC 15948 section 9)."""
    for each in range(len(line) if how else 0):
        left = line[each - step] if each >= step else 0
        corner = above[each - step] if each >= step else 0
        guess = (0, left, above[each], (left + above[each]) // 2, paeth(left, above[each], corner))[how]
        line[each] = (line[each] + guess) & 0xFF
    return line


def paeth(left: int, above: int, corner: int) -> int:
    estimate = left + above - corner
    return min((left, above, corner), key=lambda each: abs(estimate - each))


if __name__ == "__main__":
    raise SystemExit(main())
