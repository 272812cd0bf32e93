"""A process that imports, or takes an import back, ended by SIGKILL again and again: in the end all is there once."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from gongjia.domains.enrolment.tests.rosters import line, sheet
from tests.installation import ROOT, Installation, empty, filled

pytestmark = [pytest.mark.long, pytest.mark.system("O8")]
ROWS = 4_000
TOGETHER = 500
TURNS = 25

_WORK = f"""
from gongjia.engines.intake import tasks, turns
from gongjia.engines.intake.models import Import
from gongjia.kernel import clock
turns.TOGETHER = {TOGETHER}
print("awake", flush=True)
for one in Import._base_manager.filter(state__in=Import.AT_WORK):
    Import._base_manager.filter(pk=one.pk).update(beat_at=None, tries=0)
    tasks.work_now(one.pk, now=clock.now)
"""
_ASK = """
from gongjia.backbone.memberships.models import Membership
from gongjia.backbone.people.models import Person
from gongjia.engines.figures import repair
from gongjia.engines.intake.models import Import, ImportTrace
import json
one = Import._base_manager.latest("pk")
joined = Membership._base_manager.filter(origin="roster")
print(json.dumps({
    "state": one.state, "added": one.added_count, "undone": one.undone_count, "kept": one.kept_count,
    "joined": joined.count(), "people": joined.values("person__id_number_index").distinct().count(),
    "all": Person._base_manager.count(), "figures": len(repair.check("members")),
    "traces": sum(ImportTrace._base_manager.values_list("row_count", flat=True)),
}))
"""
_BEGIN = """
from pathlib import Path
from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.enrolment.rosters import KIND
from gongjia.engines.intake import importing
from gongjia.engines.intake.recognising import sheet_recognised
from gongjia.kernel import clock
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
with everywhere(reason="a test"):
    union = Organisation.objects.filter(kind="grassroots_union").first()
    given = dict(organisation=union, kind=KIND, name="roster.csv", by=COMMAND, at=clock.now())
    with sheet_recognised(chunks=[Path({path!r}).read_bytes()], **given) as sheet:
        importing.send(sheet=sheet, **given)
"""
_NEXT = """
from gongjia.engines.intake import importing
from gongjia.engines.intake.models import Import
from gongjia.kernel import clock
from gongjia.kernel.actors import COMMAND
from gongjia.kernel.reach import everywhere
with everywhere(reason="a test"):
    importing.{verb}(one=Import.objects.latest("pk"), by=COMMAND, at=clock.now())
"""


def worked_on_until_done(target: Installation, state: str, draw: Random) -> int:
    """Begun again and again and killed after a while, longer each time; how often it was killed."""
    environment = target.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    killed = 0
    for turn in range(TURNS):
        source = f"import django; django.setup()\n{_WORK}"
        with subprocess.Popen(
            [sys.executable, "-c", source], env=environment, cwd=ROOT, stdout=subprocess.PIPE
        ) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            try:
                worker.wait(timeout=0.1 + draw.random() * (1 + turn) / 4)
            except subprocess.TimeoutExpired:
                worker.kill()
                killed += 1
        if asked(target)["state"] == state:
            return killed
    raise AssertionError(f"not {state} after {TURNS} turns")


def asked(target: Installation) -> dict[str, int | str]:
    found: dict[str, int | str] = json.loads(target.inside(_ASK))
    return found


def test_killed_again_and_again_all_is_there_once_and_gone_once(tmp_path: Path) -> None:
    draw = Random(5)
    roster = tmp_path / "roster.csv"
    roster.write_bytes(sheet(*(line("单雨", 1000 + number) for number in range(ROWS))))
    with empty(tmp_path, "killed") as target:
        filled(target)
        target.inside(_BEGIN.format(path=str(roster)))
        before = asked(target)
        killed = worked_on_until_done(target, "checked", draw)
        target.inside(_NEXT.format(verb="commit"))
        killed += worked_on_until_done(target, "done", draw)
        done = asked(target)
        assert (done["added"], done["joined"], done["people"], done["traces"]) == (ROWS, ROWS, ROWS, ROWS)
        assert done["figures"] == 0
        target.inside(_NEXT.format(verb="undo"))
        killed += worked_on_until_done(target, "undone", draw)
        undone = asked(target)
        assert (undone["undone"], undone["kept"], undone["joined"], undone["traces"]) == (ROWS, 0, 0, 0)
        assert (undone["all"], undone["figures"]) == (before["all"], 0)
        assert killed >= 3, "else nothing was tried"
