from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0034_remember_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="cell",
            name="message_function_arn",
            field=models.CharField(blank=True, db_default="", default="", max_length=2048),
        ),
    ]
