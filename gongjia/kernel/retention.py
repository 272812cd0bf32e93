"""What the kernel keeps only for a while: which forms were sent, events that are done, tasks that are finished.

The record of who did what is kept for ever; what a domain keeps ends by the domain's own rules.
"""

from datetime import datetime, timedelta

from django_tasks_db.models import DBTaskResult

from gongjia.kernel.models import Event, Sending
from gongjia.kernel.ticks import every

SENDINGS = timedelta(days=30)  # longer than any page stays open in a browser
EVENTS = timedelta(days=90)
TASKS = timedelta(days=7)


@every(timedelta(days=1), name="kernel.forget", aside=True)
def forget(*, at: datetime) -> dict[str, int]:
    """Delete what is older; returns how many of each. Events that failed stay until somebody has looked at them."""
    sendings, _ = Sending.objects.filter(at__lt=at - SENDINGS).delete()
    events, _ = Event.objects.filter(state=Event.State.DONE, due_at__lt=at - EVENTS).delete()
    tasks, _ = DBTaskResult.objects.finished().filter(finished_at__lt=at - TASKS).delete()
    return {"sendings": sendings, "events": events, "tasks": tasks}
