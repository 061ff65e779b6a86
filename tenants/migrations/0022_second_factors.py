"""Which second factors a tenant allows; where its own pool has more than the authenticator app, those stay allowed."""

import django.contrib.postgres.fields
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import tenants.factors


def keep_what_pools_have(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """A pool of one tenant is given what its policy allows from now on, and must not lose what it has."""
    policies = apps.get_model("tenants", "SignInPolicy").objects
    for policy in policies.filter(tenant__pool__kind="dedicated").select_related("tenant__pool__settings"):
        settings = getattr(policy.tenant.pool, "settings", None)
        if settings is None:
            continue
        more = [*(["email"] if settings.email_mfa else []), *(["sms"] if settings.sms_role_arn else [])]
        if more:
            policies.filter(pk=policy.pk).update(second_factors=["totp", *more])


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0021_public_clients"),
    ]

    operations = [
        migrations.AddField(
            model_name="signinpolicy",
            name="second_factors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[("totp", "Authenticator app"), ("email", "Code by e-mail"), ("sms", "Code by SMS")],
                    max_length=8,
                ),
                db_default=["totp"],
                default=tenants.factors.authenticator_app_alone,
                size=None,
            ),
        ),
        migrations.RunPython(keep_what_pools_have, migrations.RunPython.noop),
    ]
