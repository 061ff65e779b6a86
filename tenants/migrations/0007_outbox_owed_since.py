"""Since when a row is owed: the age of the oldest is what operators watch."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_outbox_bulk")]

    operations = [
        migrations.AddField(
            model_name="outboxentry",
            name="owed_since",
            field=models.DateTimeField(db_default=Now()),
        ),
    ]
