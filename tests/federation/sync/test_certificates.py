"""The certificates that Cognito has for a SAML connection: kept by a worker, and given to the identity provider."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import etree
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from federation.connections.settings import SamlSettings
from federation.metadata import Certificate
from federation.metadata.certificates import body
from federation.models import Connection, ConnectionCertificates
from federation.selectors.service_provider import our_keys, own_metadata
from federation.services.connection_certificates import sweep_certificates
from federation.services.connection_states import mark_tested
from federation.services.connection_switches import Switches, save_switches
from identity.cells import pool_ref
from identity.cognito import certificates, identity_providers
from identity.sync import engine
from tenants.models import Cell, OutboxEntry, PoolKind, SyncKind, Tenant
from tests.factories import TenantFactory, UserPoolFactory
from tests.support.connections import ACTOR, activated, saml_connection
from tests.support.sync import PRIORITY, make_due, request_tenant, run_tenant

NAMES = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}


@pytest.fixture
def tenant(local_cell: Cell) -> Tenant:
    """A tenant of a shared pool, of which Cognito has nothing yet."""
    made = TenantFactory.create(pool=UserPoolFactory.create(cell=local_cell, kind=PoolKind.SHARED))
    request_tenant(made)
    return made


def look(connection: Connection) -> OutboxEntry:
    """Do what is owed about a connection's certificates."""
    make_due()
    engine.run(SyncKind.CERTIFICATES, connection.pk)
    return OutboxEntry.objects.get(kind=SyncKind.CERTIFICATES, key=connection.pk)


def keys_in(document: bytes | None) -> dict[str, str]:
    """The certificates in our metadata by their use, without line ends."""
    assert document is not None
    found = etree.fromstring(document).iterfind(".//md:KeyDescriptor", NAMES)
    return {str(each.get("use")): "".join(map(str, each.itertext())).strip() for each in found}


def switched(connection: Connection, **on: bool) -> Connection:
    """The connection with these switches on, and the others off."""
    off = {"sign_requests": False, "encrypt_assertions": False, "sign_out_there": False}
    return save_switches(connection.tenant, connection.pk, Switches(**{**off, **on}), actor=ACTOR)


def test_a_draft_gets_the_pools_certificate_once_there_is_a_pool(tenant: Tenant) -> None:
    draft = saml_connection(tenant)
    waiting = look(draft)
    assert waiting.is_owed
    assert "user pool" in waiting.last_error
    run_tenant(tenant)
    assert not look(draft).is_owed
    tenant.pool.refresh_from_db()
    told = certificates.signing_certificate(pool_ref(tenant.pool), priority=PRIORITY)
    keys = our_keys(draft)
    assert keys.signing is not None
    assert body(keys.signing) == "".join(told.split())
    assert keys.encryption is None
    assert keys_in(own_metadata(draft)) == {"signing": body(keys.signing)}


def test_an_active_connection_gets_its_own_for_encryption(tenant: Tenant) -> None:
    """It waits until Cognito has the identity provider, without asking for it."""
    run_tenant(tenant)
    connection = activated(switched(saml_connection(tenant), encrypt_assertions=True))
    assert "identity provider" in look(connection).last_error
    run_tenant(tenant)
    assert not look(connection).is_owed
    tenant.pool.refresh_from_db()
    live = identity_providers.describe(pool_ref(tenant.pool), connection.provider_name, priority=PRIORITY)
    assert live is not None
    assert live.details["EncryptedResponses"] == "true"
    keys = our_keys(connection)
    assert isinstance(keys.encryption, Certificate)
    assert body(keys.encryption) == "".join(live.encryption_certificate.split())
    assert keys_in(own_metadata(connection))["encryption"] == body(keys.encryption)
    # Identity providers encrypt as soon as they are told a key.
    assert set(keys_in(own_metadata(switched(connection)))) == {"signing"}


def test_what_is_switched_on_is_in_cognito_and_off_again(tenant: Tenant) -> None:
    connection = activated(saml_connection(tenant))
    run_tenant(tenant)
    tenant.pool.refresh_from_db()

    def details() -> dict[str, str]:
        engine.run(SyncKind.TENANT, tenant.pk)
        live = identity_providers.describe(pool_ref(tenant.pool), connection.provider_name, priority=PRIORITY)
        assert live is not None
        return {name: text for name, text in live.details.items() if name != "MetadataFile"}

    switched(connection, sign_requests=True)
    assert details() == {"RequestSigningAlgorithm": "rsa-sha256"}
    switched(connection, encrypt_assertions=True)
    assert details() == {"EncryptedResponses": "true"}
    switched(connection)
    assert details() == {}


def test_our_metadata_is_what_saml_says_it_should_be(tenant: Tenant) -> None:
    """In the eyes of python3-saml, which has the schema; and it says whether requests are signed."""
    run_tenant(tenant)
    connection = activated(switched(saml_connection(tenant), sign_requests=True, encrypt_assertions=True))
    run_tenant(tenant)
    look(connection)
    tenant.pool.refresh_from_db()
    document = own_metadata(connection)
    assert document is not None
    checker = OneLogin_Saml2_Settings(settings={"idp": {}, "sp": SP}, sp_validation_only=True)
    assert checker.validate_metadata(document) == []
    role = etree.fromstring(document).find("md:SPSSODescriptor", NAMES)
    assert role is not None
    assert role.get("AuthnRequestsSigned") == "true"
    assert own_metadata(connection) == document


SP = {
    "entityId": "urn:amazon:cognito:sp:us-east-1_x",
    "assertionConsumerService": {"url": "https://x.example/saml2/idpresponse"},
}


def test_certificates_are_looked_at_again_each_day(tenant: Tenant) -> None:
    run_tenant(tenant)
    draft = saml_connection(tenant)
    look(draft)
    assert sweep_certificates() == 0
    ConnectionCertificates.objects.update(seen_at=timezone.now() - timedelta(days=2), signing="")
    assert sweep_certificates() == 1
    look(draft)
    assert our_keys(draft).signing is not None
    ConnectionCertificates.objects.all().delete()
    assert sweep_certificates() == 1
    assert sweep_certificates() == 0, "it is owed; asking again would try it at once, whatever it failed of"


def test_what_a_test_cannot_see_leaves_it_passed(tenant: Tenant) -> None:
    """Tests run without encryption and sign-out; a signed request is another request."""
    draft = saml_connection(tenant)
    mark_tested(tenant, draft.pk, version=draft.current.number, actor=ACTOR)
    changed = switched(draft, encrypt_assertions=True)
    assert changed.is_tested
    assert changed.status == "tested"
    assert changed.current.change == "Switched on: encrypted assertions"
    changed = switched(draft, sign_requests=True)
    assert not changed.is_tested
    assert changed.status == "draft"
    assert changed.current.change == "Switched on: signed requests; Switched off: encrypted assertions"
    assert isinstance(changed.settings, SamlSettings)
    number = changed.current.number
    assert switched(draft, sign_requests=True).current.number == number
