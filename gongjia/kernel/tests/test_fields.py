"""Money goes into the database as whole fen and comes out as Decimal yuan, whatever is done with it on the way."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models
from django.db.models import Avg, F, Max, Sum, Value
from django.test.utils import isolate_apps

from gongjia.kernel.fields import MoneyField
from gongjia.kernel.money import BadAmount

FIELD = MoneyField()


@pytest.fixture
def payments(transactional_db):
    with isolate_apps("gongjia.kernel"):

        class Payment(models.Model):
            amount = MoneyField(null=True)

            class Meta:
                app_label = "kernel"

        with connection.schema_editor() as editor:
            editor.create_model(Payment)
        yield Payment.objects
        with connection.schema_editor() as editor:
            editor.delete_model(Payment)


def yuan(text: str) -> Value:
    return Value(Decimal(text), output_field=MoneyField())


def stored(field: str = "amount") -> list[int | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field} FROM kernel_payment ORDER BY id")  # noqa: S608 - no value from outside
        return [row[0] for row in cursor.fetchall()]


def test_yuan_are_stored_as_fen_and_read_as_decimal(payments):
    for amount in (Decimal("1234.56"), 3, "0.01", None):
        payments.create(amount=amount)
    assert stored() == [123456, 300, 1, None]
    assert list(payments.order_by("pk").values_list("amount", flat=True)) == [
        Decimal("1234.56"),
        Decimal("3.00"),
        Decimal("0.01"),
        None,
    ]


@pytest.mark.parametrize("fen", [2**63 - 1, -(2**63) + 1])
def test_the_largest_amount_that_fits_survives(payments, fen):
    payments.create(amount=Decimal(fen).scaleb(-2))
    assert stored() == [fen]
    assert payments.get().amount == Decimal(fen).scaleb(-2)


def test_amounts_are_compared_in_yuan(payments):
    payments.create(amount=Decimal("20.00"))
    assert payments.filter(amount=20).exists()
    assert payments.filter(amount__gte="19.99", amount__lt=Decimal("20.01")).exists()
    assert payments.filter(amount__in=[19, Decimal("20.00")]).exists()
    assert not payments.filter(amount__gt=20).exists()


def test_a_float_is_refused_on_every_way_in(payments):
    with pytest.raises(TypeError, match="float"):
        payments.create(amount=0.1)
    with pytest.raises(TypeError, match="float"):
        payments.filter(amount=0.1).exists()
    with pytest.raises(TypeError, match="float"):
        payments.update(amount=0.1)
    with pytest.raises(ValidationError, match="浮点数"):
        FIELD.clean(0.1, None)


def test_parts_of_a_fen_and_amounts_beyond_bigint_are_refused(payments):
    with pytest.raises(BadAmount, match="两位小数"):
        payments.create(amount=Decimal("0.001"))
    with pytest.raises(BadAmount, match="太大"):
        payments.create(amount=Decimal(2**63).scaleb(-2))
    with pytest.raises(ValidationError, match="两位小数"):
        FIELD.clean(Decimal("0.001"), None)


def test_sums_come_out_in_yuan(payments):
    payments.bulk_create([payments.model(amount=Decimal("0.10")) for _ in range(3)])
    found = payments.aggregate(total=Sum("amount"), most=Max("amount"))
    assert found == {"total": Decimal("0.30"), "most": Decimal("0.10")}


def test_an_average_that_would_split_a_fen_is_refused(payments):
    payments.bulk_create([payments.model(amount=amount) for amount in ("0.01", "0.02")])
    with pytest.raises(TypeError, match="divide the sum by the count"):
        payments.aggregate(Avg("amount"))


def test_adding_a_bare_number_is_refused_because_it_would_add_fen(payments):
    payments.create(amount=10)
    with pytest.raises(FieldError):
        list(payments.annotate(more=F("amount") + 5))
    payments.update(amount=F("amount") + yuan("5.50"))
    assert stored() == [1550]
    payments.update(amount=F("amount") - yuan("0.50"))
    assert payments.annotate(twice=F("amount") + F("amount")).get().twice == Decimal("30.00")


def test_a_form_takes_two_decimals_and_gives_decimal():
    field = FIELD.formfield()
    assert isinstance(field, forms.DecimalField)
    assert field.clean("12.50") == Decimal("12.50")
    with pytest.raises(ValidationError):
        field.clean("12.505")


def test_a_migration_holds_the_field_by_its_own_name():
    name, path, args, kwargs = MoneyField(null=True).deconstruct()
    assert (name, path, args, kwargs) == (None, "gongjia.kernel.fields.MoneyField", [], {"null": True})


def test_a_default_that_is_a_float_is_found_by_the_checks(payments):
    class Wrong(models.Model):
        amount = MoneyField(default=0.5)

        class Meta:
            app_label = "kernel"

    assert [found.id for found in Wrong._meta.get_field("amount").check()] == ["kernel.E001"]
    assert payments.model._meta.get_field("amount").check() == []


def test_serialised_amounts_are_read_back(payments):
    row = payments.model(amount=Decimal("12.50"))
    field = row._meta.get_field("amount")
    assert field.value_to_string(row) == "12.50"
    assert field.to_python("12.50") == Decimal("12.50")
    assert field.value_to_string(payments.model()) == ""
    assert field.to_python("") is None
