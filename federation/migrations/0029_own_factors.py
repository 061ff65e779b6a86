"""Second factors that Lifeguard keeps itself, and by what connections meet a policy for second factors."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0028_account_changes"),
        ("identity", "0020_passkeys"),
        ("tenants", "0030_application_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="mfa_trust",
            field=models.CharField(
                choices=[
                    ("provider", "Their identity provider asks"),
                    ("claim", "Their identity provider says that it asked"),
                    ("own", "Lifeguard asks"),
                ],
                db_default="provider",
                default="provider",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="mfa_values",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=256), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="signinattempt",
            name="step",
            field=models.CharField(
                choices=[
                    ("new_password", "New password"),
                    ("totp", "Code from the authenticator app"),
                    ("totp_setup", "Set up the authenticator app"),
                    ("totp_offer", "Offer to set up an authenticator app"),
                    ("email_code", "Code from the mail"),
                    ("sms_code", "Code from the text message"),
                    ("factor_select", "Choose a second factor to answer with"),
                    ("factor_setup", "Choose a second factor to set up"),
                    ("factor_offer", "Offer to set up a second factor"),
                    ("email_setup", "Show that codes arrive by e-mail"),
                    ("phone_setup", "Say the telephone number"),
                    ("sms_setup", "Show that codes arrive by SMS"),
                    ("passkey_offer", "Offer to make a passkey"),
                    ("own_code", "Code from the authenticator app that Lifeguard keeps"),
                    ("own_setup", "Set up an authenticator app that Lifeguard keeps"),
                    ("done", "Done"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="OwnFactor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret_encrypted", models.BinaryField()),
                ("resets", models.PositiveIntegerField()),
                ("last_step", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_factor",
                        to="identity.directoryuser",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
