"""Administrative divisions (行政区划) down to villages: public reference data, not scoped."""

from django.db import models


class Region(models.Model):
    """One division. Codes are prefixes of one another: 2, 4, 6, 9 and 12 digits (GB/T 2260, statistical code)."""

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        TOWNSHIP = "township", "乡镇（街道）"
        VILLAGE = "village", "村（社区）"

    code = models.CharField("区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level)
    parent = models.ForeignKey("self", verbose_name="上级", null=True, on_delete=models.PROTECT, related_name="parts")

    class Meta:
        verbose_name = "行政区划"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name
