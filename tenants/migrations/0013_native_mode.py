"""Applications in native mode: how their app clients are set, and the scopes of their APIs."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import tenants.models.native
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0012_outbox_standing"),
    ]

    operations = [
        migrations.CreateModel(
            name="NativeMode",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="native",
                        serialize=False,
                        to="tenants.application",
                    ),
                ),
                ("public_client", models.BooleanField(default=False)),
                (
                    "standard_scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        default=tenants.models.native.default_scopes,
                        size=None,
                    ),
                ),
                (
                    "readable",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64),
                        default=tenants.models.native.default_readable,
                        size=None,
                    ),
                ),
                (
                    "writable",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), blank=True, default=list, size=None
                    ),
                ),
                (
                    "access_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                    ),
                ),
                (
                    "id_minutes",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                    ),
                ),
                (
                    "refresh_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                    ),
                ),
                ("rotate_refresh", models.BooleanField(default=True)),
                (
                    "rotation_grace_seconds",
                    models.PositiveSmallIntegerField(
                        default=10, validators=[django.core.validators.MaxValueValidator(60)]
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiScope",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=64)),
                ("description", models.CharField(max_length=256)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="scopes", to="tenants.application"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("application", "name"), name="api_scope_once")],
            },
        ),
    ]
