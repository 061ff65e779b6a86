"""The ways to tokens that the matrix tries: a new one is a function in `ways`, and a line here.

A way is a generator of two steps. What is before its first `yield` happens while the account is in order, as a rule at
the person's own organization; what is after it once the account has come into the state that is tried, and at the
organization of `Visit.at`. The second `yield` brings what the application was given; a way that ends before it brought
nothing.
"""

from tests.security.cognito.states import ALL, ENDED, HERE, OFF
from tests.security.cognito.visit import Factors, Flow
from tests.security.cognito.ways import account, connections, enrolment, first, replaced, second, sessions

FLOWS = {
    "password": Flow(first.by_password, ALL, in_cognito=True),
    # It leads to the page of the password, which is tried in each state.
    "pushed request": Flow(first.by_pushed_request, (), in_cognito=True),
    "mailed code": Flow(first.by_mailed_code, ALL, in_cognito=True),
    "texted code": Flow(first.by_texted_code, ENDED, in_cognito=True),
    "passkey": Flow(first.by_passkey, ENDED, in_cognito=True),
    "sign-up": Flow(account.by_sign_up, ENDED, known=False),
    "invitation": Flow(account.by_invitation, ENDED, known=False),
    "forgotten password": Flow(account.by_forgotten_password, ALL, in_cognito=True),
    "mailed code alone": Flow(first.by_code_alone, ENDED, in_cognito=True),
    "authenticator app": Flow(second.by_app, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "second factor by mail": Flow(second.by_second_mail, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "second factor by text": Flow(second.by_second_text, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "choice of factors": Flow(second.by_choice, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "recovery code": Flow(second.by_recovery_code, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "temporary password": Flow(replaced.by_temporary_password, ENDED, in_cognito=True),
    "new password": Flow(replaced.by_new_password, ENDED, in_cognito=True),
    # It leads there as well; what is its own is that nobody confirms it.
    "account made in Cognito": Flow(account.by_account_made_there, ("unconfirmed in Cognito alone",)),
    "new app": Flow(enrolment.by_new_app, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "new codes by mail": Flow(enrolment.by_new_mail, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "new codes by text": Flow(enrolment.by_new_number, ENDED, in_cognito=True, factors=Factors.CHOSEN),
    "required app": Flow(enrolment.by_required_app, ENDED, in_cognito=True, factors=Factors.REQUIRED),
    # Both steps are tried in each state by themselves.
    "new password and app": Flow(enrolment.by_new_password_and_app, (), in_cognito=True, factors=Factors.REQUIRED),
    "OpenID connection": Flow(connections.by_oidc, OFF, known=False),
    "SAML connection": Flow(connections.by_saml, OFF, known=False),
    "own second factor": Flow(connections.by_own_factor, HERE, known=False),
    "own security key": Flow(connections.by_own_key, HERE, known=False),
    "session": Flow(sessions.by_session, HERE),
    "session where none is named": Flow(sessions.by_session_unnamed, HERE, names_organization=False),
    "session under another name": Flow(sessions.by_session_under_another_name, HERE),
    "session after leaving the other": Flow(sessions.by_session_after_leaving_the_other, HERE),
    "hint": Flow(sessions.by_hint, HERE),
    "code": Flow(sessions.by_code, HERE, names_organization=False),
    "device": Flow(sessions.by_device, HERE),
    "refresh token": Flow(sessions.by_refresh_token, HERE, names_organization=False),
    "userinfo": Flow(sessions.by_userinfo, HERE, names_organization=False),
    "introspection": Flow(sessions.by_introspection, HERE, names_organization=False, confidential=True),
}
