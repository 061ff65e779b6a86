"""Indexes for lists of a large fleet. They are built while the product runs, which a transaction cannot do."""

import datetime
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("identity", "0007_periodic_runs"),
        ("tenants", "0010_fleet_indexes"),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="directoryuser",
            name="directory_user_list",
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(("status", "deleting"), _negated=True),
                fields=["tenant", "status", "email", "id"],
                include=("has_totp",),
                name="directory_user_by_status",
            ),
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(("status", "deleting"), _negated=True),
                fields=["tenant", "email", "id"],
                name="directory_user_by_email",
            ),
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                models.F("tenant"),
                django.db.models.functions.text.Lower("name"),
                models.F("id"),
                condition=models.Q(("status", "deleting"), _negated=True),
                name="directory_user_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                models.F("tenant"),
                django.db.models.functions.comparison.Coalesce(
                    "last_sign_in_at", models.Value(datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.UTC))
                ),
                models.F("id"),
                condition=models.Q(("status", "deleting"), _negated=True),
                name="directory_user_by_sign_in",
            ),
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(("status", "deleting"), _negated=True),
                fields=["tenant", "created_at", "id"],
                name="directory_user_by_age",
            ),
        ),
        AddIndexConcurrently(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status", "deleting"), _negated=True), models.Q(("role", ""), _negated=True)
                ),
                fields=["tenant", "email"],
                name="directory_user_team",
            ),
        ),
    ]
