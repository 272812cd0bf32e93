"""What pages of voices draw alike: what a worker and the officer should know."""

from datetime import date
from typing import Any

from gongjia.domains.voices import rules


def warnings_of(voice: Any, *, today: date, claim_days: int) -> list[str]:
    """What would make it easier, or may be too late already: said to the worker and the officer, never a refusal."""
    found = [
        rules.name_warning(voice.employer_name, is_known=voice.employer_id is not None),
        rules.sum_warning(voice.subject, has_amount=voice.claimed is not None, words=voice.words),
        rules.claim_warning(voice.subject, knew_on=voice.knew_on, today=today, claim_days=claim_days),
    ]
    return [each for each in found if each]
