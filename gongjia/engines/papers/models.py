"""Document numbers, issued papers, and the Word templates of organisations."""

from django.db import models
from django.db.models import Q

from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.backbone.people.models import Person
from gongjia.engines.papers.words import NumberState, PaperState
from gongjia.kernel.db import within
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.masking import mask_name
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.secrets import SecretField, WithSecrets


class SeriesWord(Versioned, OfOrganisation):
    """The word (机关代字, such as 咸工) with which the numbers of an organisation begin: no two have the same."""

    word = models.CharField("机关代字", max_length=12, unique=True)
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "机关代字"
        constraints = [models.UniqueConstraint(fields=["organisation"], name="series_word_once")]

    def __str__(self) -> str:
        return self.word


class Series(OfOrganisation):
    """How far an organisation has counted in one series and year. Its row is locked while a number is taken."""

    kind = models.CharField("种类", max_length=4)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = "文号序列"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "year"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.kind}〔{self.year}〕"


class DocumentNumber(Referenced, OfOrganisation):
    """A number (文号) that was given out once. It is never given again, void or not."""

    series = models.ForeignKey(Series, verbose_name="序列", on_delete=models.PROTECT, related_name="numbers")
    serial = models.PositiveIntegerField("序号")
    text = models.CharField("文号", max_length=40)
    subject = models.CharField("标题", max_length=200)
    state = models.CharField("状态", max_length=8, choices=NumberState, default=NumberState.USED)
    taken_at = models.DateTimeField("取号时间")
    taken_by_id = models.BigIntegerField("取号人", null=True)
    void_at = models.DateTimeField("作废时间", null=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "文号"
        constraints = [models.UniqueConstraint(fields=["series", "serial"], name="document_number_once")]
        indexes = [models.Index(fields=["organisation", "-taken_at"], name="document_number_organisation")]

    def __str__(self) -> str:
        return self.text


class Template(OfOrganisation):
    """A Word template that an organisation uses for one kind of paper, as do all below it that have none nearer.

    Versions are kept; the one in force has no end.
    """

    kind = models.CharField("公文种类", max_length=60)
    number = models.PositiveIntegerField("版本")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField("启用时间")
    until_at = models.DateTimeField("停用时间", null=True)
    made_by_id = models.BigIntegerField("修改人", null=True)

    class Meta:
        verbose_name = "公文模板"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "number"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["organisation", "kind"], condition=Q(until_at=None), name="template_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


def _of_either(paths: tuple[str, ...]) -> Q:
    """A paper is read where it was issued and where it was sent."""
    return within("organisation__path", paths) | within("addressee__path", paths)


class Paper(Referenced, WithSecrets, Scoped):
    """A paper as it was issued (公文).

    Fixed for ever: kind, title, number, issuer, day, by whom, the facts, every sentence of the paper (`sealed`: JSON of
    facts and composed words, checked by `digest`) and the version of the Word template that was in force. Not fixed:
    the dress that a release gives the PDF and the shipped Word file (fonts, margins, lines). `about_*` names the row of
    a domain that the paper belongs to.
    """

    doors = Doors(subtree=_of_either, own="person_id", grants={"papers.paper": "pk"})

    organisation = models.ForeignKey(Organisation, verbose_name="发文单位", on_delete=models.PROTECT, related_name="+")
    addressee = models.ForeignKey(
        Organisation, verbose_name="收文单位", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(Person, verbose_name="本人", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("公文种类", max_length=60)
    title = models.CharField("标题", max_length=200)
    number = models.OneToOneField(
        DocumentNumber, verbose_name="文号", null=True, on_delete=models.PROTECT, related_name="paper"
    )
    issued_on = models.DateField("成文日期")
    issued_at = models.DateTimeField("制发时间")
    issued_by_id = models.BigIntegerField("制发人", null=True)
    about_kind = models.CharField(max_length=60, blank=True)
    about_id = models.BigIntegerField(null=True)
    template = models.ForeignKey(
        Template, verbose_name="所用模板", null=True, on_delete=models.PROTECT, related_name="+"
    )
    sealed = SecretField("内容")
    digest = models.CharField("校验值", max_length=64)
    state = models.CharField("状态", max_length=8, choices=PaperState, default=PaperState.ISSUED)
    void_at = models.DateTimeField("作废时间", null=True)
    void_reason = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "公文"
        indexes = [
            models.Index(fields=["organisation", "-issued_at"], name="paper_organisation"),
            models.Index(fields=["addressee", "-issued_at"], name="paper_addressee"),
            models.Index(fields=["about_kind", "about_id"], name="paper_about"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def for_whom_zh(self) -> str:
        """To which organisation it went, or whom it is about; the name covered."""
        if self.addressee is not None:
            return self.addressee.name
        return mask_name(self.person.name) if self.person is not None else ""

    @property
    def number_zh(self) -> str:
        return self.number.text if self.number else ""
