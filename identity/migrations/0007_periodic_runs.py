"""When periodic tasks last succeeded; an index over the few resources that are not in sync."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0006_bulk_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="PeriodicRun",
            fields=[
                ("task", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("succeeded_at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="syncedresource",
            index=models.Index(
                condition=models.Q(("state", "in_sync"), _negated=True),
                fields=["state", "family"],
                name="synced_resource_open",
            ),
        ),
    ]
