"""`gongjia retry`: what was tried many times and given up is tried again, once its cause is mended."""

import argparse

from gongjia.command import wake

SUMMARY = "把试了多次没有做成的后台事项再试一遍"


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gongjia retry", description=SUMMARY)
    parser.add_argument("--event", default="", metavar="名称", help="只试这一种，如 messages.to_send（默认全部）")
    given = parser.parse_args(argv)
    wake()
    from gongjia.kernel import clock, events  # models: Django has to be awake

    if given.event and given.event not in events.declared():
        parser.error(f"没有叫“{given.event}”的事件。有：{'、'.join(events.declared())}")
    count = events.try_again(at=clock.now(), name=given.event)
    print(f"{count:,} 件重新排队，由 gongjia worker 办理。" if count else "没有试了多次没有做成的事项。")
    return 0
