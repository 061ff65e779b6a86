"""Tenants are suspended, deleted, and removed for good after a while; their pools with them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_cell_quotas")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="purge_after",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="userpool",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="tenant",
            name="status",
            field=models.CharField(
                choices=[
                    ("active", "Active"),
                    ("suspended", "Suspended"),
                    ("deleted", "Deleted"),
                    ("removed", "Removed"),
                ],
                default="active",
                max_length=16,
            ),
        ),
    ]
