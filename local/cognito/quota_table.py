"""Cognito's request-rate quotas: requests per second of an account and Region, by category (DG:quotas)."""

from dataclasses import dataclass

from local.cognito.model import Doc


@dataclass(frozen=True)
class Category:
    """Operations that share an allowance.

    Attributes:
        rate: requests per second, over all pools of an account and Region.
        per_pool: requests per second of each operation in one pool, where that is limited too.
    """

    name: str
    rate: int
    members: frozenset[str]
    per_pool: int | None = None


def _category(name: str, rate: int, members: str, per_pool: int | None = None) -> Category:
    return Category(name, rate, frozenset(members.split()), per_pool)


_CATEGORIES = (
    # What `hosted` counts has no operation's name: refreshing at the token endpoint, redeeming codes there, which has
    # an allowance of its own and of equal size, and the answers of identity providers (DG:quotas).
    _category(
        "UserAuthentication",
        120,
        "InitiateAuth AdminInitiateAuth GetTokensFromRefreshToken TokenEndpoint.refresh_token",
    ),
    _category("CodeRedemption", 120, "TokenEndpoint.authorization_code"),
    # "Challenge responses get their own allowance of 3 times the category; the excess spills into it" (DG:quotas).
    _category("UserAuthenticationChallenges", 360, "RespondToAuthChallenge AdminRespondToAuthChallenge"),
    _category("UserCreation", 50, "SignUp ConfirmSignUp AdminCreateUser AdminConfirmSignUp"),
    _category("UserFederation", 25, "IdpResponse"),
    _category(
        "UserAccountRecovery",
        30,
        "ChangePassword ForgotPassword ConfirmForgotPassword AdminResetUserPassword AdminSetUserPassword",
    ),
    _category("UserRead", 120, "AdminGetUser GetUser AdminGetUserAuthFactors"),
    _category(
        "UserUpdate",
        25,
        """AdminAddUserToGroup AdminRemoveUserFromGroup AdminUpdateUserAttributes AdminDeleteUserAttributes
        AdminDeleteUser AdminDisableUser AdminEnableUser AdminLinkProviderForUser AdminDisableProviderForUser
        AdminUserGlobalSignOut GlobalSignOut UpdateUserAttributes DeleteUserAttributes VerifyUserAttribute
        DeleteUser""",
    ),
    _category("UserToken", 120, "RevokeToken"),
    _category(
        "UserResourceRead",
        50,
        """AdminListGroupsForUser AdminListDevices AdminGetDevice GetDevice ListDevices ResendConfirmationCode
        GetUserAttributeVerificationCode AdminListUserAuthEvents""",
    ),
    _category(
        "UserResourceUpdate",
        25,
        """SetUserMFAPreference AdminSetUserMFAPreference AdminDeleteSoftwareToken AssociateSoftwareToken
        VerifySoftwareToken ConfirmDevice ForgetDevice AdminForgetDevice UpdateDeviceStatus AdminUpdateDeviceStatus
        UpdateAuthEventFeedback AdminUpdateAuthEventFeedback SetUserSettings AdminSetUserSettings""",
    ),
    _category("UserList", 30, "ListUsers ListUsersInGroup"),
    _category("UserPoolRead", 15, "DescribeUserPool ListUserPools"),
    _category("UserPoolUpdate", 15, "CreateUserPool UpdateUserPool DeleteUserPool"),
    _category(
        "UserPoolResourceRead",
        20,
        """DescribeIdentityProvider ListIdentityProviders GetIdentityProviderByIdentifier DescribeResourceServer
        ListResourceServers GetGroup ListGroups DescribeUserPoolDomain DescribeUserImportJob ListUserImportJobs
        GetUserPoolMfaConfig DescribeRiskConfiguration DescribeManagedLoginBranding
        DescribeManagedLoginBrandingByClient GetUICustomization ListTagsForResource GetCSVHeader
        GetSigningCertificate""",
        per_pool=5,
    ),
    _category(
        "UserPoolResourceUpdate",
        15,
        """AddCustomAttributes CreateGroup UpdateGroup DeleteGroup CreateIdentityProvider UpdateIdentityProvider
        DeleteIdentityProvider CreateResourceServer UpdateResourceServer DeleteResourceServer CreateUserPoolDomain
        UpdateUserPoolDomain DeleteUserPoolDomain CreateManagedLoginBranding UpdateManagedLoginBranding
        DeleteManagedLoginBranding CreateUserImportJob StartUserImportJob StopUserImportJob SetUserPoolMfaConfig
        SetRiskConfiguration SetUICustomization TagResource UntagResource""",
        per_pool=5,
    ),
    _category("UserPoolClientRead", 15, "DescribeUserPoolClient ListUserPoolClients", per_pool=5),
    _category("UserPoolClientUpdate", 15, "CreateUserPoolClient UpdateUserPoolClient DeleteUserPoolClient", per_pool=5),
    _category("ClientAuthentication", 150, "GetClientToken"),
    _category("LimitManagement", 1, "GetProvisionedLimit UpdateProvisionedLimit"),
)
# The page assigns newer operations to no category; five per second and operation is the careful reading.
_UNASSIGNED_RATE = 5
_BY_NAME = {category.name: category for category in _CATEGORIES}
_BY_OPERATION = {operation: category for category in _CATEGORIES for operation in category.members}

# Reads, and as many writes, of one user in a second (DG:quotas).
PER_USER = 10


def categories_of(operation: str, params: Doc) -> tuple[Category, ...]:
    """The categories that a call may be counted in, the first that has room."""
    challenge = _BY_NAME["UserAuthenticationChallenges"]
    if operation not in challenge.members:
        return (_BY_OPERATION.get(operation) or Category(operation, _UNASSIGNED_RATE, frozenset({operation})),)
    # A new password for an old one counts as account recovery (DG:quotas).
    if params.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
        return (_BY_NAME["UserAccountRecovery"],)
    return (challenge, _BY_NAME["UserAuthentication"])
