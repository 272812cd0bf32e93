from django.db import migrations


class Migration(migrations.Migration):
    """`path` of a row is its place in the tree of organisations: a message's page needs another name."""

    dependencies = [("engine_messages", "0002_answers")]

    operations = [migrations.RenameField("message", "path", "leads_to")]
