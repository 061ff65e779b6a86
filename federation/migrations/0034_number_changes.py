import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0033_known_browsers"),
        ("identity", "0022_chosen_language"),
        ("tenants", "0033_ready_factors"),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberChange",
            fields=[
                ("secrets_encrypted", models.BinaryField(blank=True, default=b"")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="identity.directoryuser",
                    ),
                ),
                ("resets", models.PositiveIntegerField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
