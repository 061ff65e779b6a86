"""Domains of user pools: at most one prefix domain and one custom domain each."""

import hashlib
import re

from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.store import AlreadyExists, Store

_PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RESERVED_WORDS = ("aws", "amazon", "cognito")  # DG:cognito-user-pools-assign-domain


@operation("CreateUserPoolDomain")
def create_user_pool_domain(call: Call) -> Doc:
    """Give the pool a prefix domain or, with CustomDomainConfig, a custom one."""
    pool, params = call.pool(), call.params
    name, custom = str(params["Domain"]), "CustomDomainConfig" in params
    _check_name(name, custom=custom)
    if custom:
        _check_certificate(params["CustomDomainConfig"])
    existing = call.store.select("domains", pool_id=str(pool["Id"]))
    if any(("CustomDomainConfig" in domain) == custom for domain in existing):
        raise invalid(f"User pool {pool['Id']} already has a {'custom' if custom else 'prefix'} domain.")
    if custom:
        _check_custom_quota(call)
    if not custom and call.store.get("meta", name=_taken(call.signed_region(), name)) is not None:
        raise _in_use()
    domain: Doc = {
        "UserPoolId": pool["Id"],
        "AWSAccountId": call.account,
        "Domain": name,
        "S3Bucket": f"aws-cognito-prod-{call.signed_region()}-assets",
        "Version": "20240101000000",
        "Status": "ACTIVE",
        "ManagedLoginVersion": _managed_login_version(pool, params, default=1),
    }
    if custom:
        digest = hashlib.sha256(name.encode()).hexdigest()[:13]
        domain["CustomDomainConfig"] = params["CustomDomainConfig"]
        domain["CloudFrontDistribution"] = f"d{digest}.cloudfront.net"
    try:
        # A prefix is unique per Region across AWS accounts (GH:aws-samples/websocket-chat-application#56).
        call.store.insert("domains", domain, region=call.signed_region(), domain=name, pool_id=str(pool["Id"]))
    except AlreadyExists as error:
        raise _in_use() from error
    return _answer(domain)


def _in_use() -> ServiceError:
    return invalid("Domain already associated with another user pool.")


def _taken(region: str, prefix: str) -> str:
    return f"taken-domain/{region}/{prefix}"


def reserve_prefix(store: Store, region: str, prefix: str) -> None:
    """Let another AWS account, which this service does not serve, have a prefix; ValueError where one here has it."""
    with store.transaction():
        if store.get("domains", region=region, domain=prefix) is not None:
            raise ValueError(f"{prefix} belongs to a pool of this service")
        if store.get("meta", name=_taken(region, prefix)) is None:
            store.insert("meta", {"taken": prefix}, name=_taken(region, prefix))


def release_prefix(store: Store, region: str, prefix: str) -> None:
    """Undo `reserve_prefix`."""
    with store.transaction():
        store.delete("meta", name=_taken(region, prefix))


def _check_name(name: str, *, custom: bool) -> None:
    if custom and "." not in name:
        raise invalid(f"Invalid custom domain: {name}")
    if not custom and _PREFIX.fullmatch(name) is None:
        raise invalid(f"Domain prefix {name} must match {_PREFIX.pattern}")
    if not custom and any(word in name for word in _RESERVED_WORDS):
        raise invalid(f"Domain cannot contain reserved word: {', '.join(_RESERVED_WORDS)}")


def _check_certificate(config: Doc) -> None:
    # A custom domain is a CloudFront distribution, whose certificates are in us-east-1
    # (DG:cognito-user-pools-add-custom-domain).
    if not str(config["CertificateArn"]).startswith("arn:aws:acm:us-east-1:"):
        raise invalid("Custom domain needs an ACM certificate in us-east-1.")


def _check_custom_quota(call: Call) -> None:
    region = call.signed_region()
    custom = [doc for doc in call.store.select("domains", region=region) if "CustomDomainConfig" in doc]
    require_room(call.store, "custom_domains", sum(doc["AWSAccountId"] == call.account for doc in custom))


def _managed_login_version(pool: Doc, params: Doc, *, default: int) -> int:
    version = int(params.get("ManagedLoginVersion", default))
    if version not in (1, 2):
        raise invalid("ManagedLoginVersion must be 1 or 2.")
    # Managed login is not part of the Lite plan (B:CreateUserPoolDomainRequest).
    if version == 2 and pool["UserPoolTier"] == "LITE":
        raise ServiceError("FeatureUnavailableInTierException", "Managed login needs the ESSENTIALS feature plan.")
    return version


def _answer(domain: Doc) -> Doc:
    answer: Doc = {"ManagedLoginVersion": domain["ManagedLoginVersion"]}
    if "CloudFrontDistribution" in domain:
        answer["CloudFrontDomain"] = domain["CloudFrontDistribution"]
    return answer


@operation("DescribeUserPoolDomain")
def describe_user_pool_domain(call: Call) -> Doc:
    """The domain, or an empty description where this account has none of that name: AWS raises no error here."""
    found = call.store.get("domains", region=call.signed_region(), domain=str(call.params["Domain"]))
    if found is None or found["AWSAccountId"] != call.account:
        return {"DomainDescription": {}}
    return {"DomainDescription": found}


def _domain_of_pool(call: Call) -> Doc:
    pool, name = call.pool(), str(call.params["Domain"])
    found = call.store.get("domains", region=call.signed_region(), domain=name)
    if found is None or found["UserPoolId"] != pool["Id"]:
        raise not_found("No such domain or user pool exists.")
    return found


@operation("UpdateUserPoolDomain")
def update_user_pool_domain(call: Call) -> Doc:
    """Change certificate or login version; the name itself cannot change (B:UpdateUserPoolDomain)."""
    domain, params = _domain_of_pool(call), call.params
    if "CustomDomainConfig" in params:
        if "CustomDomainConfig" not in domain:
            raise invalid("A prefix domain has no CustomDomainConfig.")
        _check_certificate(params["CustomDomainConfig"])
        domain["CustomDomainConfig"] = params["CustomDomainConfig"]
    current = int(domain["ManagedLoginVersion"])
    domain["ManagedLoginVersion"] = _managed_login_version(call.pool(), params, default=current)
    call.store.update("domains", domain, region=call.signed_region(), domain=str(domain["Domain"]))
    return _answer(domain)


@operation("DeleteUserPoolDomain")
def delete_user_pool_domain(call: Call) -> Doc:
    """Free the domain."""
    domain = _domain_of_pool(call)
    call.store.delete("domains", region=call.signed_region(), domain=str(domain["Domain"]))
    return {}
