"""Stored files: sealed on disk outside any static folder, opened through a check only."""

from django.db import models

from gongjia.backbone.organisations.models import Organisation
from gongjia.kernel.identity import Referenced
from gongjia.kernel.reach import Doors, Scoped


class StoredFile(Referenced, Scoped):
    """A file (文件). The content lies sealed in `settings.VAR/files/<reference>`; `sha256` is of the clear content."""

    doors = Doors(subtree="organisation__path", own="uploaded_by_id")

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    uploaded_by_id = models.BigIntegerField("上传人", null=True)
    name = models.CharField("文件名", max_length=200)
    kind = models.CharField("类别", max_length=30)
    size = models.BigIntegerField("大小（字节）")
    sha256 = models.CharField("校验值", max_length=64)
    stored_at = models.DateTimeField("上传时间")
    delete_on = models.DateField("到期删除", null=True)

    class Meta:
        verbose_name = "文件"

    def __str__(self) -> str:
        return self.name
