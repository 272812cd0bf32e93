"""What became of each sheet that somebody sent: its heading, its counts, and every row that could not be taken."""

from django.db import models

from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import OfOrganisation, Organisation
from gongjia.kernel.identity import Referenced
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.secrets import SecretField, WithSecrets


class Batch(Referenced, OfOrganisation):
    """One sheet (一批数据) as it was sent. The file itself is kept, so that nothing is lost whatever its rows are."""

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        READ = "read", "已读完"

    kind = models.CharField("表格类别", max_length=40)
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    parts = models.JSONField("认出的表头和列", default=list)
    corrections = models.JSONField("人改过的表头和列", default=list)
    error = models.CharField("认不出的原因", max_length=300, blank=True)
    row_count = models.PositiveIntegerField("数据行", default=0)
    bad_count = models.PositiveIntegerField("有问题的行", default=0)
    skipped_count = models.PositiveIntegerField("跳过的行", default=0)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "收到的表格"

    def __str__(self) -> str:
        return self.file.name

    @property
    def heading_row(self) -> int | None:
        """The row of the heading, of the first sheet that counts; None where none was found."""
        return self.parts[0]["heading_row"] if self.parts else None

    @property
    def unknown(self) -> list[str]:
        """The headings that are no column of this kind of sheet."""
        return list(dict.fromkeys(text for part in self.parts for text in part["unknown"]))


class BadRow(WithSecrets, Scoped):
    """A row with problems: its number, its cells as they stood (sealed, they may hold anything) and the reasons."""

    doors = Doors(subtree="batch__organisation__path")

    batch = models.ForeignKey(Batch, verbose_name="表格", on_delete=models.CASCADE, related_name="bad_rows")
    sheet = models.CharField("工作表", max_length=120, blank=True)
    number = models.PositiveIntegerField("行号")
    cells = SecretField("原内容")
    problems = models.JSONField("问题", default=list)

    class Meta:
        verbose_name = "有问题的行"
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "number"], name="bad_row_once")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"

    @property
    def organisation(self) -> Organisation:
        return self.batch.organisation


class Import(Referenced, OfOrganisation):
    """A sheet on its way into the registers (导入): checked first, then written in blocks, and undone within days.

    `cursor` counts the rows of the file that are settled; it moves in the transaction that writes them. `attempts` is
    the number of the worker's turn: one that was given up for dead finds another number, and writes nothing more.
    `piece` is the work that is asked for, or was last; one that failed goes on with that and with nothing else. On the
    day `ends_on`, which every act puts off, the file and all that was kept of its rows go; the counts stay.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "正在核对"
        CHECKED = "checked", "已核对"
        COMMITTING = "committing", "正在导入"
        DONE = "done", "已导入"
        UNDOING = "undoing", "正在撤销"
        UNDONE = "undone", "已撤销"
        FAILED = "failed", "没有完成"

    AT_WORK = (State.CHECKING, State.COMMITTING, State.UNDOING)

    kind = models.CharField("表格类别", max_length=40)
    name = models.CharField("文件名", max_length=200)
    file = models.ForeignKey(StoredFile, verbose_name="文件", null=True, on_delete=models.SET_NULL, related_name="+")
    sent_by_id = models.BigIntegerField("上传人账号", null=True)
    sent_at = models.DateTimeField("上传时间")
    read_on = models.DateField("按哪一天核对")
    ends_on = models.DateField("到期删除")
    state = models.CharField("状态", max_length=10, choices=State, default=State.CHECKING)
    piece = models.CharField("办到哪一步", max_length=10, choices=State, default=State.CHECKING)
    asked_by_id = models.BigIntegerField("交办人账号", null=True)
    parts = models.JSONField("认出的表头和列", default=list)
    corrections = models.JSONField("人改过的表头和列", default=list)
    is_mended = models.BooleanField("改过还没有再核对", default=False)
    takes_changes = models.BooleanField("有变化的也更新", default=True)
    new_count = models.PositiveIntegerField("新增", default=0)
    changed_count = models.PositiveIntegerField("有变化", default=0)
    same_count = models.PositiveIntegerField("没有变化", default=0)
    conflict_count = models.PositiveIntegerField("有冲突", default=0)
    bad_count = models.PositiveIntegerField("有问题", default=0)
    skipped_count = models.PositiveIntegerField("跳过", default=0)
    added_count = models.PositiveIntegerField("已新增", default=0)
    amended_count = models.PositiveIntegerField("已更新", default=0)
    undone_count = models.PositiveIntegerField("已撤销", default=0)
    kept_count = models.PositiveIntegerField("撤销时保留", default=0)
    cursor = models.PositiveIntegerField(default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    beat_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField("原因", max_length=300, blank=True)
    committed_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        verbose_name = "导入"
        indexes = [models.Index(fields=["organisation", "-sent_at", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.name


class ImportRow(WithSecrets, Scoped):
    """A row of an import with something to tell: what is wrong, what changes, what was mended or kept. Its contents are
    sealed; in clear stand its number, its state and the codes of its faults (`field:code`, a blank around each)."""

    doors = Doors(subtree="source__organisation__path")

    class State(models.TextChoices):
        BAD = "bad", "有问题"
        MENDED = "mended", "已改"
        LEFT_OUT = "left_out", "不导入"
        CHANGED = "changed", "有变化"
        CONFLICT = "conflict", "有冲突"
        KEPT = "kept", "撤销时保留"

    source = models.ForeignKey(
        Import, verbose_name="导入", on_delete=models.CASCADE, related_name="rows", db_index=False
    )
    sheet = models.CharField("工作表", max_length=120, blank=True)
    number = models.PositiveIntegerField("行号")
    state = models.CharField("状态", max_length=10, choices=State)
    codes = models.CharField("问题代码", max_length=400, blank=True)
    cells = SecretField("原内容")
    mends = SecretField("改后的内容")
    problems = SecretField("问题")

    class Meta:
        verbose_name = "导入的行"
        constraints = [models.UniqueConstraint(fields=["source", "sheet", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["source", "state", "id"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"

    @property
    def organisation(self) -> Organisation:
        return self.source.organisation


class ImportBlock(WithSecrets, Scoped):
    """Good rows of a checked sheet that follow each other, as they will be written: a table of clean values, sealed.

    What was checked is what is written: the sheet is not read again. `start` and `end` count the rows of the file, the
    end excluded. Gone when all is written, and when the sheet is checked anew.
    """

    doors = Doors(subtree="source__organisation__path")

    source = models.ForeignKey(Import, verbose_name="导入", on_delete=models.CASCADE, related_name="blocks")
    start = models.PositiveIntegerField("从第几行")
    end = models.PositiveIntegerField("到第几行")
    content = SecretField("待写入的内容")

    class Meta:
        verbose_name = "待写入的一批行"
        constraints = [models.UniqueConstraint(fields=["source", "start"], name="import_block_once")]

    def __str__(self) -> str:
        return f"{self.start}–{self.end}"

    @property
    def organisation(self) -> Organisation:
        return self.source.organisation


class ImportTrace(WithSecrets, Scoped):
    """What an import wrote for one row, or for many that were written together, in the words of its domain: enough to
    take it back. `number` is that of the row, or of the first one. Gone when undone or when the time for that is over.
    """

    doors = Doors(subtree="source__organisation__path")

    source = models.ForeignKey(
        Import, verbose_name="导入", on_delete=models.CASCADE, related_name="traces", db_index=False
    )
    sheet = models.CharField("工作表", max_length=120, blank=True)
    number = models.PositiveIntegerField("行号")
    row_count = models.PositiveIntegerField("行数", default=1)
    facts = SecretField("写入的内容")

    class Meta:
        verbose_name = "导入痕迹"
        constraints = [models.UniqueConstraint(fields=["source", "sheet", "number"], name="import_trace_once")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"


class RememberedHeading(OfOrganisation):
    """What a person once said about a heading: used for the next sheet of that sender that looks the same."""

    kind = models.CharField("表格类别", max_length=40)
    fingerprint = models.CharField("表头特征", max_length=16)
    heading_row = models.PositiveIntegerField("表头行")
    columns = models.JSONField("列", default=dict)
    said_at = models.DateTimeField("记住的时间")

    class Meta:
        verbose_name = "记住的表头"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "fingerprint"], name="remembered_heading_once")
        ]

    def __str__(self) -> str:
        return self.fingerprint
