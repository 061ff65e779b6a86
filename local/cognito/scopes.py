"""What the scopes of an authorization request let tokens and userInfo say of a user."""

_OF_SCOPE = {
    "email": frozenset({"email", "email_verified"}),
    "phone": frozenset({"phone_number", "phone_number_verified"}),
}


def visible_names(readable: set[str], scopes: list[str] | None) -> set[str]:
    """Which of the attributes that a client may read are shown.

    With openid alone all of them are; email and phone limit them to their own, profile to none
    (DG:cognito-user-pools-define-resource-servers, "OAuth 2.0 scopes"). A sign-in by the API has no scopes.
    """
    limiting = set(scopes or ()) & {*_OF_SCOPE, "profile"}
    if not limiting or "profile" in limiting:
        return readable
    return readable & {"sub"}.union(*(_OF_SCOPE[scope] for scope in limiting))
