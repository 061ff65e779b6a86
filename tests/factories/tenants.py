"""Rows of `tenants`."""

from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from factory.declarations import LazyAttribute, LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from tenants.models import Account, Application, Branding, Cell, PoolKind, SignInPolicy, Tenant, UserPool
from tenants.models.application import hash_secret
from tenants.permissions import OperatorRole

OPERATOR_PASSWORD = "correct horse battery staple"


class CellFactory(DjangoModelFactory[Cell]):
    """A cell on AWS itself; give `endpoint_url` where the test talks to the local Cognito."""

    class Meta:
        model = Cell

    name = Sequence(lambda number: f"cell-{number}")
    region = "us-east-1"


class UserPoolFactory(DjangoModelFactory[UserPool]):
    """A dedicated pool that Cognito does not have yet."""

    class Meta:
        model = UserPool

    cell = SubFactory(CellFactory)
    kind = PoolKind.DEDICATED


class TenantFactory(DjangoModelFactory[Tenant]):
    """An active tenant with branding and policy, as onboarding leaves it."""

    class Meta:
        model = Tenant

    slug = Sequence(lambda number: f"tenant-{number}")
    name = LazyAttribute(lambda tenant: tenant.slug.title())
    pool = SubFactory(UserPoolFactory)

    @classmethod
    def _create(cls, model_class: type[Tenant], *args: Any, **kwargs: Any) -> Tenant:
        tenant = model_class.objects.create(*args, **kwargs)
        Branding.objects.create(tenant=tenant, display_name=tenant.name)
        SignInPolicy.objects.create(tenant=tenant)
        return tenant


class ApplicationFactory(DjangoModelFactory[Application]):
    """An application whose client secret is `secret` (default "application-secret")."""

    class Meta:
        model = Application

    class Params:
        secret = "application-secret"

    name = Sequence(lambda number: f"Application {number}")
    client_id = Sequence(lambda number: f"app_{number:024x}")
    secret_hash = LazyAttribute(lambda application: hash_secret(application.secret))
    redirect_uris = LazyFunction(lambda: ["https://app.example/callback"])
    post_logout_redirect_uris = LazyFunction(lambda: ["https://app.example/"])
    audience = LazyAttribute(lambda application: f"urn:lifeguard:{application.client_id}")


class OperatorFactory(DjangoModelFactory[Account]):
    """The account of a member of the operator's staff; the password is `OPERATOR_PASSWORD`."""

    class Meta:
        model = Account

    email = Sequence(lambda number: f"operator-{number}@operator.example")
    name = Sequence(lambda number: f"Operator {number}")
    role = OperatorRole.OWNER

    @classmethod
    def _create(cls, model_class: type[Account], *args: Any, **kwargs: Any) -> Account:
        account = model_class.objects.create_operator(**{"password": None, **kwargs})
        if "password" not in kwargs:
            account.password = _operator_password_hash()
            account.save(update_fields=["password"])
        return account


@cache
def _operator_password_hash() -> str:
    # Made once, because a good password hash is slow on purpose.
    return make_password(OPERATOR_PASSWORD)
