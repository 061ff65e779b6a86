"""PostgreSQL keeps how each outbox row stands; audit events are found by chain. Indexes are built while the product runs."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tenants", "0011_pool_settings"),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="auditevent",
            name="audit_tenant_newest",
        ),
        migrations.AddField(
            model_name="outboxentry",
            name="standing",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("done_gen", models.F("wanted_gen")),
                            models.Q(("scheduled", True), ("last_error_code__in", ("", "waiting"))),
                            _connector="OR",
                        ),
                        then=models.Value("at_rest"),
                    ),
                    models.When(models.Q(("last_error_code__in", ("", "waiting"))), then=models.Value("pending")),
                    models.When(remedy="", then=models.Value("failing")),
                    default=models.Value("blocked"),
                ),
                output_field=models.CharField(
                    choices=[
                        ("at_rest", "At rest"),
                        ("pending", "Pending"),
                        ("blocked", "Blocked"),
                        ("failing", "Failing"),
                    ],
                    max_length=16,
                ),
            ),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["chain", "action", "-sequence"], name="audit_by_action"),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["chain", "actor_id", "-sequence"], name="audit_by_actor"),
        ),
        AddIndexConcurrently(
            model_name="auditevent",
            index=models.Index(fields=["chain", "target_id", "-sequence"], name="audit_by_target"),
        ),
        AddIndexConcurrently(
            model_name="outboxentry",
            index=models.Index(fields=["standing", "-updated_at", "-id"], name="outbox_standing"),
        ),
    ]
