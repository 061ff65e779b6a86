from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0020_passkeys"),
    ]

    operations = [
        migrations.AddField(
            model_name="directoryuser",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
    ]
