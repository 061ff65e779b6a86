"""The wizard's page of attributes, groups and who is let in."""

from dataclasses import asdict

import pytest
from django.test import Client
from django.utils import timezone

from federation.connections.test_report import Report
from federation.models import Connection, ConnectionTest, ConnectionTestState
from tenants.models import PoolSettings
from tenants.pool_options import CustomAttribute
from tests.factories import TenantCast
from tests.federation.web.wizard.pages import (
    LETS_IN,
    NO_RULES,
    ONE_RULE,
    text,
    url,
)


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
