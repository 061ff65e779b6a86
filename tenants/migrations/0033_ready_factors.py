import django.contrib.postgres.fields
from django.db import migrations, models

# Until now all that was allowed was offered, and what is allowed already has long been written.
_ALL_ARE_READY = "UPDATE tenants_signinpolicy SET ready_factors = first_factors WHERE first_factors <> '{}'"


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0032_own_details"),
    ]

    operations = [
        migrations.AddField(
            model_name="signinpolicy",
            name="ready_factors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("WEB_AUTHN", "Passkey"), ("EMAIL_OTP", "Code by e-mail"), ("SMS_OTP", "Code by SMS")],
                    max_length=16,
                ),
                blank=True,
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.RunSQL(_ALL_ARE_READY, migrations.RunSQL.noop),
    ]
