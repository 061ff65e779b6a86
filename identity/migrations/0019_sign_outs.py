from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0018_other_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="directoryuser",
            name="sign_outs_done",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="directoryuser",
            name="sign_outs_wanted",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]
