from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0029_own_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="accountrequest",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="authorizationrequest",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
    ]
