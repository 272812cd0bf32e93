"""How suggestions and topics are found."""

from django.db.models import Count, Q, QuerySet

from gongjia.backbone.organisations.models import Organisation
from gongjia.domains.fieldwork.asking.models import GrassrootsSuggestion, ResearchTopic, TopicMember
from gongjia.kernel.actors import Actor


def suggestion_by_reference(reference: str) -> GrassrootsSuggestion:
    """Raises GrassrootsSuggestion.DoesNotExist outside the reach."""
    return GrassrootsSuggestion.objects.select_related("organisation", "counterpart").get(reference=reference)


def suggestions(actor: Actor, tab: str) -> QuerySet[GrassrootsSuggestion]:
    """The suggestions in reach: "" those that wait for the actor's own organisations, "ours" those they made, "all"."""
    own = [each.organisation_id for each in actor.posts]
    rows = GrassrootsSuggestion.objects.all()
    if tab == "":
        rows = rows.filter(organisation__in=own, closed_at=None)
    elif tab == "ours":
        rows = rows.filter(counterpart__in=own)
    return rows.select_related("organisation", "counterpart")


def topic_by_reference(reference: str) -> ResearchTopic:
    """Raises ResearchTopic.DoesNotExist outside the reach."""
    return ResearchTopic.objects.select_related("organisation", "report").get(reference=reference)


def topics() -> QuerySet[ResearchTopic]:
    """The topics in reach, with how many visits belong to each that have begun."""
    begun = Count("plans__visits", filter=Q(plans__visits__arrived_at__isnull=False))
    return ResearchTopic.objects.select_related("organisation").annotate(visits=begun)


def open_topics(organisation_id: int) -> list[ResearchTopic]:
    """The topics of an organisation in reach that have no report yet: a plan may belong to one."""
    rows = ResearchTopic.objects.filter(organisation_id=organisation_id, reported_on=None)
    return list(rows.order_by("-from_on", "-pk")[:50])


def members_of(topic: ResearchTopic) -> list[TopicMember]:
    return list(TopicMember._base_manager.filter(topic=topic).select_related("person").order_by("-leads", "pk"))


def unions_of(ids: frozenset[int]) -> list[Organisation]:
    """The organisations in whose name somebody suggests, in reach."""
    return list(Organisation.objects.filter(pk__in=ids).order_by("path")[:20])
