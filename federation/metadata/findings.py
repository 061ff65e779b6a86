"""Everything that can be said about metadata: one table. docs/sso-metadata.md shows it, a test compares the two.

Facts about Cognito are from the Amazon Cognito developer guide, "Things to know about SAML IdPs in Amazon Cognito user
pools" and "SAML sign-out flow", and from what Cognito answers ("No SingleSignOn Http redirect binding location found in
metadata", ssoready/dummyidp#10). Facts about SAML are from "Metadata for the OASIS SAML V2.0" and the SAML V2.0 core.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.metadata.model import Finding, MetadataError, Severity


class Kind(StrEnum):
    """When something is said."""

    REFUSED = "refused"  # Nothing could be read.
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Saying:
    """A message and its remedy; both may have places for what was found, as `str.format` has them."""

    kind: Kind
    message: Promise
    remedy: Promise


def _refused(message: Promise, remedy: Promise) -> Saying:
    return Saying(Kind.REFUSED, message, remedy)


def _error(message: Promise, remedy: Promise) -> Saying:
    return Saying(Kind.ERROR, message, remedy)


def _warning(message: Promise, remedy: Promise) -> Saying:
    return Saying(Kind.WARNING, message, remedy)


_DOWNLOAD_AGAIN = _("Download the metadata from the identity provider again and give it to us unchanged.")
_DOWNLOAD_XML = _(
    "In the identity provider, look for “Metadata URL”, “Federation metadata” or “Download metadata”, and use the file "
    "that it gives you."
)
_NEW_CERTIFICATE = _(
    "Make or activate a new signing certificate in the identity provider, then give us its metadata again."
)

SAYINGS: dict[str, Saying] = {
    # What was given is something else.
    "empty": _refused(_("There is nothing in it."), _DOWNLOAD_XML),
    "html": _refused(
        _("This is a web page, not metadata."),
        _(
            "An address that shows a page, such as the identity provider's sign-in or error page, is not the metadata "
            "address. Open it in a private window: it must show XML without asking you to sign in. Otherwise download "
            "the metadata and give it to us as a file."
        ),
    ),
    "browser_view": _refused(
        _("This was copied from the way a browser displays XML, with words and marks of the browser in it."),
        _("Save the page as a file instead (Ctrl+S), or copy from “View page source”."),
    ),
    "oidc_discovery": _refused(
        _("This is an OpenID Connect discovery document, not SAML metadata."),
        _("Choose the OpenID Connect guide of your identity provider and give it the issuer: {issuer}"),
    ),
    "json": _refused(_("This is JSON. SAML metadata is XML."), _DOWNLOAD_XML),
    "url_pasted": _refused(
        _("This is an address, not metadata."), _("Enter it as the metadata URL, and we fetch what is there.")
    ),
    "certificate_pasted": _refused(
        _("This is a certificate. Metadata has it inside, with the addresses that are needed besides."),
        _("Give us the metadata XML, or enter the values field by field and this certificate with them."),
    ),
    "private_key_pasted": _refused(
        _("This contains a private key. It was not stored."),
        _(
            "Nobody but the identity provider may have that key: if it is in use, replace it there. What is needed is "
            "the certificate, which begins with “-----BEGIN CERTIFICATE-----”."
        ),
    ),
    "not_xml": _refused(_("This is not XML."), _DOWNLOAD_XML),
    "encoding": _refused(
        _("The text is not encoded in the way that it claims ({encoding})."),
        _("Save it as UTF-8, or download it from the identity provider again."),
    ),
    "not_metadata": _refused(_("This is XML, but not SAML metadata: it begins with “{root}”."), _DOWNLOAD_XML),
    "wrong_namespace": _refused(
        _("“{element}” is in the namespace “{namespace}”, where SAML 2.0 metadata has “{expected}”."),
        _("Export the metadata for SAML 2.0. If it was edited by hand, undo that."),
    ),
    # It cannot be read, or not safely.
    "truncated": _refused(_("The XML breaks off before its end: part of it is missing."), _DOWNLOAD_AGAIN),
    "malformed": _refused(_("The XML is broken in line {line}, column {column}."), _DOWNLOAD_AGAIN),
    "doctype": _refused(
        _("The XML has a document type declaration (DOCTYPE). Metadata needs none, and it can be used for attacks."),
        _("Remove the part from “<!DOCTYPE” to its “>”, or export the metadata again."),
    ),
    "too_large": _refused(
        _("It is larger than {limit} MB, which is as much as we read."),
        _(
            "Give us the metadata of your identity provider alone. Federations publish it for each entity ID beside "
            "their aggregate (look for “MDQ” or “per-entity metadata”)."
        ),
    ),
    "too_deep": _refused(_("The XML is nested more than {limit} levels deep."), _DOWNLOAD_AGAIN),
    "too_many_elements": _refused(
        _("It has more than {limit} elements, which is as much as we read."),
        _("Give us the metadata of your identity provider alone, not of a whole federation."),
    ),
    # It is metadata, but there is no identity provider to be had from it.
    "sp_metadata": _refused(
        _("This is the metadata of a service provider (“{entity_id}”), an application that people sign in to."),
        _("What is needed is the metadata of the identity provider: the side where people have their accounts."),
    ),
    "own_metadata": _refused(
        _("This is our own metadata (“{entity_id}”), which is meant for the identity provider."),
        _("Load this into your identity provider. From there, take its own metadata and give that to us."),
    ),
    "no_identity_provider": _refused(
        _("There is no identity provider in this metadata."),
        _("It needs an “IDPSSODescriptor”. Export the metadata of the identity provider for SAML 2.0."),
    ),
    "entity_not_found": _refused(
        _("There is no identity provider with the entity ID “{entity_id}” in this metadata."),
        _("Found was {found}. Compare letter by letter: a slash at the end or “http” for “https” makes another one."),
    ),
    "entity_twice": _refused(
        _("The entity ID “{entity_id}” appears twice in this metadata, so that it is not clear which one counts."),
        _("Give us the metadata of your identity provider alone."),
    ),
    "entity_id_missing": _refused(
        _("The identity provider has no entity ID."),
        _("Look for “Issuer”, “Entity ID” or “Identifier” in the identity provider."),
    ),
    "entity_id_invalid": _refused(
        _("The entity ID has spaces or control characters in it, or is longer than {limit} characters."),
        _("Copy the entity ID (“Issuer”, “Identifier”) from the identity provider again."),
    ),
    # It cannot work.
    "saml1_only": _error(
        _("The identity provider offers SAML 1 alone. Cognito speaks SAML 2.0."),
        _("Switch SAML 2.0 on in the identity provider, or choose OpenID Connect."),
    ),
    "metadata_expired": _error(
        _("The metadata itself was valid until {when} (“validUntil”) and must not be used any more."),
        _("Get current metadata from the identity provider. If it has none, enter the values field by field."),
    ),
    "sso_missing": _error(
        _("The metadata names no address for signing in (“SingleSignOnService”)."),
        _("Switch single sign-on for this application on in the identity provider, then export the metadata again."),
    ),
    "sso_no_redirect": _error(
        _("The identity provider takes sign-in requests by {bindings} only. Cognito sends them by HTTP-Redirect."),
        _(
            "Switch the HTTP-Redirect binding on for single sign-on in the identity provider, and give us its metadata "
            "again. Where it takes redirects without saying so, enter the values field by field."
        ),
    ),
    "url_invalid": _error(
        _("The {what} in the metadata is no usable web address: “{url}”."),
        _("Correct the address in the identity provider, then export the metadata again."),
    ),
    "no_signing_certificate": _error(
        _("There is no signing certificate, so that nobody could tell genuine responses from forged ones."),
        _("Switch signing of SAML responses on in the identity provider, then give us its metadata again."),
    ),
    "only_encryption_certificate": _error(
        _("The only certificate is marked for encryption. What is needed is the one for signing."),
        _("Export the metadata with the signing certificate, or enter the values field by field."),
    ),
    "key_without_certificate": _error(
        _("The signing key is given without a certificate. Cognito reads keys from certificates alone."),
        _("Have the identity provider publish its signing certificate (“X509Certificate”) in the metadata."),
    ),
    "certificate_unreadable": _error(
        _("A signing certificate cannot be read: it is incomplete or damaged."),
        _("Copy or export it again, whole, from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”."),
    ),
    "certificate_is_private_key": _error(
        _("This is a private key, not a certificate. It was not stored."),
        _(
            "Nobody but the identity provider may have that key: if it is in use, replace it there. What is needed "
            "begins with “-----BEGIN CERTIFICATE-----”."
        ),
    ),
    "certificate_is_other": _error(
        _("This is {what}, not a certificate."),
        _("What is needed begins with “-----BEGIN CERTIFICATE-----”. Look for “X.509 certificate” or “Base64”."),
    ),
    "certificate_expired": _error(
        _("The signing certificate “{subject}” expired on {when}. Cognito refuses expired certificates."),
        _NEW_CERTIFICATE,
    ),
    "certificate_not_yet_valid": _error(
        _("The signing certificate “{subject}” is valid only from {when}, and there is none that is valid now."),
        _(
            "Wait until then, or make one that is valid now. If it was made just now, check the identity provider's clock."
        ),
    ),
    "certificate_too_long": _error(
        _("The signing certificate “{subject}” has {length} characters. Cognito takes {limit} at most."),
        _("Make a smaller one in the identity provider: an RSA key of 2048 to 4096 bits, with few alternative names."),
    ),
    "key_unsupported": _error(
        _("The signing certificate “{subject}” has a key of the kind {key}, with which SAML responses are not signed."),
        _("Make a signing certificate with an RSA key of 2048 bits or more in the identity provider."),
    ),
    "key_broken": _error(
        _("The key of the signing certificate “{subject}” ({key}, {bits} bits) is so short that it can be broken."),
        _("Make a signing certificate with an RSA key of 2048 bits or more in the identity provider."),
    ),
    "too_many_certificates": _error(
        _("There are {count} signing certificates. More than {limit} is a sign of metadata gone wrong."),
        _("Remove old signing certificates in the identity provider, then export the metadata again."),
    ),
    # It works, but.
    "byte_order_mark": _warning(
        _("It begins with a byte order mark (BOM), which some programs trip over. We left it out."),
        _("There is nothing to do."),
    ),
    "utf16": _warning(_("It is encoded as UTF-16. We turned it into UTF-8."), _("There is nothing to do.")),
    "several_certificates": _warning(
        _("There are {count} signing certificates. Cognito accepts responses that are signed with any of them."),
        _(
            "That is right while certificates are being renewed. Afterwards, remove the old one in the identity provider."
        ),
    ),
    "certificate_expires_soon": _warning(
        _("The signing certificate “{subject}” expires on {when}, and no later one is in the metadata."),
        _(
            "Make its successor in the identity provider now and give us the metadata with both, so that nobody is "
            "locked out when it changes over."
        ),
    ),
    "expired_certificate_left_out": _warning(
        _("The certificate “{subject}” expired on {when}. Cognito refuses expired ones, so we left it out."),
        _("Make sure that the identity provider signs with the other one, and remove the expired one there."),
    ),
    "certificate_for_later": _warning(
        _("The certificate “{subject}” is valid only from {when}. It is kept for then."),
        _("Make sure that the identity provider does not sign with it before."),
    ),
    "unreadable_certificate_left_out": _warning(
        _("One of the signing certificates cannot be read, so we left it out."),
        _("Make sure that the identity provider signs with one of the others, and remove the damaged one there."),
    ),
    "certificate_weak_signature": _warning(
        _("The certificate “{subject}” is itself signed with {hash}, which is out of date."),
        _(
            "That does no harm, because the metadata vouches for it, but make the next one with SHA-256. Check besides "
            "that responses are signed with SHA-256: that is another setting in the identity provider."
        ),
    ),
    "key_weak": _warning(
        _("The key of the signing certificate “{subject}” ({key}, {bits} bits) is shorter than is good today."),
        _("Plan a new signing certificate with an RSA key of 2048 bits or more."),
    ),
    "http_url": _warning(
        _("The {what} is not encrypted (http): “{url}”. Whoever is in between can read and change what is sent there."),
        _("Give the identity provider an https address, then export the metadata again."),
    ),
    "slo_no_redirect": _warning(
        _("The identity provider takes sign-out by {bindings} only. Cognito needs HTTP-Redirect for it."),
        _("Signing in works. For single logout, switch the HTTP-Redirect binding on in the identity provider."),
    ),
    "slo_url_invalid": _warning(
        _("The sign-out address is no usable web address, so we left it out: “{url}”."),
        _("Signing in works. For single logout, correct the address in the identity provider."),
    ),
    "only_transient_name_ids": _warning(
        _("The identity provider offers transient NameIDs alone: each sign-in would make another user."),
        _("Have it send a NameID that stays the same for a person, in the format “persistent”."),
    ),
    "wants_signed_requests": _warning(
        _("The identity provider takes signed requests only."),
        _("Switch “Sign requests” on for this connection, and give the identity provider our signing certificate."),
    ),
    "several_roles": _warning(
        _("The metadata describes {count} identity provider roles for this entity ID. We took the first for SAML 2.0."),
        _("If signing in fails, give us metadata with one of them alone."),
    ),
    "valid_until_unreadable": _warning(
        _("Until when the metadata is valid (“validUntil”) cannot be read."), _("There is nothing to do.")
    ),
}

_SEVERITIES = {Kind.ERROR: Severity.ERROR, Kind.WARNING: Severity.WARNING}


def finding(code: str, **found: object) -> Finding:
    """Return what is to be said about something that was found.

    Args:
        code: a code of the table whose kind is error or warning.
        found: the values for the places in its texts.
    """
    saying = SAYINGS[code]
    return Finding(
        severity=_SEVERITIES[saying.kind],
        code=code,
        message=str(saying.message).format(**found),
        remedy=str(saying.remedy).format(**found),
    )


def refusal(code: str, **found: object) -> MetadataError:
    """Return the error that says why nothing could be read.

    Args:
        code: a code of the table.
        found: the values for the places in its texts.
    """
    saying = SAYINGS[code]
    return MetadataError(code, str(saying.message).format(**found), str(saying.remedy).format(**found))
