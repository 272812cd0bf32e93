import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("engine_messages", "0003_path_is_leads_to")]
    operations = [
        migrations.AddField(
            model_name="message",
            name="answers",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answered_by",
                to="engine_messages.message",
                verbose_name="回复的留言",
            ),
        ),
    ]
