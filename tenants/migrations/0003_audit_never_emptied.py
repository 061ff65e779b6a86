"""Refuse TRUNCATE on the audit log too: triggers for each row do not see it."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER tenants_auditevent_never_emptied BEFORE TRUNCATE ON tenants_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION tenants_auditevent_refuse();
"""
ALLOW = "DROP TRIGGER tenants_auditevent_never_emptied ON tenants_auditevent;"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_audit_append_only")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
