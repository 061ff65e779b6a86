"""A terminal error before it happens: its kind, and what to tell a person."""

from dataclasses import dataclass

from identity.cognito.errors import Terminal

# What a create that meets LimitExceededException has too many of, as the quota page calls it ("Quotas in Amazon
# Cognito", resource quotas).
_QUOTAS = {
    "CreateUserPool": "user pools per Region",
    "CreateUserPoolDomain": "custom domains per Region, which is fixed",
    "CreateUserPoolClient": "app clients per user pool",
    "CreateIdentityProvider": "identity providers per user pool",
    "CreateResourceServer": "resource servers per user pool",
    "CreateGroup": "groups per user pool, which is fixed",
    "CreateManagedLoginBranding": "managed login styles per user pool, which is fixed",
    "CreateUserImportJob": "import jobs per user pool",
    "AddCustomAttributes": "custom attributes per user pool, which is fixed",
    "AdminAddUserToGroup": "groups per user, which is fixed",
    "AdminCreateUser": "users per user pool",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule for an error that repeating does not cure.

    In ``reason`` and ``remedy``, ``{action}`` stands for the IAM action, ``{quota}`` for the quota that the operation
    needs room in.
    """

    error: type[Terminal]
    reason: str
    remedy: str

    def raised_by(self, operation: str, message: str, *, code: str, request_id: str | None = None) -> Terminal:
        """The error that this rule prescribes for what happened."""
        return self.error(
            message,
            code=code,
            operation=operation,
            reason=_filled(self.reason, operation),
            remedy=_filled(self.remedy, operation),
            request_id=request_id,
        )


def _filled(text: str, operation: str) -> str:
    # A cell's role is assumed at another service.
    service = "sts" if operation == "AssumeRole" else "cognito-idp"
    quota = _QUOTAS.get(operation, f"that of {operation}")
    return text.replace("{action}", f"{service}:{operation}").replace("{quota}", quota)
