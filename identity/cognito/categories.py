"""Which of Amazon Cognito's request-rate quotas each operation counts against, as data.

Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito" (quotas.html), the table of user pools API request
rate quotas.
"""

from enum import StrEnum


class Category(StrEnum):
    """A group of operations that share one request-rate quota; the quota page puts some in none (`UNASSIGNED`)."""

    USER_AUTHENTICATION = "UserAuthentication"
    # Challenge responses have an allowance of their own (footnote of the table), so that here they are a category.
    CHALLENGE_RESPONSES = "UserAuthenticationChallenges"
    USER_CREATION = "UserCreation"
    # What identity providers answer to a pool's own endpoints: no operation of the API, so that no call counts here.
    USER_FEDERATION = "UserFederation"
    USER_ACCOUNT_RECOVERY = "UserAccountRecovery"
    USER_READ = "UserRead"
    USER_UPDATE = "UserUpdate"
    USER_TOKEN = "UserToken"  # noqa: S105 -- the quota category's name, not a credential.
    USER_RESOURCE_READ = "UserResourceRead"
    USER_RESOURCE_UPDATE = "UserResourceUpdate"
    USER_LIST = "UserList"
    USER_POOL_READ = "UserPoolRead"
    USER_POOL_UPDATE = "UserPoolUpdate"
    USER_POOL_RESOURCE_READ = "UserPoolResourceRead"
    USER_POOL_RESOURCE_UPDATE = "UserPoolResourceUpdate"
    USER_POOL_CLIENT_READ = "UserPoolClientRead"
    USER_POOL_CLIENT_UPDATE = "UserPoolClientUpdate"
    CLIENT_AUTHENTICATION = "ClientAuthentication"
    LIMIT_MANAGEMENT = "LimitManagement"
    UNASSIGNED = "Unassigned"


_MEMBERS: dict[Category, str] = {
    Category.USER_AUTHENTICATION: "InitiateAuth AdminInitiateAuth GetTokensFromRefreshToken",
    Category.CHALLENGE_RESPONSES: "RespondToAuthChallenge AdminRespondToAuthChallenge",
    Category.USER_CREATION: "SignUp ConfirmSignUp AdminCreateUser AdminConfirmSignUp",
    Category.USER_ACCOUNT_RECOVERY: """
        ChangePassword ForgotPassword ConfirmForgotPassword AdminResetUserPassword AdminSetUserPassword""",
    Category.USER_READ: "AdminGetUser GetUser AdminGetUserAuthFactors",
    Category.USER_UPDATE: """
        AdminAddUserToGroup AdminRemoveUserFromGroup AdminUpdateUserAttributes AdminDeleteUserAttributes
        AdminDeleteUser AdminDisableUser AdminEnableUser AdminLinkProviderForUser AdminDisableProviderForUser
        AdminUserGlobalSignOut GlobalSignOut UpdateUserAttributes DeleteUserAttributes VerifyUserAttribute
        DeleteUser""",
    Category.USER_TOKEN: "RevokeToken",
    Category.USER_RESOURCE_READ: """
        AdminListGroupsForUser AdminListDevices AdminGetDevice GetDevice ListDevices
        GetUserAttributeVerificationCode ResendConfirmationCode AdminListUserAuthEvents""",
    Category.USER_RESOURCE_UPDATE: """
        SetUserMFAPreference AdminSetUserMFAPreference AdminDeleteSoftwareToken AssociateSoftwareToken
        VerifySoftwareToken ConfirmDevice ForgetDevice AdminForgetDevice UpdateDeviceStatus
        AdminUpdateDeviceStatus UpdateAuthEventFeedback AdminUpdateAuthEventFeedback SetUserSettings
        AdminSetUserSettings""",
    Category.USER_LIST: "ListUsers ListUsersInGroup",
    Category.USER_POOL_READ: "DescribeUserPool ListUserPools",
    Category.USER_POOL_UPDATE: "CreateUserPool UpdateUserPool DeleteUserPool",
    Category.USER_POOL_RESOURCE_READ: """
        DescribeIdentityProvider ListIdentityProviders GetIdentityProviderByIdentifier DescribeResourceServer
        ListResourceServers GetGroup ListGroups DescribeUserPoolDomain DescribeUserImportJob ListUserImportJobs
        GetUserPoolMfaConfig DescribeRiskConfiguration DescribeManagedLoginBranding
        DescribeManagedLoginBrandingByClient GetUICustomization ListTagsForResource GetCSVHeader
        GetSigningCertificate""",
    Category.USER_POOL_RESOURCE_UPDATE: """
        AddCustomAttributes CreateGroup UpdateGroup DeleteGroup CreateIdentityProvider UpdateIdentityProvider
        DeleteIdentityProvider CreateResourceServer UpdateResourceServer DeleteResourceServer CreateUserPoolDomain
        UpdateUserPoolDomain DeleteUserPoolDomain CreateManagedLoginBranding UpdateManagedLoginBranding
        DeleteManagedLoginBranding CreateUserImportJob StartUserImportJob StopUserImportJob SetUserPoolMfaConfig
        SetRiskConfiguration SetUICustomization TagResource UntagResource""",
    Category.USER_POOL_CLIENT_READ: "DescribeUserPoolClient ListUserPoolClients",
    Category.USER_POOL_CLIENT_UPDATE: "CreateUserPoolClient UpdateUserPoolClient DeleteUserPoolClient",
    Category.CLIENT_AUTHENTICATION: "GetClientToken",
    Category.LIMIT_MANAGEMENT: "GetProvisionedLimit UpdateProvisionedLimit",
}

CATEGORY_OF: dict[str, Category] = {
    operation: category for category, members in _MEMBERS.items() for operation in members.split()
}

_READ_PREFIXES = ("Describe", "List", "AdminList", "AdminGet")
_OTHER_READS = frozenset(
    {
        "AdminInitiateAuth",
        "GetCSVHeader",
        "GetDevice",
        "GetGroup",
        "GetIdentityProviderByIdentifier",
        "GetLogDeliveryConfiguration",
        "GetProvisionedLimit",
        "GetSigningCertificate",
        "GetUICustomization",
        "GetUser",
        "GetUserAuthFactors",
        "GetUserPoolMfaConfig",
        "InitiateAuth",
    }
)


def category_of(operation: str, challenge: str | None = None) -> Category:
    """The quota category that a call counts against.

    Arguments:
        operation: an API name such as ``AdminGetUser``.
        challenge: the ``ChallengeName`` of the request, where it has one: the answer to NEW_PASSWORD_REQUIRED counts as
            account recovery.
    """
    category = CATEGORY_OF.get(operation, Category.UNASSIGNED)
    if category is Category.CHALLENGE_RESPONSES and challenge == "NEW_PASSWORD_REQUIRED":
        return Category.USER_ACCOUNT_RECOVERY
    return category


def is_read(operation: str) -> bool:
    """Whether repeating ``operation`` after a lost answer changes nothing.

    InitiateAuth counts as a read: it hands out a new challenge and leaves the old one as it was. Operations with Get in
    their name that rotate a token or send a code are writes.
    """
    return operation.startswith(_READ_PREFIXES) or operation in _OTHER_READS
