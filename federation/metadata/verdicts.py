"""What is to be said about an identity provider that was read.

Facts about Cognito are from the Amazon Cognito developer guide, "Things to know about SAML IdPs in Amazon Cognito user
pools" and "SAML sign-out flow", and from what Cognito answers ("No SingleSignOn Http redirect binding location found in
metadata", ssoready/dummyidp#10). Facts about SAML are from "Metadata for the OASIS SAML V2.0" and the SAML V2.0 core.
"""

from django.utils.translation import gettext_lazy as _

from federation.metadata.remedies import NEW_CERTIFICATE
from federation.sayings import NOTHING_TO_DO, Saying, error, warning

VERDICTS: dict[str, Saying] = {
    # It cannot work.
    "saml1_only": error(
        _("The identity provider offers SAML 1 alone. Cognito speaks SAML 2.0."),
        _("Switch SAML 2.0 on in the identity provider, or choose OpenID Connect."),
    ),
    "metadata_expired": error(
        _("The metadata itself was valid until {when} (“validUntil”) and must not be used any more."),
        _("Get current metadata from the identity provider. If it has none, enter the values field by field."),
    ),
    "sso_missing": error(
        _("The metadata names no address for signing in (“SingleSignOnService”)."),
        _("Switch single sign-on for this application on in the identity provider, then export the metadata again."),
    ),
    "sso_no_redirect": error(
        _("The identity provider takes sign-in requests by {bindings} only. Cognito sends them by HTTP-Redirect."),
        _(
            "Switch the HTTP-Redirect binding on for single sign-on in the identity provider, and give us its metadata "
            "again. Where it takes redirects without saying so, enter the values field by field."
        ),
    ),
    "url_invalid": error(
        _("The {what} in the metadata is no usable web address: “{url}”."),
        _("Correct the address in the identity provider, then export the metadata again."),
    ),
    "no_signing_certificate": error(
        _("There is no signing certificate, so that nobody could tell genuine responses from forged ones."),
        _("Switch signing of SAML responses on in the identity provider, then give us its metadata again."),
    ),
    "only_encryption_certificate": error(
        _("The only certificate is marked for encryption. What is needed is the one for signing."),
        _("Export the metadata with the signing certificate, or enter the values field by field."),
    ),
    "key_without_certificate": error(
        _("The signing key is given without a certificate. Cognito reads keys from certificates alone."),
        _("Have the identity provider publish its signing certificate (“X509Certificate”) in the metadata."),
    ),
    "certificate_unreadable": error(
        _("A signing certificate cannot be read: it is incomplete or damaged."),
        _("Copy or export it again, whole, from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”."),
    ),
    "certificate_is_private_key": error(
        _("This is a private key, not a certificate. It was not stored."),
        _(
            "Nobody but the identity provider may have that key: if it is in use, replace it there. What is needed "
            "begins with “-----BEGIN CERTIFICATE-----”."
        ),
    ),
    "certificate_is_other": error(
        _("This is {what}, not a certificate."),
        _("What is needed begins with “-----BEGIN CERTIFICATE-----”. Look for “X.509 certificate” or “Base64”."),
    ),
    "certificate_expired": error(
        _("The signing certificate “{subject}” expired on {when}. Cognito refuses expired certificates."),
        NEW_CERTIFICATE,
    ),
    "certificate_not_yet_valid": error(
        _("The signing certificate “{subject}” is valid only from {when}, and there is none that is valid now."),
        _("Wait until then, or make one that is valid now. If it was made just now, check the provider's clock."),
    ),
    "certificate_too_long": error(
        _("The signing certificate “{subject}” has {length} characters. Cognito takes {limit} at most."),
        _("Make a smaller one in the identity provider: an RSA key of 2048 to 4096 bits, with few alternative names."),
    ),
    "key_unsupported": error(
        _("The signing certificate “{subject}” has a key of the kind {key}, with which SAML responses are not signed."),
        _("Make a signing certificate with an RSA key of 2048 bits or more in the identity provider."),
    ),
    "key_broken": error(
        _("The key of the signing certificate “{subject}” ({key}, {bits} bits) is so short that it can be broken."),
        _("Make a signing certificate with an RSA key of 2048 bits or more in the identity provider."),
    ),
    "too_many_certificates": error(
        _("There are {count} signing certificates. More than {limit} is a sign of metadata gone wrong."),
        _("Remove old signing certificates in the identity provider, then export the metadata again."),
    ),
    # It works, but.
    "byte_order_mark": warning(
        _("It begins with a byte order mark (BOM), which some programs trip over. We left it out."),
        NOTHING_TO_DO,
    ),
    "utf16": warning(_("It is encoded as UTF-16. We turned it into UTF-8."), NOTHING_TO_DO),
    "several_certificates": warning(
        _("There are {count} signing certificates. Cognito accepts responses that are signed with any of them."),
        _("That is right while certificates are being renewed. Afterwards, remove the old one there."),
    ),
    "certificate_expires_soon": warning(
        _("The signing certificate “{subject}” expires on {when}, and no later one is in the metadata."),
        _(
            "Make its successor in the identity provider now and give us the metadata with both, so that nobody is "
            "locked out when it changes over."
        ),
    ),
    "expired_certificate_left_out": warning(
        _("The certificate “{subject}” expired on {when}. Cognito refuses expired ones, so we left it out."),
        _("Make sure that the identity provider signs with the other one, and remove the expired one there."),
    ),
    "certificate_for_later": warning(
        _("The certificate “{subject}” is valid only from {when}. It is kept for then."),
        _("Make sure that the identity provider does not sign with it before."),
    ),
    "unreadable_certificate_left_out": warning(
        _("One of the signing certificates cannot be read, so we left it out."),
        _("Make sure that the identity provider signs with one of the others, and remove the damaged one there."),
    ),
    "certificate_weak_signature": warning(
        _("The certificate “{subject}” is itself signed with {hash}, which is out of date."),
        _(
            "That does no harm, because the metadata vouches for it, but make the next one with SHA-256. Check besides "
            "that responses are signed with SHA-256: that is another setting in the identity provider."
        ),
    ),
    "key_weak": warning(
        _("The key of the signing certificate “{subject}” ({key}, {bits} bits) is shorter than is good today."),
        _("Plan a new signing certificate with an RSA key of 2048 bits or more."),
    ),
    "http_url": warning(
        _("The {what} is not encrypted (http): “{url}”. Whoever is in between can read and change what is sent there."),
        _("Give the identity provider an https address, then export the metadata again."),
    ),
    "slo_no_redirect": warning(
        _("The identity provider takes sign-out by {bindings} only. Cognito needs HTTP-Redirect for it."),
        _("Signing in works. For single logout, switch the HTTP-Redirect binding on in the identity provider."),
    ),
    "slo_url_invalid": warning(
        _("The sign-out address is no usable web address, so we left it out: “{url}”."),
        _("Signing in works. For single logout, correct the address in the identity provider."),
    ),
    "only_transient_name_ids": warning(
        _("The identity provider offers transient NameIDs alone: each sign-in would make another user."),
        _("Have it send a NameID that stays the same for a person, in the format “persistent”."),
    ),
    "wants_signed_requests": warning(
        _("The identity provider takes signed requests only."),
        _("Switch signed requests on, on this connection's page “Switches”, and give it the signing certificate."),
    ),
    "several_roles": warning(
        _("The metadata describes {count} identity provider roles for this entity ID. We took the first for SAML 2.0."),
        _("If signing in fails, give us metadata with one of them alone."),
    ),
    "valid_until_unreadable": warning(
        _("Until when the metadata is valid (“validUntil”) cannot be read."), NOTHING_TO_DO
    ),
}
