from typing import Any

from django.db import migrations, models
from django.db.models import F, Q


def give_the_day(apps: Any, schema_editor: Any) -> None:
    """Rows that are kept and say not since when are kept from their first day; figures want counting anew after it."""
    rows = apps.get_model("memberships", "Membership")._base_manager
    rows.filter(state="retained", retained_on=None).update(retained_on=F("from_on"))


class Migration(migrations.Migration):
    dependencies = [("memberships", "0004_by_name_until")]

    operations = [
        migrations.RunPython(give_the_day, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=~Q(state="retained") | Q(retained_on__isnull=False), name="membership_kept_from_a_day"
            ),
        ),
    ]
