"""What officers type of a drive: name, days, target, scope, and the part of each union."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.organising.drives import queries, rules
from gongjia.domains.organising.models import Drive, DriveTarget
from gongjia.domains.organising.words import SiteKind

_SIZES = (("", "名单上的都算"), ("50", "50 人以上"), ("100", "100 人以上"), ("200", "200 人以上"))
_SHARE = "share_"


def _day_input() -> forms.DateInput:
    """A browser shows a day that is set only if it comes in this one format."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DriveForm(forms.Form):
    """A drive of `organisation`, new or as it stands. Parts of the target are typed, or proposed by the waiting
    employers; together they need not be the whole."""

    name = forms.CharField(label="行动名称", max_length=60)
    from_on = forms.DateField(label="开始日", widget=_day_input())
    until_on = forms.DateField(label="到期日", widget=_day_input())
    target = forms.IntegerField(label="目标（家）", min_value=1, max_value=rules.MOST)
    region = forms.ChoiceField(label="地区", required=False)
    at_least = forms.ChoiceField(label="职工人数", choices=_SIZES, required=False)
    site_kind = forms.ChoiceField(label="聚集地", choices=[("", "不限"), *SiteKind.choices], required=False)
    migrants = forms.BooleanField(label="只算农民工较多的单位", required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, organisation: Organisation, today: date, drive: Drive | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{**kwargs, "initial": _initial(drive, today)})
        self.organisation, self.today, self.drive = organisation, today, drive
        # A drive takes its own name, days and places; a browser fills in no name of a person.
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.regions = {each.code: each for each in queries.regions_in(organisation)}
        choices = [("", "本级负责的全部地区"), *((code, each.name) for code, each in self.regions.items())]
        self.fields["region"] = forms.ChoiceField(label="地区", choices=choices, required=False)
        self.unions = _unions(organisation, drive)
        targets = queries.targets_of(drive) if drive else {}
        for each in self.unions:
            field = forms.IntegerField(label=each.name, min_value=0, max_value=rules.MOST, required=False)
            field.initial = targets.get(each.pk)
            if each.pk == organisation.pk:
                field.label = f"{each.name}（本级，没有派下去的）"
            self.fields[f"{_SHARE}{each.reference}"] = field

    def clean(self) -> dict[str, Any]:
        """What cannot be so is said at its field."""
        cleaned = super().clean() or self.cleaned_data
        if {"from_on", "until_on", "target"} <= cleaned.keys():
            days = {"from_on": cleaned["from_on"], "until_on": cleaned["until_on"]}
            for name, why in rules.wrong_with(**days, target=cleaned["target"], today=self.today).items():
                self.add_error(name, why)
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What the verbs take of it."""
        said = self.cleaned_data
        region, at_least = self.regions.get(said["region"]), said["at_least"]
        facts = {name: said[name] for name in ("name", "from_on", "until_on", "target", "site_kind", "migrants")}
        return facts | {"region": region, "at_least": int(at_least) if at_least else None}

    @property
    def targets(self) -> dict[int, int]:
        """By the number of a union, its part; of those that have one."""
        typed = {each.pk: self.cleaned_data[f"{_SHARE}{each.reference}"] for each in self.unions}
        return {number: count for number, count in typed.items() if count}

    @property
    def share_fields(self) -> list[forms.BoundField]:
        return [self[f"{_SHARE}{each.reference}"] for each in self.unions]

    def weights(self, drive: Drive | None = None) -> list[int]:
        """By union, the employers of a drive that still wait; of the drive as it stands, or of one with no limits."""
        today = self.today
        drive = drive or self.drive or Drive(organisation=self.organisation, from_on=today, until_on=today)
        waiting = queries.waiting_by_union(drive)
        return [waiting.get(each.path, 0) for each in self.unions]

    def hint(self, weights: Sequence[int]) -> None:
        """Say beside each part how many employers wait there."""
        for each, weight in zip(self.unions, weights, strict=True):
            self.fields[f"{_SHARE}{each.reference}"].help_text = f"还没有筹建的 {weight:,} 家"

    def proposed(self) -> tuple["DriveForm", int]:
        """The same form with the target shared by the employers that still wait; and how many these are. For a form
        that is valid."""
        drive = Drive(organisation=self.organisation, **self.facts)
        weights = self.weights(drive)
        parts = rules.shares(drive.target, weights)
        data = {name: str(value) for name, value in self.data.items()}
        for each, count in zip(self.unions, parts, strict=True):
            data[f"{_SHARE}{each.reference}"] = str(count) if count else ""
        facts: dict[str, Any] = {"organisation": self.organisation, "today": self.today, "drive": self.drive}
        again = DriveForm(data, **facts)
        again.hint(weights)
        return again, sum(weights)


def _unions(organisation: Organisation, drive: Drive | None) -> list[Organisation]:
    """Who may have a part, and who has one although it has ended since."""
    found = queries.may_share(organisation)
    if drive is not None:
        rows = DriveTarget.objects.filter(drive=drive).exclude(organisation__in=[each.pk for each in found])
        found += [each.organisation for each in rows.select_related("organisation").order_by("organisation__path")]
    return found


def _initial(drive: Drive | None, today: date) -> Mapping[str, Any]:
    if drive is None:
        return {"from_on": today}
    names = ("name", "from_on", "until_on", "target", "site_kind", "migrants", "version")
    facts = {name: getattr(drive, name) for name in names}
    return facts | {"region": drive.region.code if drive.region else "", "at_least": str(drive.at_least or "")}


class EndForm(forms.Form):
    """Why a drive ends before its last day."""

    reason = forms.CharField(label="为什么提前结束", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)
