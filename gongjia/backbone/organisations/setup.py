"""Planting the root of the tree, once, when an installation begins."""

from datetime import date

from django.db import transaction

from gongjia.backbone.organisations.models import Organisation, Placement
from gongjia.backbone.organisations.words import Kind
from gongjia.backbone.regions.models import Region
from gongjia.kernel import events
from gongjia.kernel.pinyin import initials
from gongjia.kernel.reach import everywhere


def plant(*, name: str, region: Region, founded_on: date) -> Organisation:
    """Make the highest federation of this installation. Raises RuntimeError when there is one already."""
    with transaction.atomic(), everywhere(reason="plant the root of the tree"):
        if Organisation.objects.exists():
            raise RuntimeError("the tree has its root already")
        root: Organisation = Organisation.objects.add_root(
            {
                "kind": Kind.FEDERATION,
                "name": name,
                "initials": initials(name),
                "region": region,
                "founded_on": founded_on,
            }
        )
        Placement.objects.create(organisation=root, superior=None, from_on=founded_on, reason="成立")
        events.tell("organisations.founded", organisation=root)
    return root
