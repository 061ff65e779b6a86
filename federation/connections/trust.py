"""Whether what an identity provider says of a sign-in means that it asked for two factors. Pure.

Sources: RFC 8176 for `amr`; Microsoft's "authnmethodsreferences" claim, whose `multipleauthn` says that more than one
method was used; OASIS "SAML 2.0 Authentication Context".
"""

from collections.abc import Collection, Sequence

# What counts where the tenant named no values of its own: Entra ID's word, by its old name and the one of the standard.
USUAL_VALUES = ("mfa", "http://schemas.microsoft.com/claims/multipleauthn")


def vouches(said: Sequence[str], wanted: Collection[str]) -> bool:
    """Say whether one of the values that came is one of those that count; compared exactly.

    Args:
        said: the values of the claim that the mapping names.
        wanted: the connection's; empty for the usual ones.
    """
    return bool(set(said) & set(wanted or USUAL_VALUES))
