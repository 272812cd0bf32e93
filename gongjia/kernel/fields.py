"""The one field for money."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable, register_combinable_fields

from gongjia.kernel.money import BadAmount, to_fen, to_yuan

_MOST = 2**63 - 1
_FORM_DIGITS = 17


class MoneyField(models.Field[Decimal | int | str | Combinable, Decimal]):
    """Yuan as Decimal with two places in Python, whole fen as bigint in the database; floats are refused.

    Not a subclass of the integer fields: `F("amount") + 5` would then add five fen. It raises FieldError; write
    `F("amount") + Value(Decimal(5), output_field=MoneyField())`. Sum gives Decimal yuan; an average is Sum over Count.
    """

    description = "Money in yuan, stored as fen"

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """bigint, by the type and not by posing as BigIntegerField: Django would cut an average down to whole fen."""
        return models.BigIntegerField().db_type(connection)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.has_default() and isinstance(self.default, float):
            found.append(checks.Error("The default of a MoneyField must not be a float.", obj=self, id="kernel.E001"))
        return found

    def to_python(self, value: Any) -> Decimal | None:
        """Raises ValidationError in Chinese for what is no amount of whole fen."""
        if value is None or value == "":
            return None
        try:
            return to_yuan(_in_range(to_fen(value)))
        except BadAmount as error:
            raise ValidationError(error.reason_zh, code="invalid") from error
        except TypeError as error:
            raise ValidationError("金额请用精确的数字填写，不能用浮点数", code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None or hasattr(value, "resolve_expression") else _in_range(to_fen(value))

    def from_db_value(self, value: Any, *_: Any) -> Decimal | None:
        """PostgreSQL hands a sum of bigints over as Decimal; a fraction of a fen would come from an average only."""
        if value is None:
            return None
        if value != int(value):
            raise TypeError("the average of money is not whole fen: divide the sum by the count")
        return to_yuan(int(value))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        kwargs.setdefault("form_class", forms.DecimalField)
        return super().formfield(max_digits=_FORM_DIGITS, decimal_places=2, **kwargs)


def _in_range(fen: int) -> int:
    if abs(fen) > _MOST:
        raise BadAmount("金额太大，请核对位数")
    return fen


for _operator in (Combinable.ADD, Combinable.SUB):
    register_combinable_fields(MoneyField, _operator, MoneyField, MoneyField)
