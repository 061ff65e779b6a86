"""What would become of a person whom a test of a connection brought: played through, and taken back."""

from django.conf import settings
from django.db import transaction

from federation.connections.test_report import Report, attributes_shown
from federation.levels import AMR_FEDERATED, acr_of
from federation.models import Connection
from federation.provider.mint import Subject, person_claims
from federation.provider.roles import roles_in_tokens
from federation.services.arrivals import Arrival, ArrivalRefused, receive
from identity.cognito_tokens import CognitoClaims
from identity.models import DirectoryUser
from identity.selectors.groups import groups_of_user
from tenants.actor import Actor
from tenants.selectors import applications_of

_SCOPE = frozenset({"openid", "email", "profile", "groups"})


def rehearse(connection: Connection, arrival: Arrival, identity: CognitoClaims, *, visitor: Actor) -> Report:
    """Return what an arrival would lead to, by the very rules of a real one, of which nothing is kept.

    Args:
        connection: at the version that is tested.
        arrival: who came, with the username that they would have by the connection itself.
        identity: what Cognito's verified token says.
        visitor: the request's actor.
    """
    attributes = attributes_shown(identity.attributes)
    claimed = arrival.claims.groups
    try:
        with transaction.atomic():
            user = receive(connection, arrival, visitor=visitor)
            groups = tuple(groups_of_user(user).values_list("name", flat=True))
            applications = {each.name: roles_in_tokens(user, each) for each in applications_of(connection.tenant)}
            # The one way out of a block that undoes it without an error.
            transaction.set_rollback(True)
    except ArrivalRefused as error:
        return Report(
            attributes=attributes,
            status="refused",
            reason=error.code,
            email=arrival.claims.email,
            name=arrival.claims.name,
            claimed_groups=claimed,
        )
    is_new = not DirectoryUser.objects.filter(pk=user.pk).exists()
    return Report(
        attributes=attributes,
        status="new" if is_new else "existing",
        email=user.email,
        name=user.name,
        role=user.role,
        groups=groups,
        claimed_groups=claimed,
        applications=applications,
        token=_token(connection, user, groups, is_new=is_new),
    )


def _token(connection: Connection, user: DirectoryUser, groups: tuple[str, ...], *, is_new: bool) -> dict[str, object]:
    """The claims that do not depend on application and moment, of an ID token with every scope about the person.

    The roles are those where an application has no catalogue of its own.
    """
    amr = [AMR_FEDERATED]
    subject = Subject(
        issuer=settings.SIGNIN_URL,
        subject="…" if is_new else str(user.pk),
        email=user.email,
        email_verified=user.email_verified,
        name=user.name,
        roles=(user.role,) if user.role else (),
        groups=groups,
        tenant_id=str(connection.tenant_id),
        tenant_slug=connection.tenant.slug,
        client_id="",
        audiences=(),
        scope=_SCOPE,
        nonce="",
        auth_time=0,
        acr=acr_of(amr),
        amr=tuple(amr),
        session_id="",
        family_id="",
    )
    return {"iss": subject.issuer, **person_claims(subject), "acr": subject.acr, "amr": amr}
