from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0015_versions_of_arrivals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("key", models.CharField(max_length=150, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField(db_default=0, default=0)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
