"""The addresses of the sign-in pages."""

from django.urls import URLPattern, path

from federation.signin.views import connection_test, own_keys
from federation.signin.views import second_factors as factors
from federation.signin.views.bookmark import bookmark
from federation.signin.views.brand import logo, stylesheet
from federation.signin.views.confirm import confirm
from federation.signin.views.federated import callback, start
from federation.signin.views.first_factors import one_time_code
from federation.signin.views.forgotten import forgotten, reset
from federation.signin.views.handing_on import find_organisation
from federation.signin.views.invitation import invitation
from federation.signin.views.metadata import saml_metadata
from federation.signin.views.organisation import choose_organisation, choose_session, organisations
from federation.signin.views.passkeys import passkey, passkey_autofill, passkey_offer
from federation.signin.views.password import sign_in
from federation.signin.views.recovery import recovery
from federation.signin.views.sign_up import ask_to_sign_up, finish, mailed
from federation.signin.views.steps import code, enrol, new_password, offer

urlpatterns: list[URLPattern] = [
    # First, because they are tried in order and most people see these two.
    path("<slug:slug>/sign-in", sign_in, name="sign-in"),
    path("sign-in", choose_organisation, name="choose-organisation"),
    path("saml/metadata/<uuid:connection_id>", saml_metadata, name="saml-metadata"),
    path("federation/test/callback", connection_test.callback, name="connection-test-callback"),
    path("federation/test/end", connection_test.end, name="connection-test-end"),
    path("federation/test/<uuid:test_id>", connection_test.start, name="connection-test-start"),
    path("federation/callback", callback, name="federation-callback"),
    path("<slug:slug>/sign-in/by/<uuid:connection_id>", start, name="federation-start"),
    path("<slug:slug>/start/<uuid:connection_id>", bookmark, name="bookmark"),
    path("<slug:slug>/start/<uuid:connection_id>/<slug:client_id>", bookmark, name="bookmark-application"),
    path("sign-in/for/<slug:client_id>", find_organisation, name="find-organisation"),
    path("sign-in/organizations", organisations, name="organisations"),
    path("sign-in/accounts", choose_session, name="choose-session"),
    path("<slug:slug>/sign-in/confirm", confirm, name="sign-in-confirm"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/new-password", new_password, name="sign-in-new-password"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/code", code, name="sign-in-code"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/authenticator", enrol, name="sign-in-enrol"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/authenticator-offer", offer, name="sign-in-offer"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/passkey-offer", passkey_offer, name="sign-in-passkey-offer"),
    path("<slug:slug>/sign-in/with/passkey", passkey_autofill, name="sign-in-passkey-autofill"),
    path("<slug:slug>/sign-in/with/<uuid:first_id>/code", one_time_code, name="sign-in-one-time-code"),
    path("<slug:slug>/sign-in/with/<uuid:first_id>/passkey", passkey, name="sign-in-passkey"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/recovery", recovery, name="sign-in-recovery"),
    path("<slug:slug>/password", forgotten, name="password-forgotten"),
    path("<slug:slug>/password/<uuid:asked_id>", reset, name="password-reset"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/mailed-code", factors.mailed_code, name="sign-in-mailed-code"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/texted-code", factors.texted_code, name="sign-in-texted-code"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/factor", factors.select_factor, name="sign-in-select-factor"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/factor-setup", factors.set_up_factor, name="sign-in-set-up-factor"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/factor-offer", factors.offer_factor, name="sign-in-offer-factor"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/phone", factors.phone_number, name="sign-in-phone"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/mail-setup", factors.set_up_mail, name="sign-in-set-up-mail"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/text-setup", factors.set_up_text, name="sign-in-set-up-text"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/own-code", factors.own_code, name="sign-in-own-code"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/own-setup", factors.set_up_own, name="sign-in-own-setup"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/own-choice", own_keys.choose_own, name="sign-in-own-choice"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/own-key", own_keys.own_key, name="sign-in-own-key"),
    path("<slug:slug>/sign-in/<uuid:attempt_id>/own-key-setup", own_keys.set_up_key, name="sign-in-own-key-setup"),
    path("<slug:slug>/sign-up", ask_to_sign_up, name="sign-up"),
    path("<slug:slug>/sign-up/mailed", mailed, name="sign-up-mailed"),
    path("<slug:slug>/sign-up/<str:token>", finish, name="sign-up-finish"),
    path("<slug:slug>/invitation/<str:token>", invitation, name="invitation"),
    path("<slug:slug>/brand-<int:version>.css", stylesheet, name="brand-stylesheet"),
    path("<slug:slug>/logo-<int:version>", logo, name="brand-logo"),
]
