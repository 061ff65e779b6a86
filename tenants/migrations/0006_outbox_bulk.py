"""A kind of outbox row for bulk changes of users."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_pull_kinds")]

    operations = [
        migrations.AlterField(
            model_name="outboxentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("pool", "User pool"),
                    ("tenant", "Tenant"),
                    ("user", "User"),
                    ("invitation", "Invitation mail"),
                    ("bulk", "Bulk change of users"),
                    ("pull", "Users of a pool"),
                    ("pull_user", "User in Cognito"),
                ],
                max_length=16,
            ),
        ),
    ]
