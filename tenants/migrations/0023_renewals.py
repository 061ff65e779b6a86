from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0022_second_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="renews",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
