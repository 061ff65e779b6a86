"""Signing everybody out who came by a connection that is taken out of use."""

from django.utils import timezone

from federation.models import BrowserSession, Connection
from federation.selectors.connection_sessions import signed_in_by
from tenants.models import Account


def end_sessions_by(connection: Connection) -> int:
    """End the sessions that began by a connection, and the tokens that descend from them; returns how many had one.

    Call it in the transaction of the change. The connection says from when on sessions count
    (`Connection.may_hold_session`), so that one that is beginning at this moment ends too. A dashboard session does not
    know how it began: of people who came by the connection all of them end.
    """
    people = signed_in_by(connection)
    connection.signed_out_at = timezone.now()
    connection.save(update_fields=["signed_out_at", "updated_at"])
    came = BrowserSession.objects.filter(tenant=connection.tenant_id, connection=connection)
    Account.objects.end_member_sessions(*came.values_list("user_id", flat=True).distinct())
    return people
