"""Accounts of the dashboard itself: operators, and the shadow of each tenant user who may enter it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from tenants.models.base import TenantOwned
from tenants.models.tenant import Tenant
from tenants.permissions import OperatorRole


class AccountManager(BaseUserManager["Account"]):
    """Creates the two kinds of account; there is no third."""

    def create_operator(self, *, email: str, name: str, role: OperatorRole, password: str | None) -> Account:
        """Create an operator's account, which signs in with its own password, TOTP and passkeys."""
        email = email.strip().lower()
        account = Account(username=email, email=email, name=name, operator_role=role)
        account.set_password(password)
        account.save()
        return account

    def for_member(self, *, tenant: Tenant, subject: uuid.UUID) -> Account:
        """Return the account of a tenant's user, made at the first entry, without a password or e-mail of its own."""
        account, created = self.get_or_create(
            subject=subject, tenant=tenant, defaults={"username": f"member:{subject}"}
        )
        if created:
            account.set_unusable_password()
            account.save(update_fields=["password"])
        return account

    def end_member_sessions(self, *subjects: uuid.UUID) -> None:
        """End the dashboard sessions of users of tenants."""
        self._end_sessions(self.filter(subject__in=subjects))

    def end_tenant_sessions(self, tenant: Tenant) -> None:
        """End the dashboard sessions of all users of a tenant."""
        self._end_sessions(self.filter(tenant=tenant))

    def _end_sessions(self, accounts: Iterable[Account]) -> None:
        """Each session holds a hash of the password, also of an unusable one, which is another after this."""
        for account in accounts:
            account.set_unusable_password()
            account.save(update_fields=["password"])


class Account(AbstractBaseUser):
    """Somebody who can hold a dashboard session.

    An operator has an `operator_role`. A member has a `tenant` and a `subject`, the id of the directory user, whose
    status and role are read at each request: who is disabled in the directory is out of the dashboard too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=254, unique=True, editable=False)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=100, blank=True)
    operator_role = models.CharField(max_length=16, choices=OperatorRole, blank=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    subject = models.UUIDField(null=True, blank=True, unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_operator_or_member",
                condition=models.Q(tenant__isnull=True, subject__isnull=True) & ~models.Q(operator_role="")
                | models.Q(tenant__isnull=False, subject__isnull=False, operator_role="", email=""),
            ),
            models.UniqueConstraint(fields=["email"], condition=~models.Q(email=""), name="account_email_unique"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.username

    @property
    def is_operator(self) -> bool:
        """Say whether this is the operator's staff, rather than a tenant's user."""
        return bool(self.operator_role)


class SupportSession(TenantOwned):
    """An operator inside one tenant for a stated reason and a limited time; the tenant sees it in its audit log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "tenant", "expires_at"], name="support_session_current")]

    def __str__(self) -> str:
        return f"{self.account} in {self.tenant}"
