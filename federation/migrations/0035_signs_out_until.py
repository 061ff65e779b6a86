from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0034_number_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="connectiontest",
            name="signs_out_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
