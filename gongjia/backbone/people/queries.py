"""How a person is found: by a reference within reach of a membership or post, or by itself."""

from gongjia.backbone.people.models import ID_NUMBER, PHONE, Employment, Person
from gongjia.kernel.reach import question
from gongjia.kernel.secrets import indexes_of


@question("people.id_of_number")
def id_of_number(id_number: str) -> int | None:
    """The id of the person with this ID number (18 digits), anywhere. For verbs: no page may tell it."""
    return (
        Person.objects.filter(id_number_index__in=indexes_of(id_number, purpose=ID_NUMBER))
        .values_list("pk", flat=True)
        .first()
    )


@question("people.count_with_phone")
def count_with_phone(phone: str) -> int:
    """How many persons give this phone: more than five is a sign of an invented number."""
    return Person.objects.filter(phone_index__in=indexes_of(phone, purpose=PHONE)).count()


def myself(person_id: int) -> Person:
    """The person behind the self door."""
    return Person.objects.get(pk=person_id)


def employments_of(person_id: int) -> list[Employment]:
    """Where a person works and worked, newest first, as far as the reach goes."""
    return list(
        Employment.objects.filter(person_id=person_id)
        .select_related("employer")
        .distinct()
        .order_by("until_on", "-from_on", "-pk")
    )
