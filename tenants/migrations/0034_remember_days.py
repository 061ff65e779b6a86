import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0033_ready_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="poolsettings",
            name="remembers_devices",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="signinpolicy",
            name="remember_days",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, validators=[django.core.validators.MaxValueValidator(90)]
            ),
        ),
        migrations.AddField(
            model_name="signinpolicy",
            name="remembered_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
