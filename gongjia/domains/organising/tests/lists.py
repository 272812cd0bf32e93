"""Lists as officers send them, around invented firms of a county."""

import gzip
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising import comparing, tasks
from gongjia.domains.organising.models import Lead, Run
from gongjia.engines.intake.tests.sheets import csv_of, xlsx_of
from gongjia.engines.matching.tests.registers import code_of
from gongjia.kernel.reach import entering
from tests import factories

EMPLOYER_HEADING = ("企业名称", "统一社会信用代码", "市", "县", "注册地址", "职工人数")
UNION_HEADING = ("序号", "工会名称", "单位代码", "所在市")
INSURED_HEADING = ("单位名称", "统一社会信用代码", "参保人数")
SMALL, NAMED, LARGE, EDGE = (
    ("咸宁星河坊食品有限公司", code_of(1), "咸宁", "咸安区", "咸安区长安路1号", "24"),
    ("咸宁鹤鸣机械有限公司", code_of(2), "咸宁", "咸安区", "咸安区长安路2号", "300"),
    ("咸宁青禾农业有限公司", code_of(3), "咸宁", "咸安区", "咸安区浮山街道5号", "210"),
    ("咸宁白鹭物流有限公司", code_of(4), "咸宁", "咸安区", "咸安区长安路4号", "25"),
)
EMPLOYERS = (SMALL, NAMED, LARGE, EDGE)
UNIONS = (("1", "咸宁鹤鸣机械有限公司工会委员会", "", "咸宁"),)
INSURED = (("咸宁青禾农业有限公司", code_of(3), "180"),)


def lists(
    employers: Sequence[Sequence[str]] = EMPLOYERS,
    unions: Sequence[Sequence[str]] = UNIONS,
    insured: Sequence[Sequence[str]] | None = INSURED,
) -> dict[str, tuple[str, bytes]]:
    """A packed, a plain and an Excel list."""
    found = {
        "market": ("单位.csv.gz", gzip.compress(csv_of(EMPLOYER_HEADING, *employers))),
        "roster": ("工会.csv", csv_of(UNION_HEADING, *unions, encoding="gb18030")),
    }
    if insured is not None:
        found["insured"] = ("参保.xlsx", xlsx_of({"参保": [INSURED_HEADING, *insured]}))
    return found


def ask(
    officer: factories.Person,
    organisation: Organisation,
    at: datetime,
    sent: Mapping[str, tuple[str, bytes]] | None = None,
) -> Run:
    """What the page does with an upload: the comparison waits for a worker."""
    actor = factories.actor(officer)
    given = sent or lists()
    files = [(name, [content]) for name, content in given.values()]
    reading = comparing.lists_read(organisation=organisation, files=files, kinds=list(given), at=at)
    with entering(actor.reach()), reading as read:
        run = comparing.gather(organisation=organisation, lists=read, by=actor, at=at)
        return comparing.start(run=run, by=actor, at=at)


def put_in(officer: Client, *files: tuple[str, bytes]) -> Run:
    """What the page of comparisons does with files: they wait for their beginning."""
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    assert officer.post(reverse("organising:radar"), {"lists": sent}).status_code == 302
    return Run._base_manager.order_by("pk").last()


def compared(
    officer: factories.Person,
    organisation: Organisation,
    at: datetime,
    sent: Mapping[str, tuple[str, bytes]] | None = None,
) -> Run:
    """A comparison that a worker has done."""
    run = ask(officer, organisation, at, sent)
    tasks.run_now(run.pk, now=lambda: at)
    return Run._base_manager.get(pk=run.pk)


def states() -> dict[str, str]:
    """Each lead's state, by the name of its employer."""
    return dict(Lead._base_manager.values_list("name", "state"))
