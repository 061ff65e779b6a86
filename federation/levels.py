"""How strongly somebody signed in: methods (RFC 8176) and the level that they amount to."""

ACR_PASSWORD = "urn:lifeguard:acr:password"  # noqa: S105  # The name of a level.
ACR_FEDERATED = "urn:lifeguard:acr:federated"
ACR_MULTI_FACTOR = "urn:lifeguard:acr:multi-factor"

AMR_PASSWORD = "pwd"  # noqa: S105  # The name of a method.
AMR_TOTP = "otp"
AMR_MULTI_FACTOR = "mfa"
# Not in RFC 8176, whose methods are ours to have seen: somebody else signed the person in. Entra ID says the same so.
AMR_FEDERATED = "fed"


def acr_of(amr: list[str]) -> str:
    """Return the level that the methods amount to."""
    if AMR_MULTI_FACTOR in amr:
        return ACR_MULTI_FACTOR
    return ACR_FEDERATED if AMR_FEDERATED in amr else ACR_PASSWORD
