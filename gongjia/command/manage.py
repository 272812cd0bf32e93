"""`gongjia manage …`: Django's own commands."""

from django.core.management import execute_from_command_line

SUMMARY = "Django 自带的管理命令，如 gongjia manage migrate"


def run(argv: list[str]) -> int:
    execute_from_command_line(["gongjia manage", *argv])
    return 0
