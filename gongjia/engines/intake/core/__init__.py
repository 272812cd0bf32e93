"""Reading sheets, without Django and without a database.

`read(source, spec)` takes any seekable binary file and a `SheetSpec`, and gives a `Reading`: where the heading stands,
which column is which field, and the rows, streamed, each with its clean values or its reasons. A file that cannot be
read as a whole raises `Unreadable` with a Chinese sentence. `write_csv` and `write_marked` are
the ways out. For large sheets `judging.whole_frames` gives the same rows column by column.
"""

from gongjia.engines.intake.core.export import harmless, write_csv, write_marked
from gongjia.engines.intake.core.limits import Limits, Unreadable
from gongjia.engines.intake.core.reading import Part, Reading, read
from gongjia.engines.intake.core.rows import Row
from gongjia.engines.intake.core.spec import (
    BadCell,
    Cell,
    Cleaner,
    Column,
    Correction,
    Noted,
    Once,
    Problem,
    Shared,
    SheetSpec,
)

__all__ = [
    "BadCell",
    "Cell",
    "Cleaner",
    "Column",
    "Correction",
    "Limits",
    "Noted",
    "Once",
    "Part",
    "Problem",
    "Reading",
    "Row",
    "Shared",
    "SheetSpec",
    "Unreadable",
    "harmless",
    "read",
    "write_csv",
    "write_marked",
]
