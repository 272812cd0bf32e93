"""Names, numbers and addresses of the invented city, coined from the project's own syllables.

    people = People(seed)            people.coin(county="421202") -> Person
    employers = Employers(seed)      employers.coin() -> Employer, employers.branch(head) -> Employer
    codes = CreditCodes(seed)        codes.union("421202") -> str
    places = Places(seed)            places.address("421281") -> Place

The same seed and the same calls give the same city on every machine: no clock, no order of sets, no library of maths.
"""

from demo.names.employers import Employer, Employers
from demo.names.numbers import CreditCodes, IdentityNumbers, NumbersExhausted, Phones
from demo.names.people import People, Person
from demo.names.places import Place, Places

__all__ = [
    "CreditCodes",
    "Employer",
    "Employers",
    "IdentityNumbers",
    "NumbersExhausted",
    "People",
    "Person",
    "Phones",
    "Place",
    "Places",
]
