from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0002_ending_and_basis")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="basis",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="任职依据"),
            preserve_default=False,
        ),
    ]
