"""A worker's voice with its files, the small matters that came of voices, and the answer book."""

from django.db import models
from django.db.models import Q

from gongjia.backbone.employers.models import Employer
from gongjia.backbone.files.models import StoredFile
from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.people.models import Person
from gongjia.backbone.regions.models import Region
from gongjia.domains.voices.words import Channel, FileKind, Refusal, SmallState, Subject, Topic, Wish
from gongjia.engines.casework.models import Matter
from gongjia.kernel import scrubbing
from gongjia.kernel.db import within
from gongjia.kernel.fields import MoneyField
from gongjia.kernel.identity import Referenced, Versioned
from gongjia.kernel.reach import Doors, Scoped
from gongjia.kernel.scrubbing import Known
from gongjia.kernel.secrets import SecretField, WithSecrets

_OPEN = Q(closed_at=None)


class SmallMatter(Referenced, Versioned, Scoped):
    """A small matter that counts: gathered from voices, promised (what, by whom, by when), done, shown to all.

    Nothing here says whose voice it was: the title is the officer's own words.
    """

    doors = Doors(subtree="organisation__path", public=Q(state__in=(SmallState.PROMISED, SmallState.DONE)))

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("什么事", max_length=60)
    state = models.CharField("状态", max_length=10, choices=SmallState.choices, default=SmallState.GATHERED)
    subject = models.CharField("类别", max_length=20, choices=Subject.choices)
    gathered_at = models.DateTimeField("列入时间")
    promise = models.CharField("承诺办成什么样", max_length=200, blank=True)
    promised_by = models.CharField("谁来办", max_length=60, blank=True)
    promised_for = models.DateField("哪天以前办好", null=True)
    promised_on = models.DateField("承诺日期", null=True)
    done_on = models.DateField("办好日期", null=True)
    done_words = models.CharField("办成了什么样", max_length=200, blank=True)
    why_dropped = models.CharField("为什么不列入", max_length=200, blank=True)

    class Meta:
        verbose_name = "关键小事"
        indexes = [
            models.Index(fields=["organisation", "state", "-gathered_at"], name="small_matter_listed"),
            models.Index(fields=["-gathered_at", "-id"], name="small_matter_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class Voice(Matter, WithSecrets):
    """What a worker said (诉求), who may know it, and what came of it.

    Without `person` and `account_id` nothing says who it was; `is_copy` marks what another union works on in its place,
    which counts in no figure. `organisation` is the federation of the county, or the
    own union where the worker allows that; `employer` is complained of: its people are kept from the matter unless
    `is_open_to_own_union`.
    """

    doors = Doors(subtree="organisation__path", own="person_id")
    flow_code = "voices.voice"

    channel = models.CharField("渠道", max_length=12, choices=Channel.choices)
    subject = models.CharField("类别", max_length=20, choices=Subject.choices)
    wish = models.CharField("希望", max_length=10, choices=Wish.choices, blank=True)
    words = models.TextField("反映的内容", max_length=3000)
    is_urgent = models.BooleanField("紧急", default=False)
    employer = models.ForeignKey(Employer, verbose_name="单位", null=True, on_delete=models.PROTECT, related_name="+")
    employer_name = models.CharField("单位名称（本人说的）", max_length=120, blank=True)
    region = models.ForeignKey(Region, verbose_name="地点", on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField("涉及人数", default=1)
    claimed = MoneyField("涉及金额", null=True)  # type: ignore[misc]
    knew_on = models.DateField("哪天知道的", null=True)
    received_on = models.DateField("收到日期")
    # who
    account_id = models.BigIntegerField("账号", null=True)
    is_open_to_own_union = models.BooleanField("可以让单位的工会知道", default=False)
    is_anonymous = models.BooleanField("完全匿名", default=False)
    caller_name = models.CharField("来人姓名", max_length=30, blank=True)
    phone = SecretField("联系电话")
    is_frontline = models.BooleanField("一线职工", default=False)
    is_migrant = models.BooleanField("农民工", default=False)
    is_agency = models.BooleanField("劳务派遣", default=False)
    is_hardship = models.BooleanField("困难职工", default=False)
    # what came of it
    accepted_at = models.DateTimeField("受理时间", null=True)
    refusal = models.CharField("不予受理的情形", max_length=12, choices=Refusal.choices, blank=True)
    asked_at = models.DateTimeField("请求补充时间", null=True)
    draft = models.TextField("答复草稿", max_length=3000, blank=True)
    answer = models.TextField("答复", max_length=3000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    is_late = models.BooleanField("超过期限才答复", default=False)
    is_satisfied = models.BooleanField("是否满意", null=True)
    closed_on = models.DateField("办结日期", null=True)
    reopened = models.PositiveSmallIntegerField("重新办理次数", default=0)
    joined_to = models.ForeignKey(
        "self", verbose_name="并入", null=True, on_delete=models.PROTECT, related_name="joined_here"
    )
    is_group = models.BooleanField("群体性事项", default=False)
    is_copy = models.BooleanField("密封件", default=False)
    small_matter = models.ForeignKey(
        SmallMatter, verbose_name="关键小事", null=True, on_delete=models.PROTECT, related_name="voices"
    )

    class Meta:
        verbose_name = "诉求"
        indexes = [
            models.Index(fields=["organisation", "-opened_at"], name="voice_organisation"),
            models.Index(fields=["-opened_at", "-id"], name="voice_newest"),
            models.Index(fields=["employer", "received_on"], name="voice_employer"),
            models.Index(fields=["employer_name", "received_on"], name="voice_employer_name"),
            models.Index(fields=["person", "received_on"], name="voice_person"),
            models.Index(
                fields=["account_id", "received_on"], name="voice_account", condition=Q(account_id__isnull=False)
            ),
            models.Index(fields=["organisation", "state"], name="voice_open", condition=_OPEN),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def tags(self) -> list[str]:
        """The groups that it concerns, by their Chinese words."""
        fields = {each.name: str(each.verbose_name) for each in self._meta.fields}
        return [
            fields[name] for name in ("is_frontline", "is_migrant", "is_agency", "is_hardship") if getattr(self, name)
        ]

    def known_of_person(self) -> Known:
        """The name and numbers on file, or as the caller said them."""
        if self.person is None:
            return Known(name=self.caller_name, numbers=tuple(filter(None, [self.reveal("phone")])))
        numbers = (self.person.reveal("phone"), self.person.reveal("id_number"), self.reveal("phone"))
        return Known(name=self.person.name, numbers=tuple(filter(None, numbers)))

    def text_of_person(self) -> str:
        return self.words

    def sealed_copy(self, covered: str) -> "Voice":
        """What it is about, without who it was: no name, phone, account, groups or files."""
        kept = ("channel", "subject", "wish", "is_urgent", "employer", "employer_name", "region", "people", "claimed")
        facts = {name: getattr(self, name) for name in (*kept, "knew_on", "received_on")}
        facts["employer_name"] = scrubbing.cover(
            self.employer_name, scrubbing.find(self.employer_name, self.known_of_person())
        )
        return Voice(**facts, words=covered, is_copy=True)

    def said_to_person(self) -> str:
        return self.joined_to.answer if self.joined_to else self.answer

    def identity_in_words(self) -> dict[str, str]:
        if self.person is None:
            return {"姓名": self.caller_name or "没有记下", "联系电话": self.reveal("phone") or "没有记下"}
        return {"姓名": self.person.name, "联系电话": self.reveal("phone") or self.person.reveal("phone")}

    @property
    def employer_zh(self) -> str:
        return self.employer.name if self.employer else self.employer_name


class VoiceFile(Referenced, Scoped):
    """A picture or a sound that came with a voice; the content lies sealed with the platform's files."""

    doors = Doors(
        subtree=lambda paths: within("voice__organisation__path", paths),
        own="voice__person_id",
        grants={"voices.voice": "voice_id"},
        tied="voice__kept_from",
    )

    voice = models.ForeignKey(Voice, verbose_name="诉求", on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, verbose_name="文件", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=10, choices=FileKind.choices)
    type = models.CharField("类型", max_length=20)

    class Meta:
        verbose_name = "诉求附件"

    def __str__(self) -> str:
        return self.reference

    @property
    def organisation(self) -> Organisation:
        return self.voice.organisation


class BookAnswer(Referenced, Versioned, Scoped):
    """An answer of the book (政策问答) as an organisation keeps it: its own, or in the place of one that is delivered
    (`seed`). It holds in the subtree of the organisation; the nearest one above a place is shown there. One that is out
    of use is readable too: it is what keeps the delivered one from being shown."""

    doors = Doors(subtree="organisation__path", public=~Q(question=""))

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    seed = models.CharField("代替哪一条", max_length=40, blank=True)
    topic = models.CharField("分类", max_length=12, choices=Topic.choices)
    question = models.CharField("问题", max_length=120)
    answer = models.TextField("回答", max_length=2000)
    source = models.CharField("依据", max_length=200)
    words = models.CharField("还有人这样问", max_length=200, blank=True)
    reviewed_on = models.DateField("核对日期")
    is_shown = models.BooleanField("在用", default=True)
    changed_at = models.DateTimeField("修改时间")

    class Meta:
        verbose_name = "政策问答"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "seed"], condition=~Q(seed=""), name="book_answer_seed_once"
            )
        ]
        indexes = [models.Index(fields=["organisation", "topic"], name="book_answer_topic")]

    def __str__(self) -> str:
        return self.question


class BookUse(Scoped):
    """An answer helped somebody, so that nothing had to be sent. Nobody is named."""

    doors = Doors(subtree="organisation__path")

    organisation = models.ForeignKey(Organisation, verbose_name="工会", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField("分类", max_length=12, choices=Topic.choices)
    entry = models.CharField("哪一条", max_length=50)
    on = models.DateField("日期")

    class Meta:
        verbose_name = "问答使用"
        indexes = [models.Index(fields=["organisation", "on"], name="book_use_listed")]

    def __str__(self) -> str:
        return self.entry
