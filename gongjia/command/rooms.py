"""`gongjia rooms`: what is registered with what, room by room; a test holds the list."""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.conf import settings

from gongjia.command import wake

SUMMARY = "列出各房间登记了什么"


def run(argv: list[str]) -> int:
    argparse.ArgumentParser(prog="gongjia rooms", description=SUMMARY).parse_args(argv)
    wake()
    print(listing())
    return 0


def listing() -> str:
    """The rooms in their order, then what the kernel's registries hold. Django must be awake."""
    return "\n".join((*_rooms(), *_registered()))


def _rooms() -> Iterator[str]:
    storeys: dict[str, list[str]] = defaultdict(list)
    for config in apps.get_app_configs():
        if config.name.startswith("gongjia."):
            storey, _, room = config.name.removeprefix("gongjia.").partition(".")
            models = "、".join(sorted(model.__name__ for model in config.get_models()))
            storeys[storey].append(f"  {room or storey}（{config.verbose_name}）{models}".rstrip())
    for storey, lines in storeys.items():
        yield storey
        yield from lines


def _registered() -> Iterator[str]:
    from gongjia.kernel import events, permissions, routes, ticks, verbs  # models: Django has to be awake

    import_module(settings.ROOT_URLCONF)  # routes register while the URLs are built
    yield "权限"
    for permission in permissions.registered():
        yield f"  {permission.code}：{permission.zh}（{'、'.join(sorted(permission.roles))}）"
    yield "动作"
    for verb in verbs.registered():
        yield f"  {verb.name}：{verb.zh}，须有 {verb.may}"
    yield "页面"
    for route in sorted(routes.registered(), key=lambda each: each.name):
        yield f"  {route.name}：{route.may}"
    yield "事件"
    for name, zh in events.declared().items():
        yield f"  {name}：{zh} → {'、'.join(events.handlers_of(name) + events.listeners_of(name)) or '无人等候'}"
    yield "定时"
    for work in ticks.registered():
        yield f"  {work.name}：每 {work.interval}"
