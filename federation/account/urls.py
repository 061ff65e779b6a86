"""The addresses of the account page. None names anything by an id: what a form is about is in the form."""

from django.urls import URLPattern, path

from federation.account.views import (
    authenticator,
    browsers,
    email,
    factors,
    pages,
    passkeys,
    password,
    profile,
    recovery_codes,
    sessions,
)

urlpatterns: list[URLPattern] = [
    path("account", pages.choose, name="account-choose"),
    path("account/return", pages.returned, name="account-return"),
    path("<slug:slug>/account", pages.details, name="account"),
    path("<slug:slug>/account/name", profile.name, name="account-name"),
    path("<slug:slug>/account/email", email.email, name="account-email"),
    path("<slug:slug>/account/email/code", email.code, name="account-email-code"),
    path("<slug:slug>/account/security", pages.security, name="account-security"),
    path("<slug:slug>/account/passkeys", passkeys.listed, name="account-passkeys"),
    path("<slug:slug>/account/passkeys/new", passkeys.add, name="account-passkey-new"),
    path("<slug:slug>/account/passkeys/name", passkeys.rename, name="account-passkey-name"),
    path("<slug:slug>/account/passkeys/remove", passkeys.remove, name="account-passkey-remove"),
    path("<slug:slug>/account/password", password.password, name="account-password"),
    path("<slug:slug>/account/authenticator", authenticator.authenticator, name="account-authenticator"),
    path("<slug:slug>/account/authenticator/remove", authenticator.remove, name="account-authenticator-remove"),
    path("<slug:slug>/account/factors", factors.listed, name="account-factors"),
    path("<slug:slug>/account/factors/add", factors.add, name="account-factor-add"),
    path("<slug:slug>/account/factors/phone", factors.phone, name="account-phone"),
    path("<slug:slug>/account/factors/code", factors.code, name="account-factor-code"),
    path("<slug:slug>/account/factors/remove", factors.remove, name="account-factor-remove"),
    path("<slug:slug>/account/factors/prefer", factors.prefer, name="account-factor-prefer"),
    path("<slug:slug>/account/recovery-codes", recovery_codes.make, name="account-recovery-codes"),
    path("<slug:slug>/account/devices", pages.devices, name="account-devices"),
    path("<slug:slug>/account/devices/end", sessions.end, name="account-session-end"),
    path("<slug:slug>/account/devices/end-others", sessions.end_others, name="account-sessions-end-others"),
    path("<slug:slug>/account/devices/forget", browsers.forget, name="account-browser-forget"),
    path("<slug:slug>/account/devices/forget-all", browsers.forget_all, name="account-browsers-forget"),
    path("<slug:slug>/account/activity", pages.activity, name="account-activity"),
]
