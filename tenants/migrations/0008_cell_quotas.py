from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0007_outbox_owed_since"),
    ]

    operations = [
        migrations.AddField(
            model_name="cell",
            name="raised_quotas",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="cell",
            name="user_pool_quota",
            field=models.PositiveIntegerField(default=1000, help_text="User pools that AWS allows in the Region."),
        ),
    ]
