"""Rows that wait and rows in work are found apart from each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0011_groups"),
        ("tenants", "0013_native_mode"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="bulkrow",
            name="bulk_row_open",
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["job", "lane", "user_id"], name="bulk_row_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="bulkrow",
            index=models.Index(
                condition=models.Q(("state", "working")), fields=["job", "lane", "user_id"], name="bulk_row_working"
            ),
        ),
    ]
