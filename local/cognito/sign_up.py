"""People who make an account of their own, where the pool lets them, and its confirmation."""

from local.cognito.admin_users import new_user, store_new_user
from local.cognito.attribute_codes import Sender, expired_code, send_attribute_code, take_attribute_code
from local.cognito.attributes import checked_attributes, claim_aliases, missing_required
from local.cognito.client_auth import check_secret_hash, hides_existence
from local.cognito.clients import find_client
from local.cognito.errors import ServiceError, invalid, not_authorized
from local.cognito.model import Doc
from local.cognito.one_time_codes import masked
from local.cognito.operations import Call, operation
from local.cognito.passwords import check_policy, make_credential
from local.cognito.schema_attributes import STANDARD_NAMES
from local.cognito.signin_functions import NO_CLIENT, post_confirmation, pre_sign_up
from local.cognito.users import User, find_user, require_user, save_user

_UNCONFIRMED = "UNCONFIRMED"


@operation("SignUp")
def sign_up(call: Call) -> Doc:
    """Make an account. A code goes to an address that the pool verifies, unless the pre sign-up function confirms."""
    client = find_client(call.store, str(call.params["ClientId"]))
    pool = call.pool(str(client["UserPoolId"]))
    check_secret_hash(client, str(call.params["Username"]), call.params.get("SecretHash"))
    if pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]:
        raise not_authorized("SignUp is not permitted for this user pool")
    user = _asked(call, pool, client)
    confirmed = pre_sign_up(call, pool, str(client["ClientId"]), user, "SignUp")
    user.status = "CONFIRMED" if confirmed else _UNCONFIRMED
    store_new_user(call, pool, user)
    answer: Doc = {"UserConfirmed": confirmed, "UserSub": user.sub}
    if confirmed:
        post_confirmation(call, pool, str(client["ClientId"]), user, "ConfirmSignUp")
    elif delivery := _send_code(call, pool, user, Sender(str(client["ClientId"]), "SignUp")):
        answer["CodeDeliveryDetails"] = delivery
    return answer


def _asked(call: Call, pool: Doc, client: Doc) -> User:
    """The user of the request, whose password and attributes the pool and the client allow."""
    password = call.params.get("Password")
    if password is None:
        # A user without one is for pools with codes as a first factor (B:SignUpRequest).
        if not {"EMAIL_OTP", "SMS_OTP"} & set(pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]):
            raise invalid("Password is required")
    else:
        check_policy(pool, str(password))
    attributes = checked_attributes(pool, call.params.get("UserAttributes", []), None)
    if not attributes.keys() <= {*client.get("WriteAttributes", STANDARD_NAMES)} - {"sub"} or any(
        name.endswith("_verified") for name in attributes
    ):
        raise not_authorized("A client attempted to write unauthorized attribute")
    user = new_user(call, pool, attributes)
    if missing := missing_required(pool, user.attributes):
        raise invalid(f"Attributes did not conform to the schema: {missing[0]}: The attribute is required")
    if password is not None:
        user.credential = make_credential(user, str(password))
    return user


def _send_code(call: Call, pool: Doc, user: User, sender: Sender) -> Doc | None:
    """Send a code to one of the addresses that the pool verifies, or None: an administrator has to confirm the user.

    The telephone goes first where both could be (DG:user-pool-settings-email-phone-verification).
    """
    for name in ("phone_number", "email"):
        address = user.attributes.get(name, "")
        sends = name == "email" or "SmsConfiguration" in pool
        if name in pool.get("AutoVerifiedAttributes", []) and address and sends:
            user.attribute_codes = {}
            delivery = send_attribute_code(call, pool, user, name, address, sender)
            save_user(call, user)
            return delivery
    return None


def _named(call: Call) -> tuple[Doc, Doc, User | None]:
    """Client, pool and user of a request without an access token."""
    client = find_client(call.store, str(call.params["ClientId"]))
    pool, name = call.pool(str(client["UserPoolId"])), str(call.params["Username"])
    check_secret_hash(client, name, call.params.get("SecretHash"))
    user = find_user(call.store, pool, name)
    if user is None and not hides_existence(client):
        raise ServiceError("UserNotFoundException", "Username/client id combination not found.")
    return client, pool, user


@operation("ConfirmSignUp")
def confirm_sign_up(call: Call) -> Doc:
    """Take the code: the address is verified and the user confirmed."""
    client, pool, user = _named(call)
    if user is None:
        raise expired_code()
    _require_unconfirmed(user)
    if not user.attribute_codes:
        raise expired_code()
    [name] = user.attribute_codes
    take_attribute_code(call, user, name, str(call.params["ConfirmationCode"]))
    user.status = "CONFIRMED"
    save_user(call, user)
    claim_aliases(call, pool, user, force=bool(call.params.get("ForceAliasCreation", False)))
    post_confirmation(call, pool, str(client["ClientId"]), user, "ConfirmSignUp")
    return {}


@operation("AdminConfirmSignUp")
def admin_confirm_sign_up(call: Call) -> Doc:
    """Confirm a user without a code; no address is verified by that (B:AdminConfirmSignUp)."""
    pool, user = call.pool(), require_user(call)
    _require_unconfirmed(user)
    user.status, user.attribute_codes = "CONFIRMED", {}
    save_user(call, user)
    post_confirmation(call, pool, NO_CLIENT, user, "ConfirmSignUp")
    return {}


def _require_unconfirmed(user: User) -> None:
    if user.status != _UNCONFIRMED:
        raise not_authorized(f"User cannot be confirmed. Current status is {user.status}")


@operation("ResendConfirmationCode")
def resend_confirmation_code(call: Call) -> Doc:
    """Send another code; for nobody a client that hides existence answers as if it had."""
    client, pool, user = _named(call)
    if user is None:
        name = str(call.params["Username"])
        address = name if "@" in name else f"{name[:1]}@example.com"
        details = {"Destination": masked(address), "DeliveryMedium": "EMAIL", "AttributeName": "email"}
        return {"CodeDeliveryDetails": details}
    if user.status != _UNCONFIRMED:
        raise invalid("User is already confirmed.")
    delivery = _send_code(call, pool, user, Sender(str(client["ClientId"]), "ResendCode"))
    if delivery is None:
        raise invalid("Cannot resend codes. Auto verification not turned on.")
    return {"CodeDeliveryDetails": delivery}
