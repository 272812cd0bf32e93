"""What a reading answers: numbers that can be asked what they are, and the data of their drawings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from gongjia.backbone.organisations.models import Organisation
from gongjia.engines.figures.indicators import Indicator
from gongjia.theme.components.charts import ChartData, Series


@dataclass(frozen=True)
class Figure:
    """A number with its indicator, the subtree and values it counts, and the day it stands for.

    `label` says which part it is where it is one of several. In a template:
    `{% figure f.zh f.value unit=f.unit url=f.rows_url on=f.as_of %}{{ f.definition }}{% endfigure %}`.
    """

    value: int
    indicator: Indicator
    organisation: Organisation
    as_of: date
    filters: Mapping[str, str | Sequence[str]]
    label: str = ""

    @property
    def zh(self) -> str:
        return self.indicator.zh

    @property
    def unit(self) -> str:
        return self.indicator.unit

    @property
    def definition(self) -> str:
        return self.indicator.definition

    @property
    def rows_url(self) -> str:
        """The page that lists what is counted: the union, the day and the values, no personal data."""
        place = {"under": self.organisation.reference, "on": self.as_of.isoformat()}
        query = urlencode({**place, **self.indicator.rows_filter, **self.filters}, doseq=True)
        return f"{reverse(self.indicator.rows)}?{query}"


@dataclass(frozen=True)
class Table:
    """A cross-table: `cells[row][column]`."""

    rows: list[str]
    columns: list[str]
    cells: list[list[Figure]]


@dataclass(frozen=True)
class Child:
    organisation: Organisation
    figure: Figure


@dataclass(frozen=True)
class Children:
    """A total taken apart: what the organisation counts itself, its largest parts, and what is not shown of them."""

    own: Figure
    shown: list[Child]
    others: int
    others_count: int


def chart(figures: Sequence[Figure], name: str = "") -> ChartData:
    """One series of labelled figures, for the theme's `chart` and `bars`."""
    name = name or (figures[0].zh if figures else "")
    return ChartData(
        labels=[each.label for each in figures], series=[Series(name=name, values=[each.value for each in figures])]
    )


def chart_of_table(table: Table) -> ChartData:
    """A series for each row of a cross-table, a label for each column."""
    return ChartData(
        labels=table.columns,
        series=[
            Series(name=name, values=[each.value for each in cells])
            for name, cells in zip(table.rows, table.cells, strict=True)
        ],
    )


def chart_of_children(children: Children) -> ChartData:
    """The parts of a total, those not shown as one."""
    labels = [each.organisation.short_name or each.organisation.name for each in children.shown]
    values: list[float | None] = [each.figure.value for each in children.shown]
    if children.others_count:
        labels.append(f"其他 {children.others_count} 家")
        values.append(children.others)
    return ChartData(labels=labels, series=[Series(name=children.own.zh, values=values)])
