import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0023_renewals")]

    operations = [
        migrations.AddField(
            model_name="signinpolicy",
            name="first_factors",
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
    ]
