"""Cells, user pools, tenants, and what each tenant has once."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.models import AppClient
from local.demo.fleet.load import copy_rows
from local.demo.fleet.shape import EPOCH, FleetShape, ids
from local.demo.fleet.words import company, slug
from tenants.models import (
    Application,
    Branding,
    Cell,
    MfaPolicy,
    PoolKind,
    SignInPolicy,
    Tenant,
    TenantApplication,
    TenantStatus,
    UserPool,
)
from tenants.models.application import hash_secret
from tenants.services.placement import FILL_AT_MOST

# A top-level domain that never resolves (RFC 2606 section 2): a worker on this database reaches nobody's AWS account.
ENDPOINT = "https://cognito-idp.{}.generated-fleet.invalid"
_REGIONS = (
    "us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "us-west-2", "ap-northeast-1", "sa-east-1",
    "ca-central-1", "eu-north-1", "ap-south-1", "eu-central-2", "ap-southeast-1",
)  # fmt: skip
_APPLICATIONS = 25
_KEY_LETTERS, _KEY_DIGITS = "bcdfghjkmnpqrstvwxz", "bcdfghjkmnpqrstvwxz23456789"
_YEARS = timedelta(days=3 * 365)


@dataclass(frozen=True)
class Place:
    """One tenant with its pool and cell, and how many users it is to have."""

    tenant: Tenant
    policy: SignInPolicy
    users: int


def write_places(shape: FleetShape) -> list[Place]:
    """Write everything but users and logs, and return the tenants."""
    cells = list(_cells(shape))
    copy_rows(Cell, cells)
    applications = list(_applications(shape))
    copy_rows(Application, applications)
    tenants = list(_tenants(shape, cells))
    copy_rows(UserPool, {tenant.pool_id: tenant.pool for tenant in tenants}.values())
    copy_rows(Tenant, tenants)
    copy_rows(Branding, (Branding(tenant=row, display_name=row.name, updated_at=row.created_at) for row in tenants))
    policies = list(_policies(shape, tenants))
    copy_rows(SignInPolicy, policies)
    copy_rows(TenantApplication, _grants(shape, tenants, applications))
    copy_rows(AppClient, _clients(shape, tenants))
    return [Place(*found) for found in zip(tenants, policies, shape.sizes(), strict=True)]


def _cells(shape: FleetShape) -> Iterator[Cell]:
    keys = ids(shape.dice("cells"))
    for number in range(shape.cells):
        region = _REGIONS[number % len(_REGIONS)]
        yield Cell(
            id=next(keys),
            name=f"{region}-{number // len(_REGIONS) + 1}",
            region=region,
            role_arn=f"arn:aws:iam::{100_000_000_000 + number}:role/lifeguard",
            endpoint_url=ENDPOINT.format(region),
            created_at=EPOCH - _YEARS - timedelta(days=number),
        )


def _applications(shape: FleetShape) -> Iterator[Application]:
    keys = ids(shape.dice("applications"))
    for number in range(_APPLICATIONS):
        key = next(keys)
        yield Application(
            id=key,
            name=f"Application {number + 1:02}",
            client_id=f"app_{key.hex[:24]}",
            secret_hash=hash_secret(key.hex),
            redirect_uris=[f"https://app-{number + 1}.example/callback"],
            post_logout_redirect_uris=[f"https://app-{number + 1}.example/"],
            audience=f"https://app-{number + 1}.example/api",
            created_at=EPOCH - _YEARS,
        )


def _tenants(shape: FleetShape, cells: list[Cell]) -> Iterator[Tenant]:
    """Tenants in the order in which they came; a shared pool takes so many as placement puts into one."""
    dice = shape.dice("tenants")
    keys, names = ids(dice), _tenant_keys(shape)
    dedicated = set(dice.sample(range(shape.tenants), shape.dedicated))
    shared: dict[uuid.UUID, tuple[UserPool, int]] = {}
    for number in range(shape.tenants):
        cell = dice.choice(cells)
        created = EPOCH - _YEARS * (1 - number / shape.tenants)
        pool, filled = shared.get(cell.pk, (None, 0))
        if number in dedicated:
            pool = _pool(next(keys), cell, PoolKind.DEDICATED, created)
        elif pool is None or filled == FILL_AT_MOST:
            pool, filled = _pool(next(keys), cell, PoolKind.SHARED, created), 0
        if pool.is_shared:
            shared[cell.pk] = (pool, filled + 1)
        status = TenantStatus.SUSPENDED if dice.random() < 0.02 else TenantStatus.ACTIVE
        name = company(number)
        key = next(names)
        yield Tenant(id=next(keys), key=key, slug=slug(number), name=name, pool=pool, status=status, created_at=created)


def _tenant_keys(shape: FleetShape) -> Iterator[str]:
    dice, used = shape.dice("keys"), set[str]()
    while True:
        key = dice.choice(_KEY_LETTERS) + "".join(dice.choices(_KEY_DIGITS, k=7))
        if key not in used:
            used.add(key)
            yield key


def _pool(key: uuid.UUID, cell: Cell, kind: PoolKind, created: datetime) -> UserPool:
    return UserPool(id=key, cell=cell, kind=kind, cognito_id=f"{cell.region}_{key.hex[:9]}", created_at=created)


def _policies(shape: FleetShape, tenants: list[Tenant]) -> Iterator[SignInPolicy]:
    dice = shape.dice("policies")
    choices = [MfaPolicy.OPTIONAL] * 6 + [MfaPolicy.REQUIRED] * 3 + [MfaPolicy.OFF]
    for tenant in tenants:
        yield SignInPolicy(tenant=tenant, mfa=dice.choice(choices), updated_at=tenant.created_at)


def _grants(shape: FleetShape, tenants: list[Tenant], applications: list[Application]) -> Iterator[TenantApplication]:
    dice = shape.dice("grants")
    for tenant in tenants:
        # The first applications have most of the tenants, as products of one maker do.
        chosen = {int(len(applications) * dice.random() ** 2) for _ in range(3)}
        for place in sorted(chosen):
            yield TenantApplication(tenant=tenant, application=applications[place], created_at=tenant.created_at)


def _clients(shape: FleetShape, tenants: list[Tenant]) -> Iterator[AppClient]:
    dice = shape.dice("clients")
    keys = ids(dice)
    for tenant in tenants:
        row = AppClient(id=next(keys), tenant=tenant, pool_id=tenant.pool_id, purpose=AppClient.SIGN_IN)
        row.client_id = f"{dice.getrandbits(130):026x}"[:26]
        row.created_at = row.updated_at = tenant.created_at
        row.seal_secret(f"{dice.getrandbits(256):064x}")
        yield row
