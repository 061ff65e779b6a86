"""Each cell: who we are in AWS, whether we may do what we need, what the endpoint lacks, and the quotas."""

from collections.abc import Iterator, Mapping

from config.doctor import clock
from config.doctor.finding import Finding, failed, ok, warning
from identity.cells import endpoint_of
from identity.cognito import checkup, errors, probes
from identity.cognito.checkup import Identity, Verdict
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.policy import FILE
from identity.cognito.quotas import ADJUSTABLE, allowed_per_second
from tenants.models import Cell, UserPool

_SHOWN = 4


def check_cells() -> Iterator[Finding]:
    """Look at every cell."""
    cells = list(Cell.objects.order_by("name"))
    if not cells:
        yield warning(
            "cells", "There is none yet, so no tenant can be onboarded.", "Add one on the page Pools and cells."
        )
    for cell in cells:
        yield from _check(cell)


def _check(cell: Cell) -> Iterator[Finding]:
    endpoint = endpoint_of(cell)
    try:
        identity = checkup.who_am_i(endpoint)
    except errors.CognitoError as error:
        yield _no_identity(cell, error)
        return
    yield ok(f"{cell.name}: identity", f"We are {identity.arn} in {cell.region}.")
    yield clock.compared(f"{cell.name}: clock", identity.ahead, "AWS")
    yield from _permissions(cell, endpoint, identity)
    yield _capabilities(cell)
    if endpoint.endpoint_url:
        yield ok(
            f"{cell.name}: quotas", "Not compared: the cell's endpoint is not AWS's, which Service Quotas is about."
        )
    else:
        yield from compared_with_quotas(cell, endpoint)


def _no_identity(cell: Cell, error: errors.CognitoError) -> Finding:
    name = f"{cell.name}: identity"
    if isinstance(error, errors.Terminal):
        return failed(name, f"{error.reason} {error.operation}: {error.message}", error.remedy)
    where = cell.endpoint_url or f"AWS in {cell.region}"
    return failed(
        name,
        f"{where} does not answer {error.operation}: {error}",
        "Check the cell's Region and endpoint, and that this machine may reach it (from a VPC also STS).",
    )


def _permissions(cell: Cell, endpoint: CellEndpoint, identity: Identity) -> Iterator[Finding]:
    name = f"{cell.name}: permissions"
    if identity.is_root:
        yield warning(
            name,
            "This is the account's root user, which may do everything; nothing was checked.",
            f"On AWS, call with a role that has {FILE} and no more. On an emulator this is as it should be.",
        )
        return
    pool = UserPool.objects.filter(cell=cell).exclude(cognito_id="").order_by("created_at").first()
    pool_id = pool.cognito_id if pool else None
    try:
        verdicts, how = checkup.simulate(endpoint, identity, pool_id), "IAM says"
    except errors.CognitoError:
        # The simulation is a convenience that the role need not have.
        verdicts, how = probes.probe(endpoint, pool_id), "Trying it shows"
    yield from _judge(name, verdicts, how)


def _judge(name: str, verdicts: Mapping[str, Verdict], how: str) -> Iterator[Finding]:
    denied = [operation for operation, verdict in verdicts.items() if verdict is Verdict.DENIED]
    unknown = [operation for operation, verdict in verdicts.items() if verdict is Verdict.UNKNOWN]
    if denied:
        yield failed(
            name,
            f"{how} that these are not allowed: {', '.join(denied)}.",
            f"Attach {FILE} to the cell's role; if it is there, look for a permissions boundary or an organization's"
            " policy that denies them.",
        )
    elif not unknown:
        yield ok(name, f"{how} that all {len(verdicts)} needed actions are allowed.")
    if unknown:
        listed = ", ".join(unknown[:_SHOWN]) + (f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else "")
        yield warning(
            name,
            f"{how} nothing wrong, but these cannot be tried without changing something: {listed}."
            if not denied
            else f"These cannot be tried without changing something: {listed}.",
            "Allow the role iam:SimulatePrincipalPolicy on itself to have all of them checked"
            " (docs/aws/iam-policy-doctor.json).",
        )


def _capabilities(cell: Cell) -> Finding:
    name, missing = f"{cell.name}: endpoint", sorted(cell.unsupported_operations)
    if not missing:
        return ok(name, "No operation that we called is missing there.")
    return warning(
        name,
        f"It does not offer {', '.join(missing)}; what needs them stays as it is.",
        "On an emulator this is to be expected. On AWS, check that the cell's Region offers them.",
    )


def compared_with_quotas(cell: Cell, endpoint: CellEndpoint) -> Iterator[Finding]:
    """Compare what the cell's budget believes with what AWS grants."""
    name = f"{cell.name}: quotas"
    try:
        granted = checkup.service_quotas(endpoint)
    except errors.AccessDenied:
        yield warning(
            name,
            "Not compared: the role may not read Service Quotas.",
            "Allow servicequotas:ListServiceQuotas (docs/aws/iam-policy-doctor.json), or compare by hand.",
        )
        return
    except errors.CognitoError as error:
        yield warning(name, f"Not compared: {error.operation} failed: {error}", "Try again later.")
        return
    found = [*_pool_quota(cell, granted), *_rates(cell, endpoint, granted)]
    yield from found or [ok(name, "The cell's figures are those of AWS.")]


def _pool_quota(cell: Cell, granted: checkup.ServiceQuotas) -> Iterator[Finding]:
    if granted.user_pools is not None and granted.user_pools != cell.user_pool_quota:
        yield warning(
            f"{cell.name}: quotas",
            f"AWS allows {granted.user_pools:.0f} user pools; the cell says {cell.user_pool_quota}.",
            "Correct the cell on the page Pools and cells.",
        )


def _rates(cell: Cell, endpoint: CellEndpoint, granted: checkup.ServiceQuotas) -> Iterator[Finding]:
    for category, ceiling in granted.rates.items():
        ours, enforced = allowed_per_second(category, cell.raised_quotas), ceiling
        if category in ADJUSTABLE:
            try:
                enforced = checkup.provisioned_limit(endpoint, category)
            except errors.CognitoError:
                # Not everybody may ask, and not every Region knows the call; the ceiling is then all that is known.
                enforced = ceiling
        if ours > enforced:
            why = (
                ""
                if enforced == ceiling
                else f" (its ceiling is {ceiling:.0f}; UpdateProvisionedLimit raises the rate)"
            )
            yield warning(
                f"{cell.name}: quotas",
                f"AWS allows {enforced:.0f} {category} requests per second{why}; the budget grants {ours}.",
                "Lower the cell's figure on the page Pools and cells, or calls will be throttled.",
            )
        elif ours < enforced:
            yield warning(
                f"{cell.name}: quotas",
                f"AWS allows {enforced:.0f} {category} requests per second; the budget grants {ours} of them.",
                "Raise the cell's figure on the page Pools and cells to use what was granted.",
            )
