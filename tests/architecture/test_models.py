"""The tables keep tenants apart and respect the order in which apps may know each other."""

from django.apps import apps
from django.db import models

from tenants.models import Tenant

# The lowest first; an app may point at itself and at what is before it (docs/architecture.md).
ORDER = ("tenants", "identity", "federation")

# Tables without a required, cascading key to a tenant, and why.
NOT_TENANT_OWNED = {
    "tenants.Account": "operators belong to no tenant; members have a tenant and go with it",
    "tenants.ApiScope": "an application's",
    "tenants.Application": "the operator's; `TenantApplication` says which tenants use it",
    "tenants.ApplicationResource": "an application's",
    "tenants.ApplicationRole": "an application's",
    "tenants.AuditEvent": "the fleet's chain has no tenant, and a tenant's log outlives its other rows",
    "tenants.Cell": "the operator's: tenants live in it",
    "tenants.FleetSettings": "the fleet's",
    "tenants.NativeMode": "an application's",
    "tenants.OutboxEntry": "names what to reconcile, a shared pool too, by kind and key",
    "tenants.PoolSettings": "a pool's; a shared pool belongs to many tenants",
    "tenants.ResourceScope": "an API's",
    "tenants.ResourceServer": "the operator's: APIs of theirs",
    "tenants.Tenant": "the tenant itself",
    "tenants.UserPool": "a shared pool belongs to many tenants",
    "identity.EventSecret": "a cell's",
    "identity.PlanStep": "a plan's",
    "identity.PullPage": "about pools",
    "identity.PullState": "about pools",
    "identity.PeriodicRun": "about the installation",
    "identity.SyncPlan": "about what its scope and key name, a shared pool too",
    "identity.SyncedResource": "belongs to what its scope and key name, a shared pool too",
    "identity.UnclaimedUser": "somebody in a pool who is no tenant's",
    "identity.UnmanagedResource": "something in a pool that is no tenant's",
    "identity.WorkerHeartbeat": "about workers",
    "identity.WriteLease": "about pools",
    "federation.AuthorizationRequest": "its tenant is unknown until one is chosen, and cascades then",
    "federation.ClientAssertion": "an application's",
    "federation.Counter": "counts what people do, by hashes alone",
    "federation.DeviceGrant": "its tenant is unknown until somebody signs in for the device, and cascades then",
    "federation.PushedRequest": "an application's, before anybody is known",
    "federation.SigningKey": "the issuer's own",
}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in ORDER]


def has_tenant_key(model: type[models.Model]) -> bool:
    return any(
        isinstance(field, models.ForeignKey)
        and field.name == "tenant"
        and field.related_model is Tenant
        and not field.null
        and field.remote_field.on_delete is models.CASCADE
        for field in model._meta.fields
    )


def test_every_table_has_a_tenant_or_a_reason() -> None:
    without = {model._meta.label for model in own_models() if not has_tenant_key(model)}
    assert without - NOT_TENANT_OWNED.keys() == set(), "give it a tenant (TenantOwned), or a reason"


def test_the_reasons_are_not_stale() -> None:
    without = {model._meta.label for model in own_models() if not has_tenant_key(model)}
    assert NOT_TENANT_OWNED.keys() - without == set()


def test_no_relation_points_up() -> None:
    upwards = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in own_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and isinstance(field.related_model, type)
        if field.related_model._meta.app_label in ORDER
        if ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]
    assert upwards == []
