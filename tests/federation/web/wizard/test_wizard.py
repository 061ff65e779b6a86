"""The wizard, page by page, as an admin clicks; and what everybody else meets there."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from federation.guides import all_guides
from federation.models import Connection, ConnectionStatus
from identity.services.groups import create_group
from tenants.audit_actions import Action
from tenants.models import AuditEvent
from tests.factories import TenantCast, actor_of
from tests.federation.web.wizard.pages import (
    LETS_IN,
    NO_RULES,
    OKTA,
    browser_of,
    in_cognito,
    paste,
    text,
    url,
)
from tests.support.connections import oidc_connection, saml_connection


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
