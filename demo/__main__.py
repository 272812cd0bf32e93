"""`python -m demo --scale N --seed N` peoples an empty, migrated database; `gongjia demo` calls it once."""

import argparse
import os
import sys

import django


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m demo")
    parser.add_argument("--scale", type=int, required=True, help="会员人数")
    parser.add_argument("--seed", type=int, required=True)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from demo.city import build

    try:
        build(scale=given.scale, seed=given.seed)
    except ValueError as refusal:
        sys.exit(str(refusal))


main()
