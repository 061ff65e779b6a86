"""The wizard, page by page, as an admin clicks; and what everybody else meets there."""

import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.connections.settings import SamlSettings
from federation.connections.test_report import Report
from federation.guides import all_guides
from federation.metadata.source import MOST_BYTES
from federation.models import Connection, ConnectionStatus, ConnectionTest, ConnectionTestState
from federation.services.connections import NewConnection, create_connection
from identity.models import Family, ResourceState, SyncedResource
from identity.services.groups import create_group
from tenants.audit_actions import Action
from tenants.models import AuditEvent, PoolSettings, SyncKind, Tenant
from tenants.pool_options import CustomAttribute
from tests.factories import Cast, TenantCast, actor_of
from tests.support.connections import oidc_connection, saml_connection

SAMPLES = Path(__file__).resolve().parents[1] / "metadata" / "samples"
OKTA = (SAMPLES / "okta-saml.xml").read_text()
NO_RULES = {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"}
LETS_IN = {"jit": "on", "linking": "never", "mfa_trust": "provider"}
ONE_RULE = {"rules-TOTAL_FORMS": "1", "rules-INITIAL_FORMS": "0"}


def browser_of(cast: TenantCast, person: str) -> Client:
    """The browser of one of a tenant's people."""
    client = Client()
    client.force_login(cast.account_of(getattr(cast, person)))
    return client


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


@pytest.fixture
def owner_page(acme: TenantCast) -> Client:
    """The browser of acme's owner."""
    return browser_of(acme, "owner")


@pytest.fixture
def draft(acme: TenantCast) -> Connection:
    """A connection of acme's that was just begun from Okta's guide."""
    new = NewConnection(name="Okta", kind="saml", guide="okta-saml", word="okta")
    return create_connection(acme.tenant, new, actor=actor_of(acme.owner))


def url(name: str, connection: Connection, slug: str = "acme", **more: object) -> str:
    """Where a page about a connection is."""
    kwargs = {"slug": slug, "connection_id": connection.pk, **more}
    return reverse(f"tenant:connection-{name}" if name else "tenant:connection", kwargs=kwargs)


def text(response: Any, status: int = 200) -> str:
    """The body of a page with this status."""
    assert isinstance(response, HttpResponse)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def in_cognito(tenant: Tenant) -> None:
    """Have the tenant's pool and its domain be in Cognito."""
    pool = tenant.pool
    pool.cognito_id = "us-east-1_AbCdEfGhI"
    pool.save(update_fields=["cognito_id"])
    SyncedResource.objects.create(
        scope=SyncKind.POOL,
        key=pool.pk,
        family=Family.DOMAIN,
        name=pool.domain_prefix,
        state=ResourceState.IN_SYNC,
        remote_id=pool.domain_prefix,
    )


def paste(client: Client, connection: Connection, document: str, **more: str) -> Any:
    """Paste metadata."""
    return client.post(f"{url('values-save', connection)}?by=paste", {"paste": document, **more})


def test_the_empty_list_says_what_to_do(owner_page: Client, acme: TenantCast) -> None:
    """An auditor is not offered what they may not do."""
    address = reverse("tenant:connections", args=["acme"])
    assert "Connect an identity provider" in text(owner_page.get(address))
    assert "Connect an identity provider" not in text(browser_of(acme, "auditor").get(address))


def test_every_guide_is_offered_found_and_shown(owner_page: Client, acme: TenantCast) -> None:
    """Choosing one begins a draft, whose name is not taken."""
    address = reverse("tenant:connection-new", args=["acme"])
    page = text(owner_page.get(address))
    for guide in all_guides():
        assert f'value="{guide.slug}"' in page
    found = text(owner_page.get(f"{address}?q=okta saml"))
    assert 'value="okta-saml"' in found
    assert 'value="okta-oidc"' not in found
    assert "No guide of this name" in text(owner_page.get(f"{address}?q=nothing-like-it"))
    for guide in all_guides():
        answer = owner_page.post(address, {"guide": guide.slug})
        made = Connection.objects.filter(tenant=acme.tenant, guide=guide.slug).get()
        assert answer.headers["Location"] == url("guide", made)
        assert made.mapping.email, guide.slug
        for step in ("guide", "values", "mapping", "test", "review"):
            assert text(owner_page.get(url(step, made)))
    owner_page.post(address, {"guide": "generic-saml", "name": "Campus login"})
    names = list(Connection.objects.filter(tenant=acme.tenant).values_list("name", flat=True))
    assert {"Okta", "Okta 2", "Company account", "Campus login"} <= set(names)


def test_social_providers_are_not_for_a_shared_pool(globex: TenantCast) -> None:
    """The chooser says why, and a form that was made by hand is refused."""
    client, address = browser_of(globex, "owner"), reverse("tenant:connection-new", args=["globex"])
    assert "yours is shared with others" in text(client.get(address))
    assert client.post(address, {"guide": "google-social"}).status_code == 409
    assert client.post(address, {"guide": "no-such-guide"}).status_code == 422
    assert not Connection.objects.filter(tenant=globex.tenant).exists()


def test_the_guide_shows_our_values_once_cognito_has_them(
    owner_page: Client, acme: TenantCast, draft: Connection
) -> None:
    """Before that no address is shown that may turn out to be another one."""
    page = text(owner_page.get(url("guide", draft)))
    assert "Being set up" in page
    assert acme.tenant.pool.domain_prefix not in page
    waiting = owner_page.get(url("guide", draft), headers={"HX-Request": "true"})
    assert (waiting.status_code, waiting.headers.get("HX-Refresh")) == (204, None)
    assert owner_page.get(url("metadata", draft)).status_code == 409
    in_cognito(acme.tenant)
    page = text(owner_page.get(url("guide", draft)))
    assert "urn:amazon:cognito:sp:us-east-1_AbCdEfGhI" in page
    assert "/saml2/idpresponse" in page
    assert f"/saml/metadata/{draft.pk}" in page
    assert owner_page.get(url("guide", draft), headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    file = owner_page.get(url("metadata", draft))
    assert "attachment" in file.headers["Content-Disposition"]
    assert 'entityID="urn:amazon:cognito:sp:us-east-1_AbCdEfGhI"' in text(file)


def test_the_wizard_from_metadata_to_active(owner_page: Client, acme: TenantCast, draft: Connection) -> None:
    """It is saved at every step, and comes back to where it was left."""
    group = create_group(acme.tenant, name="staff", description="", actor=actor_of(acme.owner))
    owner_page.post(url("guide-done", draft))
    assert owner_page.get(url("continue", draft)).headers["Location"] == url("values", draft)
    answer = paste(owner_page, draft, OKTA)
    assert answer.headers["Location"] == url("values", draft)
    page = text(owner_page.get(url("values", draft)))
    assert "What we understood" in page
    assert "http://www.okta.com/exk1sample2okta3Xy5d7" in page
    assert owner_page.get(url("continue", draft)).headers["Location"] == url("mapping", draft)
    mapping = {
        "email": "email",
        "groups": "groups",
        "jit": "invited",
        "linking": "people",
        "mfa_trust": "claim",
        "mfa_values": " mfa\r\n\r\nhwk ",
        "methods": "amr",
        "default_role": "",
        "rules-TOTAL_FORMS": "2",
        "rules-INITIAL_FORMS": "0",
        "rules-0-value": "Everyone",
        "rules-0-group": group.name,
        "rules-0-role": "auditor",
    }
    assert owner_page.post(url("mapping-save", draft), mapping).headers["Location"] == url("test", draft)
    page = text(owner_page.get(url("review", draft)))
    assert "Everyone" in page
    assert "it has not passed a test" in page
    assert "This field is required" in text(owner_page.post(url("activate", draft), {"reason": " "}), 422)
    assert owner_page.post(url("activate", draft), {"reason": "Tried it out"}).headers["Location"] == url("", draft)
    now = Connection.objects.get(pk=draft.pk)
    assert (now.status, now.jit, len(now.mapping.rules)) == (ConnectionStatus.ACTIVE, "invited", 1)
    assert now.linking == "people"
    assert (now.mfa_trust, now.mfa_values, now.mapping.methods) == ("claim", ["mfa", "hwk"], "amr")
    event = AuditEvent.objects.filter(action=Action.CONNECTION_ACTIVATED_UNTESTED).get()
    assert event.after["reason"] == "Tried it out"
    page = text(owner_page.get(url("", draft)))
    assert "Read pasted metadata" in page
    assert "Disable" in page
    assert "Okta" in text(owner_page.get(reverse("tenant:connections", args=["acme"])))


def test_a_version_says_what_it_was(owner_page: Client, draft: Connection) -> None:
    """And one that never was is not found."""
    paste(owner_page, draft, OKTA)
    assert "exk1sample2okta3Xy5d7" not in text(owner_page.get(url("version", draft, number=1)))
    assert "exk1sample2okta3Xy5d7" in text(owner_page.get(url("version", draft, number=2)))
    assert owner_page.get(url("version", draft, number=3)).status_code == 404


def test_another_rule_is_added_without_losing_what_was_typed(owner_page: Client, draft: Connection) -> None:
    """And without saving anything."""
    typed = {"email": "mail", "jit": "on", "rules-0-value": "Everyone", "add": "rule"}
    counts = {"rules-TOTAL_FORMS": "1", "rules-INITIAL_FORMS": "0"}
    page = text(owner_page.post(url("mapping-save", draft), {**typed, **counts}))
    assert 'value="Everyone"' in page
    assert "rules-1-value" in page
    assert Connection.objects.get(pk=draft.pk).mapping == draft.mapping


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": ""}, "This field is required"),
        ({"rules-0-value": "Everyone"}, "gives nothing"),
        ({"rules-0-value": "Everyone", "rules-0-role": "auditor", "groups": ""}, "need a claim"),
        ({"jit": "perhaps"}, "Select a valid choice"),
        ({"mfa_trust": "claim"}, "tells how a person signed in there"),
        ({"mfa_values": "\n".join(map(str, range(21)))}, "At most 20 values"),
    ],
)
def test_a_mapping_that_would_fail_is_refused(
    owner_page: Client, draft: Connection, change: dict[str, str], said: str
) -> None:
    """Before Cognito or a person finds out."""
    good = {**LETS_IN, "email": "email", "groups": "groups", **ONE_RULE}
    assert said in text(owner_page.post(url("mapping-save", draft), {**good, **change}), 422)
    assert Connection.objects.get(pk=draft.pk).mapping == draft.mapping


def test_an_attribute_that_cannot_change_cannot_be_filled(
    owner_page: Client, acme: TenantCast, draft: Connection
) -> None:
    """The pool's own attributes have fields; of one that is fixed it is closed, and says why."""
    own = [CustomAttribute(name="department"), CustomAttribute(name="employee", mutable=False)]
    PoolSettings.objects.create(pool=acme.tenant.pool, custom_attributes=[asdict(each) for each in own])
    page = text(owner_page.get(url("mapping", draft)))
    assert "fixed once it is set" in page
    sent = {**LETS_IN, "email": "email", "custom-department": "dept", "custom-employee": "number", **NO_RULES}
    assert owner_page.post(url("mapping-save", draft), sent).status_code == 302
    assert Connection.objects.get(pk=draft.pk).mapping.custom == {"department": "dept"}


def test_that_a_claim_has_to_come_each_time_is_said_where_it_is_trusted(owner_page: Client, draft: Connection) -> None:
    """Cognito may keep the value of one that is left out."""
    assert "has to send it at every sign-in" in text(owner_page.get(url("mapping", draft)))


def test_what_came_in_the_last_test_stands_beside_the_mapping(owner_page: Client, draft: Connection) -> None:
    """Also what did not come."""
    assert "In the last test" not in text(owner_page.get(url("mapping", draft)))
    report = Report(attributes={"email": "zoe@acme.example"}, claimed_groups=("Everyone", "IT"))
    ConnectionTest.objects.create(
        tenant=draft.tenant,
        connection=draft,
        version=1,
        word="abcdefghij",
        state=ConnectionTestState.PASSED,
        expires_at=timezone.now(),
        report=report.to_json(),
    )
    page = text(owner_page.get(url("mapping", draft)))
    assert "<strong>zoe@acme.example</strong>" in page
    assert "<strong>Everyone, IT</strong>" in page


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("", "This field is required"),
        ("<html><body>Sign in</body></html>", "This is a web page"),
        (OKTA[:500], "breaks off"),
        ('{"issuer": "https://idp.example"}', "This is JSON"),
        ("https://idp.example/metadata", "This is an address"),
        (OKTA.replace("HTTP-Redirect", "HTTP-POST"), "HTTP-Redirect"),
    ],
)
def test_what_is_no_metadata_is_refused_with_what_to_do(
    owner_page: Client, draft: Connection, document: str, said: str
) -> None:
    """And nothing is kept of it."""
    assert said in text(paste(owner_page, draft, document), 422)
    assert Connection.objects.get(pk=draft.pk).current.number == 1


@pytest.mark.parametrize("address", ["http://idp.example/metadata", "https://127.0.0.1/metadata", "file:///etc/passwd"])
def test_an_address_that_is_not_to_be_asked_is_refused(owner_page: Client, draft: Connection, address: str) -> None:
    """Beside the field."""
    page = text(owner_page.post(f"{url('values-save', draft)}?by=url", {"url": address}), 422)
    assert "errorlist" in page or "field__error" in page
    assert Connection.objects.get(pk=draft.pk).current.number == 1


def test_a_file_is_read(owner_page: Client, draft: Connection) -> None:
    """One without a byte, none at all, and one that is too large are refused."""
    address = f"{url('values-save', draft)}?by=file"

    def sent(content: bytes) -> Any:
        return owner_page.post(address, {"document": SimpleUploadedFile("m.xml", content)})

    assert "Choose a file" in text(owner_page.post(address, {}), 422)
    assert "There is nothing in it" in text(sent(b""), 422)
    assert "larger than" in text(sent(b" " * (MOST_BYTES + 10)), 422)
    assert sent(OKTA.encode()).status_code == 302
    settings = Connection.objects.get(pk=draft.pk).settings
    assert isinstance(settings, SamlSettings)
    assert settings.source == "file"


def test_one_of_several_identity_providers_is_chosen(owner_page: Client, draft: Connection) -> None:
    """From a file, which the browser would not send twice, as from pasted text."""
    other = OKTA.replace("exk1sample2okta3Xy5d7", "exkOther")
    both = "".join(each.partition("?>")[2] for each in (OKTA, other))
    aggregate = f'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">{both}</md:EntitiesDescriptor>'
    page = text(paste(owner_page, draft, aggregate), 422)
    assert "Which one is yours?" in page
    address = f"{url('values-save', draft)}?by=file"
    upload = SimpleUploadedFile("m.xml", aggregate.encode())
    page = text(owner_page.post(address, {"document": upload}), 422)
    assert "Which one is yours?" in page
    assert "exkOther" in page
    chosen = {"kept": aggregate, "entity_id": "http://www.okta.com/exkOther"}
    assert owner_page.post(address, chosen).status_code == 302
    settings = Connection.objects.get(pk=draft.pk).settings
    assert isinstance(settings, SamlSettings)
    assert settings.entity_id == "http://www.okta.com/exkOther"


def test_values_can_be_entered_one_by_one(owner_page: Client, draft: Connection) -> None:
    """With what is wrong said about each."""
    address = f"{url('values-save', draft)}?by=fields"
    body = OKTA.partition("<ds:X509Certificate>")[2].partition("</ds:X509Certificate>")[0]
    pem = f"-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----"
    good = {"entity_id": "https://idp.example", "sso_url": "https://idp.example/sso", "certificates": pem}
    assert "not a certificate" in text(
        owner_page.post(
            address, {**good, "certificates": "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----"}
        ),
        422,
    )
    assert owner_page.post(address, good).status_code == 302
    page = text(owner_page.get(f"{url('values', draft)}?by=fields"))
    assert 'value="https://idp.example/sso"' in page


def test_a_secret_is_written_and_never_shown(owner_page: Client, acme: TenantCast) -> None:
    """Neither on a page, nor in a version, nor in the log."""
    connection = oidc_connection(acme.tenant)
    for name in ("values", "review", ""):
        page = text(owner_page.get(url(name, connection)))
        assert connection.current.secret not in page
    assert "One is stored and not shown" in text(owner_page.get(url("values", connection)))


def test_an_issuer_that_cannot_be_asked_is_refused_beside_its_field(owner_page: Client, acme: TenantCast) -> None:
    """And scopes without openid are not asked for."""
    connection = oidc_connection(acme.tenant)
    sent = {
        "issuer": "http://idp.example",
        "client_id": "lifeguard",
        "client_secret": "",
        "scopes": "openid",
        "attributes_request_method": "GET",
    }
    assert "Issuer" in text(owner_page.post(url("values-save", connection), sent), 422)
    refused = text(owner_page.post(url("values-save", connection), {**sent, "scopes": "email"}), 422)
    assert "has to be among the scopes" in refused
    assert Connection.objects.get(pk=connection.pk).current.number == connection.current.number


def test_a_social_provider_is_set_up(owner_page: Client, acme: TenantCast) -> None:
    """Apple has a key where the others have a secret."""
    address = reverse("tenant:connection-new", args=["acme"])
    owner_page.post(address, {"guide": "apple-social"})
    made = Connection.objects.get(tenant=acme.tenant)
    assert "This field is required" in text(owner_page.post(url("values-save", made), {"client_id": "a"}), 422)
    key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
    values = {"client_id": "com.acme", "team_id": "T1", "key_id": "K1", "private_key": key, "scopes": "email name"}
    assert owner_page.post(url("values-save", made), values).status_code == 302
    now = Connection.objects.get(pk=made.pk)
    assert now.current.secret == key
    assert "AAAA" not in text(owner_page.get(url("values", made)))


def test_a_connection_is_renamed_disabled_enabled_and_deleted(owner_page: Client, acme: TenantCast) -> None:
    """As an admin clicks; deleting asks for its name."""
    connection = saml_connection(acme.tenant)
    assert owner_page.post(url("disable", connection)).status_code == 409
    owner_page.post(url("activate", connection), {"reason": "Tried it out"})
    assert owner_page.post(url("rename", connection), {"name": ""}).status_code == 422
    owner_page.post(url("rename", connection), {"name": "Everybody"})
    owner_page.post(url("disable", connection))
    now = Connection.objects.get(pk=connection.pk)
    assert (now.name, now.status) == ("Everybody", ConnectionStatus.DISABLED)
    assert "Enable" in text(owner_page.get(url("", connection)))
    owner_page.post(url("enable", connection))
    assert Connection.objects.get(pk=connection.pk).status == ConnectionStatus.ACTIVE
    assert "cannot be undone" in text(owner_page.get(url("delete", connection)))
    assert owner_page.post(url("delete", connection), {"confirm_name": "Okta"}).status_code == 422
    assert owner_page.post(url("delete", connection), {"confirm_name": "Everybody"}).status_code == 302
    assert owner_page.get(url("", connection)).status_code == 404


def test_an_admin_cannot_change_who_gets_a_role(acme: TenantCast) -> None:
    """They see what there is, closed, and why."""
    owner, admin = browser_of(acme, "owner"), browser_of(acme, "admin")
    connection = saml_connection(acme.tenant)
    sent = {**LETS_IN, "email": "email", "groups": "groups", "default_role": "auditor", **NO_RULES}
    owner.post(url("mapping-save", connection), sent)
    assert "Only an owner can change it" in text(admin.get(url("mapping", connection)))
    assert admin.post(url("mapping-save", connection), {**sent, "email": "mail"}).status_code == 403
    assert paste(admin, connection, OKTA).status_code == 403
    assert Connection.objects.get(pk=connection.pk).mapping.email == "email"


PAGES = ("", "continue", "guide", "values", "mapping", "test", "review", "metadata", "rename", "delete")
POSTS = ("guide-done", "values-save", "mapping-save", "test-start", "activate", "disable", "enable", "rename", "delete")


def test_an_auditor_reads_and_cannot_write(acme: TenantCast) -> None:
    """Every page that asks for something says no."""
    connection, client = saml_connection(acme.tenant), browser_of(acme, "auditor")
    for name in ("", "guide", "values", "mapping", "test", "review"):
        assert text(client.get(url(name, connection)))
    for name in POSTS:
        assert client.post(url(name, connection)).status_code == 403, name
    assert client.get(reverse("tenant:connection-new", args=["acme"])).status_code == 403
    assert client.post(reverse("tenant:connection-new", args=["acme"]), {"guide": "okta-saml"}).status_code == 403


def test_a_neighbours_connection_is_not_found(acme: TenantCast, globex: TenantCast) -> None:
    """Word for word as one that does not exist, in whatever is tried."""
    theirs, client = saml_connection(acme.tenant), browser_of(globex, "owner")
    nobodys = Connection(pk=uuid.uuid4())
    for names, method in ((PAGES, client.get), (POSTS, client.post)):
        for name in names:
            foreign, missing = (method(url(name, each, "globex")) for each in (theirs, nobodys))
            assert (foreign.status_code, missing.status_code) == (404, 404), name
            assert client.get(url("", theirs)).status_code == 404
    assert Connection.objects.get(pk=theirs.pk).status == ConnectionStatus.DRAFT


@pytest.mark.urls("config.urls.signin")
def test_our_metadata_is_at_an_address_that_nobody_guesses(acme: TenantCast) -> None:
    """It is there for SAML connections whose pool Cognito has."""
    saml, oidc = saml_connection(acme.tenant), oidc_connection(acme.tenant)
    assert Client().get(f"/saml/metadata/{saml.pk}").status_code == 404
    in_cognito(acme.tenant)
    answer = Client().get(f"/saml/metadata/{saml.pk}")
    assert answer.headers["Content-Type"] == "application/samlmetadata+xml"
    assert b"/saml2/idpresponse" in answer.content
    assert Client().get(f"/saml/metadata/{oidc.pk}").status_code == 404
    assert Client().get(f"/saml/metadata/{uuid.uuid4()}").status_code == 404
