"""Bulk jobs, and what the directory has to know of somebody who was made by one."""

import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

SCOPES = [
    ("pool", "User pool"),
    ("tenant", "Tenant"),
    ("user", "User"),
    ("invitation", "Invitation mail"),
    ("bulk", "Bulk change of users"),
    ("pull", "Users of a pool"),
    ("pull_user", "User in Cognito"),
]
KINDS = [
    ("create", "Create users"),
    ("update", "Change names"),
    ("disable", "Disable users"),
    ("enable", "Enable users"),
    ("delete", "Delete users"),
]
STATES = [
    ("draft", "To be confirmed"),
    ("queued", "Waiting to start"),
    ("running", "Running"),
    ("canceled", "Canceled"),
    ("done", "Done"),
]
ROW_STATES = [("waiting", "Waiting"), ("working", "Working"), ("done", "Done"), ("failed", "Not done")]
USER_STATES = [
    ("created", "Not invited"),
    ("invited", "Invited"),
    ("active", "Active"),
    ("disabled", "Disabled"),
    ("deleting", "Deleting"),
]


def tenant_key(*, db_index: bool = True) -> Any:
    """The key that makes a row a tenant's."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant", db_index=db_index
    )


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_pull"), ("tenants", "0006_outbox_bulk")]

    operations = [
        migrations.AddField("directoryuser", "awaits_password", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("directoryuser", "tokens_revoked_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "directoryuser", "status", models.CharField(choices=USER_STATES, default="invited", max_length=16)
        ),
        migrations.AlterField("syncedresource", "scope", models.CharField(choices=SCOPES, max_length=16)),
        migrations.AlterField("syncplan", "scope", models.CharField(choices=SCOPES, max_length=16)),
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=KINDS, max_length=16)),
                ("state", models.CharField(choices=STATES, default="draft", max_length=16)),
                ("send_invitations", models.BooleanField(default=False)),
                ("actor", models.JSONField(default=dict)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("going_since", models.DateTimeField(blank=True, null=True)),
                ("settled_before", models.PositiveIntegerField(default=0)),
                ("tenant", tenant_key()),
            ],
            options={
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["tenant", "-created_at", "-id"], name="bulk_job_list")],
            },
        ),
        migrations.CreateModel(
            name="BulkLane",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lanes", to="identity.bulkjob"
                    ),
                ),
                ("tenant", tenant_key()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("job", "number"), name="bulk_lane_once")]},
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane", models.PositiveSmallIntegerField()),
                ("line", models.PositiveIntegerField()),
                ("email", models.CharField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("user_id", models.UUIDField()),
                ("state", models.CharField(choices=ROW_STATES, default="waiting", max_length=8)),
                ("error", models.TextField(blank=True)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="identity.bulkjob",
                    ),
                ),
                ("tenant", tenant_key(db_index=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "working"])),
                        fields=["job", "lane", "user_id"],
                        name="bulk_row_open",
                    ),
                    models.Index(fields=["job", "line"], name="bulk_row_line"),
                ],
            },
        ),
    ]
