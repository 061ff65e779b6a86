"""Indexes for who is missing in Cognito, and who was created there. Built while the product runs."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("identity", "0014_bulk_paused"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(models.Q(("status", "deleting"), _negated=True), ("missing_since__isnull", False)),
                fields=["tenant", "email", "id"],
                name="directory_user_missing",
            ),
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status", "deleting"), _negated=True), models.Q(("cognito_username", ""), _negated=True)
                ),
                fields=["tenant", "email", "id"],
                name="directory_user_made_there",
            ),
        ),
    ]
