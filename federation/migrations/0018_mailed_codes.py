from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0017_pushed_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorizationrequest",
            name="code_hash",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="authorizationrequest",
            name="code_tries",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="authorizationrequest",
            name="proved_email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
    ]
