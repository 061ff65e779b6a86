"""Identity providers of a pool. Signing in through them is in `hosted`."""

from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.provider_details import checked_details
from local.cognito.signing_certificate import encryption_pair, forget_encryption_pair
from local.cognito.store import AlreadyExists

_CERTIFICATE = "ActiveEncryptionCertificate"
# Their names are fixed.
SOCIAL = frozenset({"Facebook", "Google", "LoginWithAmazon", "SignInWithApple"})


@operation("CreateIdentityProvider")
def create_identity_provider(call: Call) -> Doc:
    """Add a provider; repeating a name is DuplicateProviderException (reference 2.4)."""
    pool, params, now = call.pool(), call.params, call.clock.now()
    pool_id, name, kind = str(pool["Id"]), str(params["ProviderName"]), str(params["ProviderType"])
    # Social names are fixed, so there is one each per pool (reference 3.2).
    if (kind in SOCIAL and name != kind) or (kind not in SOCIAL and name in SOCIAL | {"COGNITO"}):
        raise invalid(f"Provider name {name} does not fit provider type {kind}.")
    require_room(call.store, "providers_per_pool", call.store.count("providers", pool_id=pool_id))
    provider = {
        "UserPoolId": pool_id,
        "ProviderName": name,
        "ProviderType": kind,
        "ProviderDetails": checked_details(kind, params["ProviderDetails"]),
        "AttributeMapping": _checked_mapping(pool, params.get("AttributeMapping", {})),
        "IdpIdentifiers": params.get("IdpIdentifiers", []),
        "CreationDate": now,
        "LastModifiedDate": now,
    }
    try:
        call.store.insert("providers", provider, pool_id=pool_id, name=name)
    except AlreadyExists as error:
        message = f"A provider {name} already exists in user pool {pool_id}."
        raise ServiceError("DuplicateProviderException", message) from error
    _claim_identifiers(call, provider)
    return {"IdentityProvider": provider}


def _checked_mapping(pool: Doc, mapping: Doc) -> Doc:
    known = {attribute["Name"] for attribute in pool["SchemaAttributes"]} | {"username"}
    for name in mapping:
        if name not in known:
            raise invalid(f"Attribute mapping is invalid: {name} is not an attribute of the user pool.")
    # Required attributes must be mapped (DG:cognito-user-pools-specifying-attribute-mapping).
    required = {str(item["Name"]) for item in pool["SchemaAttributes"] if item["Required"]} - {"sub"}
    if required - mapping.keys():
        raise invalid(f"Required attribute mapping is missing: {', '.join(sorted(required - mapping.keys()))}")
    return mapping


def _claim_identifiers(call: Call, provider: Doc) -> None:
    """Identifiers are unique in the pool (reference 3.1)."""
    pool_id, name = str(provider["UserPoolId"]), str(provider["ProviderName"])
    call.store.delete("provider_identifiers", pool_id=pool_id, name=name)
    for identifier in provider["IdpIdentifiers"]:
        keys = {"pool_id": pool_id, "identifier": str(identifier), "name": name}
        try:
            call.store.insert("provider_identifiers", {"name": name}, **keys)
        except AlreadyExists as error:
            raise invalid(f"The identity provider identifier {identifier} is already in use.") from error


def _existing(call: Call) -> Doc:
    pool_id, name = str(call.pool()["Id"]), str(call.params["ProviderName"])
    found = call.store.get("providers", pool_id=pool_id, name=name)
    if found is None:
        raise not_found(f"Identity provider {name} does not exist.")
    return found


@operation("DescribeIdentityProvider")
def describe_identity_provider(call: Call) -> Doc:
    """One provider, client secret in clear (B:DescribeIdentityProvider).

    Of all answers this one alone has the certificate to which the provider is to encrypt, as the examples at
    B:IdentityProviderType$ProviderDetails do; it has it whether responses are encrypted or not
    (GH:lgallard/terraform-aws-cognito-user-pool#135). The key pair is the provider's own (reference 3.1).
    """
    provider = _existing(call)
    details = provider["ProviderDetails"]
    if provider["ProviderType"] == "SAML":
        pool_id, name = str(provider["UserPoolId"]), str(provider["ProviderName"])
        details[_CERTIFICATE] = encryption_pair(call.store, pool_id, name, call.clock.now())["certificate"]
    return {"IdentityProvider": provider}


@operation("UpdateIdentityProvider")
def update_identity_provider(call: Call) -> Doc:
    """Replace each map or list that is sent; one that is not sent stays (reference 2.1, unverified)."""
    pool, provider, params = call.pool(), _existing(call), call.params
    if "ProviderDetails" in params:
        provider["ProviderDetails"] = checked_details(str(provider["ProviderType"]), params["ProviderDetails"])
    if "AttributeMapping" in params:
        provider["AttributeMapping"] = _checked_mapping(pool, params["AttributeMapping"])
    if "IdpIdentifiers" in params:
        provider["IdpIdentifiers"] = params["IdpIdentifiers"]
        _claim_identifiers(call, provider)
    provider["LastModifiedDate"] = call.clock.now()
    call.store.update("providers", provider, pool_id=str(pool["Id"]), name=str(provider["ProviderName"]))
    return {"IdentityProvider": provider}


@operation("DeleteIdentityProvider")
def delete_identity_provider(call: Call) -> Doc:
    """Remove a provider; clients that name it keep the name, and cannot be updated with it."""
    provider = _existing(call)
    call.store.delete("providers", pool_id=provider["UserPoolId"], name=provider["ProviderName"])
    forget_encryption_pair(call.store, str(provider["UserPoolId"]), str(provider["ProviderName"]))
    return {}


@operation("ListIdentityProviders")
def list_identity_providers(call: Call) -> Doc:
    """Names and types of the pool's providers."""
    pool_id = str(call.pool()["Id"])

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("providers", order="name", after=after, limit=limit, pool_id=pool_id)

    page = read_page(call, fetch, lambda provider: str(provider["ProviderName"]), limit_name="MaxResults")
    shown = ("ProviderName", "ProviderType", "LastModifiedDate", "CreationDate")
    return with_token({"Providers": [{name: item[name] for name in shown} for item in page.items]}, page)


@operation("GetIdentityProviderByIdentifier")
def get_identity_provider_by_identifier(call: Call) -> Doc:
    """The provider that owns an identifier."""
    pool_id, identifier = str(call.pool()["Id"]), str(call.params["IdpIdentifier"])
    owner = call.store.get("provider_identifiers", pool_id=pool_id, identifier=identifier)
    found = None if owner is None else call.store.get("providers", pool_id=pool_id, name=str(owner["name"]))
    if found is None:
        raise not_found(f"Identity provider with identifier {identifier} does not exist.")
    return {"IdentityProvider": found}
