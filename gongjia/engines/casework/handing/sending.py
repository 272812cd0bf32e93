"""Sending a matter about a matter: what the verbs and the clocks that climb have in common."""

from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.casework import services as casework
from gongjia.engines.casework.handing.models import HandOff
from gongjia.engines.casework.models import MatterIndex
from gongjia.engines.casework.timeline import line
from gongjia.kernel.actors import Actor

MOST_TITLE = 80
H = TypeVar("H", bound=HandOff)


def open_about(
    made: H,
    index: MatterIndex,
    zh: str,
    words: str,
    sender: Organisation,
    by: Actor,
    at: datetime,
    due_at: datetime | None = None,
) -> H:
    made.organisation, made.kept_from_id = sender, index.kept_from_id
    casework.open_matter(
        matter=made, title=f"{zh}：{index.title}"[:MOST_TITLE], by=by, at=at, words=made.words[:300], due_at=due_at
    )
    line(index, made.flow.code.rpartition(".")[2], zh, words, by, at)
    return made


def about(index: MatterIndex, model: type[H]) -> QuerySet[H]:
    return model._base_manager.filter(of=index)
