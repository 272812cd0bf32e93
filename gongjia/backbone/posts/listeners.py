"""What posts do, in the same transaction, when their union is merged or dissolved."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from gongjia.backbone.organisations.models import Organisation
from gongjia.backbone.posts.models import Post
from gongjia.backbone.posts.words import PostEnding
from gongjia.kernel import audit
from gongjia.kernel.actors import Actor


def follow_end(*, organisation: Organisation, on: date, by: Actor, at: datetime, **_: Any) -> None:
    """The posts of a union end with it, and access with them; one that was still to come is never held."""
    for post in Post._base_manager.filter(Q(until_on=None) | Q(until_on__gt=on), organisation=organisation):
        post.until_on, post.ending = max(on, post.from_on), PostEnding.UNION_ENDED
        post.save(update_fields=["until_on", "ending"])
        facts = {"role": str(post.role), "ending": str(post.ending)}
        audit.record("posts.end", by=by, at=at, subject=post, about_person_id=post.person_id, facts=facts)
