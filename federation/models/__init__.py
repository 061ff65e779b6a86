"""The tables of `federation`, one noun a module."""

from federation.models.account_request import AccountRequest, AccountRequestKind
from federation.models.app_name import AppName
from federation.models.auth_event import AuthEvent, AuthOutcome, AuthWay
from federation.models.authorization import AuthorizationCode, AuthorizationRequest, RefreshToken, TokenFamily
from federation.models.browser_session import BrowserSession
from federation.models.client_assertion import ClientAssertion
from federation.models.connection import (
    Connection,
    ConnectionKind,
    ConnectionStatus,
    ConnectionVersion,
    JitMode,
    Linking,
    MfaTrust,
)
from federation.models.connection_certificates import ConnectionCertificates
from federation.models.connection_test import OPEN_STATES, ConnectionTest, ConnectionTestState
from federation.models.counter import Counter
from federation.models.device_grant import DeviceDecision, DeviceGrant
from federation.models.domain_rule import DomainRule
from federation.models.email_change import EmailChange
from federation.models.email_domain import DomainStatus, EmailDomain, Notice
from federation.models.federated_identity import FederatedIdentity
from federation.models.federated_sign_in import FederatedSignIn, SignInOutcome
from federation.models.first_factor import FirstFactorAttempt
from federation.models.known_device import KnownDevice
from federation.models.logout_notice import LogoutNotice
from federation.models.metadata_watch import MetadataWatch
from federation.models.number_change import NumberChange
from federation.models.own_factor import OwnFactor
from federation.models.own_key import OwnKey, OwnKeyOffer
from federation.models.passkey_name import PasskeyName
from federation.models.pushed_request import PushedRequest
from federation.models.recovery_code import RecoveryCode
from federation.models.remembered_browser import RememberedBrowser
from federation.models.security_notice import SecurityNotice
from federation.models.session_credential import SessionCredential
from federation.models.sign_in_attempt import SignInAttempt, Step
from federation.models.signing_key import KeyState, SigningKey

__all__ = [
    "OPEN_STATES",
    "AccountRequest",
    "AccountRequestKind",
    "AppName",
    "AuthEvent",
    "AuthOutcome",
    "AuthWay",
    "AuthorizationCode",
    "AuthorizationRequest",
    "BrowserSession",
    "ClientAssertion",
    "Connection",
    "ConnectionCertificates",
    "ConnectionKind",
    "ConnectionStatus",
    "ConnectionTest",
    "ConnectionTestState",
    "ConnectionVersion",
    "Counter",
    "DeviceDecision",
    "DeviceGrant",
    "DomainRule",
    "DomainStatus",
    "EmailChange",
    "EmailDomain",
    "FederatedIdentity",
    "FederatedSignIn",
    "FirstFactorAttempt",
    "JitMode",
    "KeyState",
    "KnownDevice",
    "Linking",
    "LogoutNotice",
    "MetadataWatch",
    "MfaTrust",
    "Notice",
    "NumberChange",
    "OwnFactor",
    "OwnKey",
    "OwnKeyOffer",
    "PasskeyName",
    "PushedRequest",
    "RecoveryCode",
    "RefreshToken",
    "RememberedBrowser",
    "SecurityNotice",
    "SessionCredential",
    "SignInAttempt",
    "SignInOutcome",
    "SigningKey",
    "Step",
    "TokenFamily",
]
