import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("federation", "0037_remembered_browsers"),
        ("identity", "0023_keeps_number"),
        ("tenants", "0034_remember_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="ownfactor",
            name="name",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.CreateModel(
            name="AppName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("resets", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=60)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="identity.directoryuser"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
