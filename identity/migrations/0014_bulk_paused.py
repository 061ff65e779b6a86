from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0013_plan_asker"),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkjob",
            name="pause_reason",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AlterField(
            model_name="bulkjob",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "To be confirmed"),
                    ("queued", "Waiting to start"),
                    ("running", "Running"),
                    ("paused", "Paused"),
                    ("canceled", "Canceled"),
                    ("done", "Done"),
                ],
                default="draft",
                max_length=16,
            ),
        ),
    ]
