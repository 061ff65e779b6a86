"""Second factors beside the authenticator app, as sign-ins saw them."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0017_certificates_kind"),
        ("tenants", "0022_second_factors"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="directoryuser",
            name="directory_user_by_status",
        ),
        migrations.AddField(
            model_name="directoryuser",
            name="other_factors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="directoryuser",
            index=models.Index(
                condition=models.Q(("status", "deleting"), _negated=True),
                fields=["tenant", "status", "email", "id"],
                include=("has_totp", "other_factors"),
                name="directory_user_by_status",
            ),
        ),
    ]
