"""botocore's exceptions into ours. Pure: the caller raises the result, chained to its cause."""

from botocore import exceptions as sdk
from botocore.parsers import ResponseParserError

from identity.cognito import errors
from identity.cognito.categories import is_read
from identity.cognito.error_rules import (
    LOCAL_VALIDATION,
    NO_CREDENTIALS,
    SERVER_FAULT_CODES,
    THROTTLING_CODES,
    TRANSIENT_CODES,
    UNKNOWN_OPERATION_CODES,
    UNSUPPORTED,
    refusal_for,
)
from identity.cognito.errors import CognitoError, Throttled, Transient

# The request cannot have reached Cognito, so that not even a write is ambiguous.
_NEVER_SENT = (sdk.EndpointConnectionError, sdk.ConnectTimeoutError, sdk.ProxyConnectionError)
_NO_CREDENTIALS = (
    sdk.NoCredentialsError,
    sdk.PartialCredentialsError,
    sdk.CredentialRetrievalError,
    sdk.ProfileNotFound,
    sdk.TokenRetrievalError,
    sdk.NoAuthTokenError,
)
# All that a call may raise. ResponseParserError, for an answer that is not JSON, is outside botocore's own hierarchy.
SDK_ERRORS = (sdk.BotoCoreError, sdk.ClientError, ResponseParserError)


def translate(error: sdk.BotoCoreError | sdk.ClientError | ResponseParserError, operation: str) -> CognitoError:
    """The error of ours that says the same as ``error``, which came up while calling ``operation``."""
    if isinstance(error, sdk.ClientError):
        return _from_answer(error, operation)
    code = type(error).__name__
    if isinstance(error, _NO_CREDENTIALS):
        return NO_CREDENTIALS.raised_by(operation, str(error), code=code)
    if isinstance(error, sdk.ParamValidationError):
        return LOCAL_VALIDATION.raised_by(operation, str(error), code=code)
    if isinstance(error, _NEVER_SENT) or is_read(operation):
        return Transient(str(error), code=code, operation=operation)
    # A read timeout, a dropped connection, broken TLS or an unreadable answer: the write may have been applied.
    return errors.AmbiguousOutcome(str(error), code=code, operation=operation)


def _from_answer(error: sdk.ClientError, operation: str) -> CognitoError:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    message = error.response.get("Error", {}).get("Message", "")
    metadata = error.response.get("ResponseMetadata")
    status = metadata["HTTPStatusCode"] if metadata and "HTTPStatusCode" in metadata else 0
    request_id = metadata.get("RequestId") if metadata else None
    headers = metadata.get("HTTPHeaders", {}) if metadata else {}
    # Assuming the cell's role happens inside another operation's call. Where that failed, the operation was never sent.
    never_sent = error.operation_name != operation
    operation = error.operation_name
    if code in THROTTLING_CODES or status == 429:
        return Throttled(
            message,
            code=code,
            operation=operation,
            request_id=request_id,
            retry_after=_seconds(headers.get("retry-after")),
        )
    if code in TRANSIENT_CODES:
        return TRANSIENT_CODES[code](message, code=code, operation=operation, request_id=request_id)
    if code in UNKNOWN_OPERATION_CODES and not never_sent:
        return UNSUPPORTED.raised_by(operation, message, code=code, request_id=request_id)
    if code in SERVER_FAULT_CODES or status >= 500:
        kind = Transient if never_sent or is_read(operation) else errors.AmbiguousOutcome
        return kind(
            message,
            code=code,
            operation=operation,
            request_id=request_id,
            retry_after=_seconds(headers.get("retry-after")),
        )
    return refusal_for(code, message).raised_by(operation, message, code=code, request_id=request_id)


def _seconds(retry_after: str | None) -> float | None:
    """The Retry-After header where it is a number of seconds (RFC 9110 section 10.2.3); its date form is not used."""
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return float(retry_after)
