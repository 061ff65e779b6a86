import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0036_account_page_refusals"),
        ("identity", "0023_keeps_number"),
        ("tenants", "0034_remember_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="RememberedBrowser",
            fields=[
                ("secrets_encrypted", models.BinaryField(blank=True, default=b"")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("remembered_at", models.DateTimeField()),
                ("until", models.DateTimeField(db_index=True)),
                ("resets", models.PositiveIntegerField()),
                (
                    "factor",
                    models.CharField(
                        choices=[
                            ("totp", "Authenticator app"),
                            ("email", "Code by e-mail"),
                            ("sms", "Code by SMS"),
                            ("key", "Security key or passkey"),
                        ],
                        max_length=8,
                    ),
                ),
                ("device_key", models.CharField(blank=True, db_default="", default="", max_length=120)),
                (
                    "browser",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="federation.knowndevice",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="identity.directoryuser"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("browser__isnull", True)),
                        fields=["user"],
                        name="remembered_browser_void",
                    )
                ],
            },
        ),
    ]
