"""The kernel's own tables: audit, events, repeated sendings, periodic work, working days."""

from django.db import models


class AuditRow(models.Model):
    """One write, or one read of something sensitive: ids and hashes, never a name or a number of a person.

    With `about_last_id` it is about every person from `about_person_id` to that one: verbs on ten thousand people at
    once leave one row for each run of numbers. `digest` is a keyed hash of the row's own content; `tick` seals rows
    into a chain (AuditSeal) within a minute.
    """

    at = models.DateTimeField()
    verb = models.CharField(max_length=80)
    account_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    post_ids = models.JSONField(default=list)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=80, blank=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    about_person_id = models.BigIntegerField(null=True)
    about_last_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=40)
    seal = models.ForeignKey("AuditSeal", null=True, on_delete=models.PROTECT, related_name="rows", db_index=False)

    class Meta:
        # Every write of the platform pays for each of these: no other without a page that needs it.
        indexes = [
            models.Index(fields=["seal", "id"], name="audit_seal"),
            models.Index(
                fields=["about_person_id", "id"],
                name="audit_about_person",
                condition=models.Q(about_person_id__isnull=False),
            ),
            models.Index(
                fields=["about_last_id"], name="audit_about_many", condition=models.Q(about_last_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"

    @property
    def purpose_zh(self) -> str:
        from gongjia.kernel.purposes import PURPOSES

        return PURPOSES.get(self.purpose, "")


class AuditSeal(models.Model):
    """A batch of audit rows, chained: `entries` holds (id, digest) of each.

    `mac` covers them, the instant and the seal before.
    """

    at = models.DateTimeField()
    before = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next_seal")
    row_count = models.PositiveIntegerField()
    entries = models.BinaryField()
    mac = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"seal {self.pk} of {self.row_count} rows"


class Event(models.Model):
    """A named event for one handler, written in the transaction that caused it; tasks run it, once by `key`."""

    class State(models.TextChoices):
        WAITING = "waiting", "待处理"
        DONE = "done", "已处理"
        FAILED = "failed", "失败"

    name = models.CharField(max_length=80)
    handler = models.CharField(max_length=120)
    key = models.CharField(max_length=160)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    is_urgent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handler", "key"], name="event_once")]
        indexes = [
            models.Index(
                fields=["-is_urgent", "due_at", "id"], name="event_waiting", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.handler}"


class Sending(models.Model):
    """The first sending of a form, by its key: a second one is answered with the first result."""

    verb = models.CharField(max_length=80)
    account_id = models.BigIntegerField(default=0)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    #: Keyed hash of what was sent: the same form with other answers is no second sending.
    content = models.BinaryField(max_length=32, null=True)
    result_model = models.CharField(max_length=60, blank=True)
    result_id = models.BigIntegerField(null=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["verb", "account_id", "key"], name="sending_once")]

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"


class Tick(models.Model):
    """When a piece of periodic work is due next; a runner claims it by conditional update."""

    name = models.CharField(max_length=80, unique=True)
    due_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
