"""The REST API: who may call what, what it answers, and how it says no."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.views import APIView

from config.urls import dashboard
from federation.services.email_domains import claim_domain
from federation.services.signing_keys import ensure_signing_keys
from identity.api.access import TenantAPIView
from identity.models import BulkJob, BulkKind, DirectoryUser, UserStatus
from tenants.models import AuditEvent, Branding, Invitation, SignInPolicy, Tenant, TenantStatus
from tenants.permissions import TENANT_PERMISSIONS, TenantRole
from tests.factories import DirectoryUserFactory, TenantCast, actor_of
from tests.identity.api.tokens import token_of
from tests.support.connections import saml_connection
from tests.support.domains import password_rule

Call = Callable[..., Any]
# What needs no permission, and why.
FREE = {"schema": "describes the API, and is the same for everybody who is authenticated"}


def views() -> Iterator[tuple[str, type[APIView]]]:
    """Return the name and class of every view of the API."""
    for pattern in dashboard.api:
        yield str(pattern.name), vars(pattern.callback)["view_class"]


def arguments(name: str, acme: TenantCast) -> list[uuid.UUID]:
    """Return what of acme's stands in the address of a view."""
    if name.startswith("bulk-job") and name != "bulk-jobs":
        return [BulkJob.objects.create(tenant=acme.tenant, kind=BulkKind.CREATE).pk]
    if name.startswith("connection") and name != "connections":
        made = saml_connection(acme.tenant, name=uuid.uuid4().hex, entity_id=f"urn:{uuid.uuid4()}")
        return [made.pk, uuid.uuid4()] if name in ("connection-test", "connection-test-cancel") else [made.pk]
    if name.startswith("domain") and not name.startswith("domains"):
        claim = claim_domain(acme.tenant, name=f"{uuid.uuid4().hex}.example.com", actor=actor_of(acme.owner))
        return [claim.pk, password_rule(claim).pk] if name == "domain-rule" else [claim.pk]
    if name == "plan":
        return [uuid.uuid4()]
    if name in ("user-disconnect", "user-allow-again", "user-session"):
        return [acme.outsider.pk, uuid.uuid4()]
    return [acme.outsider.pk] if name.startswith("user-") or name == "user" else []


@pytest.fixture
def call(acme: TenantCast, client: Client) -> Call:
    """Call the API as a user (the owner, unless told) and return the response."""
    ensure_signing_keys()

    def send(
        method: str,
        name: str,
        *args: object,
        by: DirectoryUser | None = None,
        body: object = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        return client.generic(
            method,
            reverse(f"api:{name}", args=args),
            "" if body is None else json.dumps(body),
            content_type="application/json",
            query_params=query,
            headers={"Authorization": f"Bearer {token_of(by or acme.owner)}"},
        )

    return send


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a problem (RFC 9457) and return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    return body


def test_every_method_of_every_view_names_its_permission() -> None:
    methods = {"get", "post", "put", "patch", "delete"}
    found = 0
    for name, view in views():
        if name in FREE:
            continue
        assert issubclass(view, TenantAPIView), name
        has = {method.upper() for method in methods if hasattr(view, method)}
        assert has == set(view.required), name
        found += len(has)
    assert found >= 11
    assert set(FREE) <= {name for name, _view in views()}


@pytest.mark.parametrize("role", [*TenantRole, ""])
def test_every_method_holds_every_role_to_its_permissions(acme: TenantCast, call: Call, role: str) -> None:
    person = DirectoryUserFactory.create(tenant=acme.tenant, role=role)
    for name, view in views():
        if name in FREE:
            continue
        assert issubclass(view, TenantAPIView)
        for method, permission in view.required.items():
            args = arguments(name, acme)
            status = call(method, name, *args, by=person, body={}).status_code
            if not role:
                assert status == 401, (name, method)
            else:
                allowed = permission in TENANT_PERMISSIONS[TenantRole(role)]
                assert (status != 403) == allowed, (name, method, status)
                assert status != 401


def test_without_a_token_nothing_is_told(acme: TenantCast, client: Client) -> None:
    for name, _view in views():
        response = client.get(reverse(f"api:{name}", args=arguments(name, acme)))
        assert_problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_session_of_the_dashboard_is_no_token(acme: TenantCast, client: Client) -> None:
    client.force_login(acme.account_of(acme.owner), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("api:users")).status_code == 401


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cast: DirectoryUser.objects.filter(pk=cast.owner.pk).update(status=UserStatus.DISABLED),
        lambda cast: DirectoryUser.objects.filter(pk=cast.owner.pk).update(role=""),
        lambda cast: Tenant.objects.filter(pk=cast.tenant.pk).update(status=TenantStatus.SUSPENDED),
        lambda cast: DirectoryUser.objects.filter(pk=cast.owner.pk).update(status=UserStatus.DELETING),
    ],
)
def test_who_is_out_is_out_before_the_token_expires(acme: TenantCast, call: Call, spoil: Callable[..., Any]) -> None:
    assert call("GET", "policy").status_code == 200
    spoil(acme)
    assert_problem(call("GET", "policy"), 401, "authentication_failed")


def test_a_token_for_another_application_is_refused(acme: TenantCast, call: Call, client: Client) -> None:
    for token in (token_of(acme.owner, audience="urn:other"), token_of(acme.owner, client_id="app_other"), "x.y.z", ""):
        response = client.get(reverse("api:users"), headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401


def test_users_are_those_of_the_tokens_tenant(acme: TenantCast, globex: TenantCast, call: Call) -> None:
    mine = {user["email"] for user in call("GET", "users").json()["users"]}
    assert mine == {f"{name}@acme.example" for name in ("owner", "admin", "auditor", "outsider")}
    for method, name in (("GET", "user"), ("DELETE", "user"), ("POST", "user-disable"), ("POST", "user-invitation")):
        assert_problem(call(method, name, globex.outsider.pk), 404, "not_found")
    assert DirectoryUser.objects.get(pk=globex.outsider.pk).status == UserStatus.ACTIVE


def test_a_list_is_filtered_sorted_and_comes_in_pages(acme: TenantCast, call: Call) -> None:
    for number in range(7):
        DirectoryUserFactory.create(tenant=acme.tenant, email=f"u{number}@acme.example", name=f"Unit {number}")
    seen, cursor = list[str](), ""
    while True:
        query = {"q": "UNIT", "sort": "-email", "limit": "3", "cursor": cursor}
        page = call("GET", "users", query=query).json()
        seen += [user["email"] for user in page["users"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == [f"u{number}@acme.example" for number in reversed(range(7))]
    back = call("GET", "users", query={**query, "cursor": page["previous_cursor"]}).json()
    assert [user["email"] for user in back["users"]] == seen[3:6]
    narrowed = call("GET", "users", query={"role": "none", "mfa": "off", "q": "outs"}).json()
    assert [user["email"] for user in narrowed["users"]] == [acme.outsider.email]
    DirectoryUser.objects.filter(pk=acme.outsider.pk).update(missing_since=timezone.now())
    for cognito, emails in (("missing", [acme.outsider.email]), ("created", [])):
        narrowed = call("GET", "users", query={"cognito": cognito}).json()
        assert [user["email"] for user in narrowed["users"]] == emails


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"cursor": "WyJuIl0"},
        {"status": "deleting"},
        {"sort": "password"},
        {"limit": "0"},
        {"limit": "a"},
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(call: Call, query: dict[str, str]) -> None:
    assert call("GET", "users", query=query).status_code in {400, 422}


def test_somebody_is_invited(acme: TenantCast, call: Call) -> None:
    response = call("POST", "users", body={"email": "New@acme.example", "name": "New", "role": "admin"})
    assert response.status_code == 201
    body = response.json()
    assert (body["email"], body["role"], body["status"]) == ("new@acme.example", "admin", "invited")
    assert Invitation.objects.filter(user_id=body["id"]).count() == 1
    assert call("POST", "user-invitation", body["id"]).status_code == 200
    assert Invitation.objects.filter(user_id=body["id"], revoked_at__isnull=True).count() == 1
    event = AuditEvent.objects.filter(tenant=acme.tenant, action="user.invited").get()
    assert event.actor_id == str(acme.owner.pk)
    assert event.request_id


def test_an_error_names_its_field(acme: TenantCast, call: Call) -> None:
    taken = assert_problem(call("POST", "users", body={"email": acme.admin.email}), 422, "validation_failed")
    assert "email" in taken["errors"]
    missing = call("POST", "users", body={})
    assert missing.status_code == 400
    assert "email" in missing.json()["errors"]["fields"]
    assert_problem(call("POST", "user-enable", acme.outsider.pk), 409, "conflict")
    admins = call("POST", "users", body={"email": "x@acme.example", "role": "owner"}, by=acme.admin)
    assert_problem(admins, 403, "permission_denied")


def test_a_user_is_disabled_enabled_and_deleted(acme: TenantCast, call: Call) -> None:
    DirectoryUser.objects.filter(pk=acme.outsider.pk).update(cognito_sub="sub", has_totp=True)
    assert call("POST", "user-disable", acme.outsider.pk).json()["status"] == "disabled"
    assert call("POST", "user-enable", acme.outsider.pk).json()["status"] == "active"
    assert call("POST", "user-reset-mfa", acme.outsider.pk).json()["has_second_factor"] is False
    assert call("DELETE", "user", acme.outsider.pk).status_code == 204
    assert call("GET", "user", acme.outsider.pk).status_code == 404


def test_brand_and_policy_change_by_what_is_sent(acme: TenantCast, call: Call) -> None:
    assert call("PATCH", "branding", body={"accent": "#0f766e"}).json()["version"] == 2
    assert Branding.objects.get(tenant=acme.tenant).display_name == "Acme"
    pale = assert_problem(call("PATCH", "branding", body={"accent": "#ffff00"}), 422, "validation_failed")
    assert "accent" in pale["errors"]
    assert call("PATCH", "policy", body={"first_factors": ["EMAIL_OTP"]}).json()["first_factors"] == ["EMAIL_OTP"]
    forbidden = assert_problem(call("PATCH", "policy", body={"mfa": "required"}), 422, "validation_failed")
    assert "mfa" in forbidden["errors"]
    assert call("PATCH", "policy", body={"mfa": "required", "first_factors": []}).json()["mfa"] == "required"
    details = call("PATCH", "policy", body={"own_details": {"name": "see"}}).json()["own_details"]
    assert details == {"name": "see", "email": "change", "phone_number": "change", "locale": "change"}
    assert call("PATCH", "policy", body={"own_details": {"email": "hidden"}}).status_code == 400
    assert SignInPolicy.objects.get(tenant=acme.tenant).password_min_length == 12
    assert call("PATCH", "policy", body={"password_min_length": 3}).status_code == 400


def test_what_doing_without_passwords_means_is_told_before_and_after(
    acme: TenantCast, globex: TenantCast, call: Call
) -> None:
    def codes(remarks: list[dict[str, str]]) -> list[str]:
        assert all(remark["message"].endswith(".") for remark in remarks)
        return [remark["code"] for remark in remarks]

    before = call("GET", "policy-passwords").json()
    assert codes(before["obstacles"]) == ["email_codes_not_allowed", "second_factors_on"]
    assert "few_mails" in codes(before["consequences"])
    assert "unseen_second_factors" not in codes(before["consequences"])
    shared = call("GET", "policy-passwords", by=globex.owner).json()
    assert "unseen_second_factors" in codes(shared["consequences"])
    refused = call("PATCH", "policy", body={"password_allowed": False})
    assert "password_allowed" in assert_problem(refused, 422, "validation_failed")["errors"]
    wanted = {"password_allowed": False, "first_factors": ["EMAIL_OTP"], "mfa": "off"}
    changed = call("PATCH", "policy", body=wanted).json()
    assert "few_mails" in codes(changed["warnings"])
    assert call("GET", "policy").json()["warnings"] == changed["warnings"]
    after = call("GET", "policy-passwords").json()
    assert (after["password_allowed"], after["obstacles"]) == (False, [])
    assert codes(after["consequences"]) == ["passwords_good_again", "who_has_no_password"]


def test_in_a_shared_pool_the_password_length_is_refused(globex: TenantCast, call: Call) -> None:
    refused = call("PATCH", "policy", body={"password_min_length": 16}, by=globex.owner)
    assert "password_min_length" in assert_problem(refused, 422, "validation_failed")["errors"]


def test_a_method_or_body_that_is_not_there_is_a_problem_too(call: Call, client: Client, acme: TenantCast) -> None:
    assert_problem(call("PUT", "policy", body={}), 405, "method_not_allowed")
    headers = {"Authorization": f"Bearer {token_of(acme.owner)}"}
    broken = client.patch(reverse("api:policy"), "{", content_type="application/json", headers=headers)
    assert_problem(broken, 400, "parse_error")


def test_the_description_has_every_view(call: Call) -> None:
    response = call("GET", "schema")
    assert response.status_code == 200
    description = json.loads(response.content)
    described = {operation["description"] for path in description["paths"].values() for operation in path.values()}
    for _name, view in views():
        for method in getattr(view, "required", {}):
            assert getattr(view, method.lower()).__doc__.strip() in described
    assert description["components"]["securitySchemes"]["accessToken"]["bearerFormat"] == "JWT"
