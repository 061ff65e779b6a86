from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0022_chosen_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="directoryuser",
            name="keeps_number",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
