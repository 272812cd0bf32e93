"""Examples for training, from a comparison of which it is known what belongs together."""

from collections.abc import Mapping, Sequence

import numpy as np

from gongjia.engines.matching.core.columns import Column
from gongjia.engines.matching.core.near import Survey
from gongjia.engines.matching.core.register import Register
from gongjia.engines.matching.core.training import Examples
from gongjia.engines.matching.core.verdicts import Decided, exact


def examples_of(register: Register, column: Column, decided: Mapping[int, Decided]) -> Examples:
    """One example for each decided record of the column that the exact stages do not link by themselves.

    Those that they do link teach nothing that the model is ever asked. What the stages linked counts as taken, as it
    will when the model is used.
    """
    verdicts = exact(register, column)
    rows = [at for at in sorted(decided) if not verdicts[at].grade.links]
    linked = (one.entry for one in verdicts if one.grade.links and one.entry is not None)
    extra = {at: [*(one.entry for one in verdicts[at].candidates), *_named(decided[at])] for at in rows}
    survey = Survey(register, column, rows, extra=extra, taken=linked)
    right, none = _right(survey, [decided[at] for at in rows])
    return Examples(survey.features(), survey.records, right, none)


def joined(several: Sequence[Examples]) -> Examples:
    """Examples of several comparisons together."""
    starts = np.cumsum([0, *(len(one.none) for one in several)])
    return Examples(
        np.concatenate([one.features for one in several]),
        np.concatenate([one.records + start for one, start in zip(several, starts, strict=False)]).astype(np.int32),
        np.concatenate([one.right for one in several]),
        np.concatenate([one.none for one in several]),
    )


def _named(said: Decided) -> list[int]:
    return [*said.refused, *([] if said.entry is None else [said.entry])]


def _right(survey: Survey, said: Sequence[Decided]) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs are right, and of which records “none” is, or may be.

    Where one entry is refused and no other is named, every other answer stays open.
    """
    right = np.zeros(len(survey.records), bool)
    none = np.zeros(len(said), bool)
    bounds = np.searchsorted(survey.records, np.arange(len(said) + 1))
    for at, one in enumerate(said):
        pairs = slice(int(bounds[at]), int(bounds[at + 1]))
        if one.entry is not None:
            right[pairs] = survey.entries[pairs] == one.entry
        else:
            none[at] = True
            right[pairs] = not one.none and ~np.isin(survey.entries[pairs], list(one.refused))
    return right, none
