import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0035_cell_message_function"),
    ]

    operations = [
        migrations.AddField(
            model_name="application",
            name="access_token_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=10,
                default=10,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)],
            ),
        ),
    ]
