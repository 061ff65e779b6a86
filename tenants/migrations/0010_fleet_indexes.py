"""Indexes for lists of a large fleet. They are built while the product runs, which a transaction cannot do."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tenants", "0009_tenant_lifecycle"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(max_length=64),
        ),
        AddIndexConcurrently(
            model_name="outboxentry",
            index=models.Index(fields=["-updated_at", "-id"], name="outbox_newest"),
        ),
        AddIndexConcurrently(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("lease_until__isnull", False)), fields=["lease_until"], name="outbox_leased"
            ),
        ),
        AddIndexConcurrently(
            model_name="tenant",
            index=models.Index(fields=["name", "id"], name="tenant_by_name"),
        ),
        AddIndexConcurrently(
            model_name="tenant",
            index=models.Index(fields=["created_at", "id"], name="tenant_by_age"),
        ),
    ]
