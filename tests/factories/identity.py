"""Rows of `identity`, and the dashboard accounts of tenant users."""

from typing import Any

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory
from factory.django import DjangoModelFactory

from identity.models import DirectoryUser, UserStatus
from tenants.models import Account
from tests.factories.tenants import TenantFactory


class DirectoryUserFactory(DjangoModelFactory[DirectoryUser]):
    """An active user without a role."""

    class Meta:
        model = DirectoryUser

    tenant = SubFactory(TenantFactory)
    email = Sequence(lambda number: f"user-{number}@customer.example")
    name = Sequence(lambda number: f"User {number}")
    role = ""
    status = UserStatus.ACTIVE
    # Without this each sign-in in a test would stop at the offer of an authenticator app.
    totp_declined_at = LazyFunction(timezone.now)


class MemberFactory(DjangoModelFactory[Account]):
    """The dashboard account of a tenant's user: `MemberFactory(user=directory_user)`."""

    class Meta:
        model = Account

    user = SubFactory(DirectoryUserFactory)

    @classmethod
    def _create(cls, model_class: type[Account], *args: Any, **kwargs: Any) -> Account:
        user: DirectoryUser = kwargs["user"]
        return model_class.objects.for_member(tenant=user.tenant, subject=user.pk)
