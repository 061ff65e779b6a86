"""Which AWS error code means what to us, and what a person can do about it.

Sources: the exception shapes of botocore's cognito-idp service model; the Amazon Cognito developer guide, "Managing
error responses"; "Common error types" of the Amazon Cognito user pools API reference.
"""

from collections.abc import Mapping

from identity.cognito import errors
from identity.cognito.errors import Transient
from identity.cognito.refusal import Refusal
from identity.cognito.user_error_rules import REFINEMENTS, USER_REFUSALS

THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

# An operation that the endpoint does not know: AWS's JSON protocol says UnknownOperationException, emulators that share
# the query protocol's error names say InvalidAction.
UNKNOWN_OPERATION_CODES = frozenset({"UnknownOperationException", "InvalidAction"})

TRANSIENT_CODES: Mapping[str, type[Transient]] = {
    "ConcurrentModificationException": errors.ConcurrentModification,
    # It ends without anybody's doing.
    "UserImportInProgressException": errors.ImportRunning,
}

# Server faults. After a write they are ambiguous, because the fault may have come after the change was stored.
SERVER_FAULT_CODES = frozenset(
    {
        "InternalErrorException",
        "InternalFailure",
        "InternalServerException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)

UNSUPPORTED = Refusal(
    errors.UnsupportedByEndpoint,
    "The endpoint of this cell does not offer the operation.",
    "Use a cell on AWS, or an emulator that implements the operation.",
)
NO_CREDENTIALS = Refusal(
    errors.AccessDenied,
    "There are no usable AWS credentials.",
    "Give the process credentials by the standard AWS chain (environment, profile or instance role).",
)
LOCAL_VALIDATION = Refusal(
    errors.InvalidRequest,
    "The request does not fit the API's model.",
    "Correct the value named in the message.",
)
OTHER = Refusal(
    errors.Rejected,
    "Amazon Cognito refused the request.",
    "Read the message of Amazon Cognito, correct its cause, then retry.",
)

_CREDENTIALS_REFUSED = Refusal(
    errors.AccessDenied,
    "AWS does not accept the credentials.",
    "Check the access key, its secret, its session token and this machine's clock.",
)
_NOT_ALLOWED = Refusal(
    errors.AccessDenied,
    "The IAM role or user is not allowed to do this.",
    "Allow {action} by attaching Lifeguard's IAM policy to the cell's role; check the role's trust policy and external "
    "id. It is tried again every 15 minutes.",
)
_MAIL_ROLE = Refusal(
    errors.InvalidRequest,
    "Amazon Cognito may not send e-mail as the configured Amazon SES identity, or the identity is gone.",
    "Verify the SES identity and allow cognito-idp.amazonaws.com to send with it, or take it out of the pool's "
    "settings. Until then Cognito accepts no other change of the pool.",
)
_SMS_ROLE = Refusal(
    errors.InvalidRequest,
    "Amazon Cognito may not use the configured role for sending SMS.",
    "Correct the SMS role's trust relationship, its external id and its permission sns:Publish, or name another role "
    "in the pool's settings. Until then Cognito accepts no other change of the pool.",
)
_TRIGGER = Refusal(
    errors.TriggerFailed,
    "A Lambda trigger of the user pool failed or refused.",
    "Read the function's log, correct it, then retry.",
)

REFUSALS: Mapping[str, Refusal] = {
    "InvalidParameterException": Refusal(
        errors.InvalidRequest,
        "Amazon Cognito does not accept one of the values.",
        "Correct the setting that the message names.",
    ),
    "ValidationException": LOCAL_VALIDATION,
    "ValidationError": LOCAL_VALIDATION,
    "SerializationException": LOCAL_VALIDATION,
    "InvalidOAuthFlowException": Refusal(
        errors.InvalidRequest,
        "The OAuth flows of the app client do not go together.",
        "Use client_credentials alone and with a secret, or the code flow.",
    ),
    "ScopeDoesNotExistException": Refusal(
        errors.InvalidRequest,
        "An app client names a scope that no resource server defines.",
        "Create the resource server with that scope first.",
    ),
    "InvalidUserPoolConfigurationException": Refusal(
        errors.InvalidRequest,
        "The user pool's configuration is not valid.",
        "Check the pool's e-mail, SMS and trigger settings: a deleted SES identity or role makes every update fail.",
    ),
    "InvalidEmailRoleAccessPolicyException": _MAIL_ROLE,
    "InvalidSmsRoleAccessPolicyException": _SMS_ROLE,
    "InvalidSmsRoleTrustRelationshipException": _SMS_ROLE,
    "UnsupportedIdentityProviderException": Refusal(
        errors.InvalidRequest,
        "The identity provider is not supported here.",
        "Choose a provider type that the user pool offers.",
    ),
    "UnsupportedTokenTypeException": Refusal(
        errors.InvalidRequest,
        "The token cannot be revoked.",
        "Send a refresh token.",
    ),
    "UserPoolTaggingException": Refusal(
        errors.InvalidRequest,
        "The tags of the user pool could not be set.",
        "Check the tags' names and values, and the limit of 50 tags.",
    ),
    "PreconditionNotMetException": Refusal(
        errors.InvalidRequest,
        "A condition for the operation is not met.",
        "Read the message and do what is missing first.",
    ),
    "TierChangeNotAllowedException": Refusal(
        errors.InvalidRequest,
        "The user pool cannot change to this feature plan.",
        "Switch off the features that the new plan lacks, then change the plan.",
    ),
    "FeatureUnavailableInTierException": Refusal(
        errors.FeatureUnavailableInTier,
        "The user pool's feature plan does not include this.",
        "Raise the pool's feature plan, or switch the feature off.",
    ),
    "UserPoolAddOnNotEnabledException": Refusal(
        errors.OperationNotEnabled,
        "Threat protection is not active in the user pool.",
        "Switch on the user pool's threat protection first.",
    ),
    "OperationNotEnabledException": Refusal(
        errors.OperationNotEnabled,
        "The operation is not enabled for this user pool, or the pool is a secondary replica.",
        "Enable it in the pool's settings, or use the pool's primary Region.",
    ),
    "UnsupportedOperationException": Refusal(
        errors.OperationNotEnabled,
        "The user pool does not support the operation in its present configuration.",
        "Check the pool's settings.",
    ),
    "LimitExceededException": Refusal(
        errors.QuotaReached,
        "A quota of Amazon Cognito is used up: {quota}.",
        "Ask AWS for a higher quota in Service Quotas, or place new resources in another pool or cell.",
    ),
    "ServiceQuotaExceededException": Refusal(
        errors.QuotaReached,
        "The ceiling of a provisioned quota is reached.",
        "Raise the ceiling in Service Quotas first.",
    ),
    "ResourceNotFoundException": Refusal(
        errors.NotFound,
        "The resource does not exist in Amazon Cognito.",
        "Check whether it was deleted by hand; synchronizing creates it again where that is safe.",
    ),
    "UserNotFoundException": Refusal(
        errors.UserNotFound,
        "The user does not exist in the user pool.",
        "Create the user, or check the username.",
    ),
    **{
        code: Refusal(
            errors.AlreadyExists,
            f"{what} exists already.",
            "Adopt the existing one or choose another name.",
        )
        for code, what in {
            "UsernameExistsException": "A user with this username",
            "AliasExistsException": "Another user with this verified e-mail address or phone number",
            "GroupExistsException": "A group with this name",
            "DuplicateProviderException": "An identity provider with this name",
            "ManagedLoginBrandingExistsException": "A managed login style for this app client",
            "TermsExistsException": "A terms document of this kind",
            "DeviceKeyExistsException": "A device with this key",
        }.items()
    },
    "ForbiddenException": Refusal(
        errors.BlockedByFirewall,
        "The web application firewall in front of the user pool blocked the request.",
        "Allow this service's addresses in the AWS WAF rules of the user pool.",
    ),
    **dict.fromkeys(
        ("UserLambdaValidationException", "UnexpectedLambdaException", "InvalidLambdaResponseException"), _TRIGGER
    ),
    "CodeDeliveryFailureException": Refusal(
        errors.TriggerFailed,
        "The code could not be delivered.",
        "Check the user pool's e-mail and SMS settings.",
    ),
    **dict.fromkeys(
        (
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedException",
            "UnauthorizedOperation",
            "OptInRequired",
            "KMSAccessDeniedException",
        ),
        _NOT_ALLOWED,
    ),
    **dict.fromkeys(
        (
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
        ),
        _CREDENTIALS_REFUSED,
    ),
    **USER_REFUSALS,
}


# As in ``REFINEMENTS``: what Cognito says of an SES identity that was deleted, or never verified for the Region.
_POOL_REFINEMENTS = (
    ("InvalidParameterException", "use your email identity", _MAIL_ROLE),
    ("InvalidParameterException", "email address is not verified", _MAIL_ROLE),
)


def refusal_for(code: str, message: str) -> Refusal:
    """The rule for an error code and the message that came with it; ``OTHER`` when there is none."""
    lowered = message.lower()
    for refined_code, fragment, rule in (*REFINEMENTS, *_POOL_REFINEMENTS):
        if code == refined_code and fragment in lowered:
            return rule
    return REFUSALS.get(code, OTHER)
