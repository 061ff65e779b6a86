"""Whom of the directory somebody is who comes by a connection: the tenant's rule, the proof, and attacks on both."""

import contextlib
from dataclasses import replace

import pytest

from federation.connections.linking import Known, Rule, refusal
from federation.connections.mapping import GroupRule
from federation.models import Connection, DomainStatus, EmailDomain, FederatedIdentity
from federation.services.arrivals import ArrivalRefused
from federation.services.connection_mapping import Arrivals, save_people
from federation.services.connection_states import mark_tested
from federation.services.connections import save_settings
from federation.signin.rehearsal import rehearse
from identity.cognito_tokens import CognitoClaims
from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import invite_user
from identity.services.users import delete_user, set_user_role
from tenants.audit_actions import Action
from tenants.errors import PermissionDenied
from tenants.models import AuditEvent
from tenants.permissions import TenantRole
from tests.factories import (
    DirectoryUserFactory,
    TenantCast,
    actor_of,
    make_tenant_cast,
)
from tests.federation.linking import (
    ADDRESS,
    VISITOR,
    arrival,
    arrive,
    change,
    fresh,
    identity_of,
    prove,
    refused,
    rule,
)
from tests.support.connections import ACTOR, saml_settings, with_rules


def test_who_is_connected_keeps_their_account(connection: Connection, ada: DirectoryUser) -> None:
    """And the profile that Cognito made is remembered; name and address are theirs, whatever is said."""
    found = arrive(connection, name="Somebody else")
    assert found.pk == ada.pk
    found.refresh_from_db()
    kept = ("email", "email_verified", "name", "cognito_sub", "cognito_username", "cognito_status", "status")
    assert [getattr(found, name) for name in kept] == [getattr(ada, name) for name in kept]
    identity = identity_of(connection)
    assert identity.is_linked
    assert identity.cognito_username == f"{connection.provider_name}_u-1"
    event = AuditEvent.objects.get(action=Action.USER_LINKED)
    assert event.target_id == str(ada.pk)
    assert (event.after["because"], event.after["rule"], event.after["email"]) == ("address", "people", ADDRESS)
    arrive(connection)
    assert AuditEvent.objects.filter(action=Action.USER_LINKED).count() == 1


@pytest.mark.parametrize(
    ("user", "linking", "code"),
    [
        ({}, "never", "email_taken"),
        ({"role": "owner"}, "team", "owner_elsewhere"),
        ({"role": "admin"}, "people", "role_elsewhere"),
        ({"role": "auditor"}, "people", "role_elsewhere"),
        ({"email_verified": False}, "team", "address_unproved"),
        ({"cognito_username": "other_u", "cognito_status": "EXTERNAL_PROVIDER"}, "team", "other_connection"),
        ({"status": "disabled"}, "team", "disabled"),
        ({"status": "invited"}, "team", "not_awaited"),
    ],
)
def test_nobody_else_is_connected(
    connection: Connection, ada: DirectoryUser, user: dict[str, object], linking: str, code: str
) -> None:
    rule(connection, linking)
    change(ada, **user)
    assert refused(lambda: arrive(connection)) == code


@pytest.mark.parametrize("status", [DomainStatus.WAITING, DomainStatus.SETTLING, DomainStatus.MISSING])
def test_the_domain_has_to_be_proved_now(connection: Connection, ada: DirectoryUser, status: DomainStatus) -> None:
    """A grace time, or a proof that only began to count, is not enough."""
    EmailDomain.objects.update(status=status)
    assert refused(lambda: arrive(connection)) == "domain_unproved"


def test_a_domain_of_a_neighbour_or_above_proves_nothing(
    people: TenantCast, connection: Connection, ada: DirectoryUser
) -> None:
    """The neighbour is in the same pool; its people are its own."""
    EmailDomain.objects.all().delete()
    neighbour = make_tenant_cast("hooli", pool=people.tenant.pool)
    prove(neighbour.tenant)
    prove(people.tenant, "example")
    prove(people.tenant, "mail.acme.example")
    theirs = DirectoryUserFactory.create(tenant=neighbour.tenant, email="bob@acme.example")
    assert refused(lambda: arrive(connection)) == "domain_unproved"
    assert arrive(connection, "u-2", email="bob@acme.example").pk != theirs.pk
    assert not FederatedIdentity.objects.filter(user=theirs).exists()


@pytest.mark.parametrize(
    "said",
    [
        "ada+x@acme.example",
        "a.da@acme.example",
        "ada@mail.acme.example",
        "ada@acme.example.evil.example",
        "ada@acme-example",
        "ada@аcme.example",
        "ada@ａcme.example",
        "аda@acme.example",
        "mar\N{KELVIN SIGN}@acme.example",
        "mark@acme.example\N{ZERO WIDTH SPACE}",
        '"mark@acme.example"@evil.example',
        "mark@acme.example@evil.example",
        "mark@acme.example,eve@evil.example",
        "mark\N{LATIN SMALL LETTER LONG S}@acme.example",
        "mark@acme.example\0",
    ],
)
def test_an_address_like_somebodys_is_not_theirs(people: TenantCast, connection: Connection, said: str) -> None:
    """Parts that are left out, other letters that look alike or become the same in lower case, several addresses."""
    victims = [
        DirectoryUserFactory.create(tenant=people.tenant, email=email) for email in (ADDRESS, "mark@acme.example")
    ]
    with contextlib.suppress(ArrivalRefused):
        arrive(connection, email=said)
    assert not FederatedIdentity.objects.filter(user__in=victims).exists()


def test_upper_case_is_the_same_address(connection: Connection, ada: DirectoryUser) -> None:
    """As everywhere here."""
    assert arrive(connection, email=ADDRESS).pk == ada.pk


def test_an_identity_provider_that_later_says_another_address(
    people: TenantCast, connection: Connection, ada: DirectoryUser
) -> None:
    """The person stays who they were connected with; nobody else's address becomes theirs, nor does a free one."""
    other = DirectoryUserFactory.create(tenant=people.tenant, email="bob@acme.example")
    arrive(connection)
    for said in ("bob@acme.example", "free@acme.example", "free@evil.example", ""):
        assert arrive(connection, email=said).pk == ada.pk
        ada.refresh_from_db()
        assert (ada.email, ada.email_verified) == (ADDRESS, True)
    assert not FederatedIdentity.objects.filter(user=other).exists()


def test_a_domain_that_is_lost_takes_nobody_away_and_brings_nobody(
    people: TenantCast, connection: Connection, ada: DirectoryUser
) -> None:
    """Who is connected is known by the subject."""
    DirectoryUserFactory.create(tenant=people.tenant, email="bob@acme.example")
    arrive(connection)
    EmailDomain.objects.update(status=DomainStatus.WAITING)
    assert arrive(connection).pk == ada.pk
    assert refused(lambda: arrive(connection, "u-2", email="bob@acme.example")) == "domain_unproved"


def test_another_subject_with_the_address_is_somebody_else(connection: Connection, ada: DirectoryUser) -> None:
    """Of one identity provider one person comes as one user: it tells the two from one another itself."""
    arrive(connection)
    assert refused(lambda: arrive(connection, "u-2")) == "other_subject"


def test_a_deleted_user_gives_the_address_free_and_nothing_else(
    people: TenantCast, connection: Connection, ada: DirectoryUser
) -> None:
    """Whoever comes while they go is nobody; whoever comes afterwards is somebody new, without the role."""
    change(ada, role="admin")
    rule(connection, "team")
    arrive(connection)
    delete_user(people.tenant, ada.pk, confirm_email=ADDRESS, actor=ACTOR)
    assert refused(lambda: arrive(connection)) == "disabled"
    DirectoryUser.objects.filter(pk=ada.pk).delete()
    again = DirectoryUserFactory.create(tenant=people.tenant, email=ADDRESS)
    rule(connection, "never")
    assert refused(lambda: arrive(connection)) == "email_taken"
    again.delete()
    assert (arrive(connection).role, arrive(connection).pk == ada.pk) == ("", False)


def test_who_gets_a_role_later_is_no_connections_whom_an_admin_set_up(
    people: TenantCast, connection: Connection, ada: DirectoryUser
) -> None:
    """Until an owner stands for it; from then on only owners may change the connection."""
    admin = actor_of(people.admin)
    arrive(connection)
    set_user_role(people.tenant, ada.pk, role=TenantRole.OWNER, actor=actor_of(people.owner))
    assert refused(lambda: arrive(connection)) == "role_elsewhere"
    with pytest.raises(PermissionDenied):
        rule(connection, "team", actor=admin)
    rule(connection, "team", actor=actor_of(people.owner))
    assert arrive(connection).pk == ada.pk
    other = saml_settings("https://elsewhere.example/saml")
    for changing in (
        lambda: save_settings(people.tenant, connection.pk, other, change="Elsewhere", actor=admin),
        lambda: rule(connection, "people", actor=admin),
    ):
        with pytest.raises(PermissionDenied):
            changing()


def test_roles_that_the_connection_gives_shut_nobody_out(connection: Connection, ada: DirectoryUser) -> None:
    """Only an owner can have made such a rule."""
    arrive(connection)
    with_rules(connection, GroupRule("IT", role="admin"))
    change(ada, role="admin")
    assert arrive(connection).pk == ada.pk


@pytest.mark.parametrize(
    ("jit", "status", "invited", "role", "expected"),
    [
        ("on", "created", False, "", ""),
        ("invited", "created", False, "", "not_awaited"),
        ("off", "created", False, "", "not_awaited"),
        ("on", "created", False, "admin", "role_elsewhere"),
        ("invited", "invited", True, "", ""),
        ("on", "invited", False, "", "not_awaited"),
        ("on", "invited", True, "owner", "owner_elsewhere"),
        ("off", "invited", True, "", "not_awaited"),
    ],
)
def test_whoever_never_signed_in_is_awaited_or_not(
    jit: str, status: str, *, invited: bool, role: str, expected: str
) -> None:
    """Whether the domain is proved and who else may be connected is not asked: an admin made them to come in."""
    assert refusal(Known(status, role=role, is_invited=invited), Rule(jit, "never")) == expected


@pytest.mark.parametrize("invited", [True, False])
def test_who_was_made_in_bulk_comes_in_and_keeps_the_account(
    people: TenantCast, connection: Connection, *, invited: bool
) -> None:
    """Nobody knows the password of it; it is there for the day on which they need one."""
    made = DirectoryUserFactory.create(
        tenant=people.tenant, email=ADDRESS, status=UserStatus.CREATED, awaits_password=True, cognito_sub="made"
    )
    if invited:
        made.delete()
        made = invite_user(people.tenant, email=ADDRESS, name="Ada", role="", actor=ACTOR)
        change(made, awaits_password=True, cognito_sub="made")
    rule(connection, "never", jit="invited" if invited else "on")
    assert arrive(connection).pk == made.pk
    made.refresh_from_db()
    assert (made.status, made.cognito_sub, made.cognito_username) == (UserStatus.ACTIVE, "made", "")
    assert not made.email_verified
    assert identity_of(connection).is_linked


def test_each_rule_is_a_version(people: TenantCast, connection: Connection) -> None:
    """Saved with the mapping it is one, and none where nothing changed; a test that was passed still counts."""
    rule(connection, "people")
    assert [version.arrivals["linking"] for version in connection.versions.all()] == ["people", "never", "never"]
    passed = mark_tested(people.tenant, connection.pk, version=3, actor=ACTOR)
    rule(connection, "team")
    passed.refresh_from_db()
    assert (passed.status, passed.is_tested) == ("tested", True)
    mapping = replace(passed.mapping, name="")
    save_people(people.tenant, connection.pk, mapping, Arrivals(jit="off"), actor=ACTOR)
    newest = connection.versions.all()[0]
    assert (newest.number, newest.arrivals, newest.mapping["name"]) == (
        5,
        {"jit": "off", "default_role": "", "linking": "never", "mfa_trust": "provider", "mfa_values": []},
        "",
    )


def test_a_test_connects_nobody(connection: Connection, ada: DirectoryUser) -> None:
    """It says who the person would be, and keeps and sends nothing."""
    claims = CognitoClaims("sub", f"{connection.provider_name}-test_u-1", "client")
    report = rehearse(connection, arrival(connection), claims, visitor=VISITOR)
    assert (report.status, report.email) == ("existing", ADDRESS)
    assert not FederatedIdentity.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.USER_LINKED).exists()
    rule(connection, "never")
    report = rehearse(fresh(connection), arrival(connection), claims, visitor=VISITOR)
    assert (report.status, report.reason) == ("refused", "email_taken")
