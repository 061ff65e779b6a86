"""Rows for tests, and the small cast that every test shares (`Cast`)."""

from tests.factories.cast import Cast, TenantCast, actor_of, make_cast, make_tenant_cast
from tests.factories.identity import DirectoryUserFactory, MemberFactory
from tests.factories.tenants import (
    OPERATOR_PASSWORD,
    ApplicationFactory,
    CellFactory,
    OperatorFactory,
    TenantFactory,
    UserPoolFactory,
)

__all__ = [
    "OPERATOR_PASSWORD",
    "ApplicationFactory",
    "Cast",
    "CellFactory",
    "DirectoryUserFactory",
    "MemberFactory",
    "OperatorFactory",
    "TenantCast",
    "TenantFactory",
    "UserPoolFactory",
    "actor_of",
    "make_cast",
    "make_tenant_cast",
]
