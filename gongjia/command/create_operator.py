"""`gongjia create-operator`: the first account of a new installation, by which all others are opened."""

import argparse
import getpass
import sys

from gongjia.command import REFUSED, wake

SUMMARY = "为新装的平台开立第一个系统管理员账号"


def run(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gongjia create-operator", description=SUMMARY)
    parser.add_argument("--username", default="operator", help="登录名（默认 %(default)s）")
    parser.add_argument("--name", required=True, help="姓名")
    parser.add_argument("--federation", default="", help="最上级总工会的全称；平台里还没有任何工会时要给出")
    given = parser.parse_args(argv)
    wake()
    from gongjia.command import _operator
    from gongjia.kernel import clock
    from gongjia.kernel.errors import Refused

    try:
        made = _operator.create(given.username, given.name, given.federation, ask=_ask, at=clock.now())
    except Refused as refusal:
        print("；".join(refusal.reasons), file=sys.stderr)
        return REFUSED
    print(f"已开立系统管理员“{made.username}”。请用手机上的身份验证器扫下面的码：\n")
    print(made.picture)
    print(f"扫不了时手工输入密钥：{made.secret}\n\n恢复码（每个只能用一次，请抄下来和重要证件放在一起）：")
    print("\n".join(f"  {code}" for code in made.recovery_codes))
    print("\n登录：在网页上选“工会干部用密码登录”。")
    return 0


def _ask(faults: list[str]) -> str:
    """Ask for a password, twice; what was wrong with the one before is said first."""
    for fault in faults:
        print(fault, file=sys.stderr)
    while True:
        password = getpass.getpass("密码（至少 12 位，不显示）：")
        if password == getpass.getpass("再输入一次："):
            return password
        print("两次输入的不一样，请重来。", file=sys.stderr)
