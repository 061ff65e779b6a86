"""Why nothing could be read: what was given is something else, damaged, unsafe, or has no identity provider in it."""

from django.utils.translation import gettext_lazy as _

from federation.metadata.remedies import DOWNLOAD_AGAIN, DOWNLOAD_XML
from federation.sayings import Saying, refused

REFUSALS: dict[str, Saying] = {
    # What was given is something else.
    "empty": refused(_("There is nothing in it."), DOWNLOAD_XML),
    "html": refused(
        _("This is a web page, not metadata."),
        _(
            "An address that shows a page, such as the identity provider's sign-in or error page, is not the metadata "
            "address. Open it in a private window: it must show XML without asking you to sign in. Otherwise download "
            "the metadata and give it to us as a file."
        ),
    ),
    "browser_view": refused(
        _("This was copied from the way a browser displays XML, with words and marks of the browser in it."),
        _("Save the page as a file instead (Ctrl+S), or copy from “View page source”."),
    ),
    "oidc_discovery": refused(
        _("This is an OpenID Connect discovery document, not SAML metadata."),
        _("Choose the OpenID Connect guide of your identity provider and give it the issuer: {issuer}"),
    ),
    "json": refused(_("This is JSON. SAML metadata is XML."), DOWNLOAD_XML),
    "url_pasted": refused(
        _("This is an address, not metadata."), _("Enter it as the metadata URL, and we fetch what is there.")
    ),
    "certificate_pasted": refused(
        _("This is a certificate. Metadata has it inside, with the addresses that are needed besides."),
        _("Give us the metadata XML, or enter the values field by field and this certificate with them."),
    ),
    "private_key_pasted": refused(
        _("This contains a private key. It was not stored."),
        _(
            "Nobody but the identity provider may have that key: if it is in use, replace it there. What is needed is "
            "the certificate, which begins with “-----BEGIN CERTIFICATE-----”."
        ),
    ),
    "not_xml": refused(_("This is not XML."), DOWNLOAD_XML),
    "encoding": refused(
        _("The text is not encoded in the way that it claims ({encoding})."),
        _("Save it as UTF-8, or download it from the identity provider again."),
    ),
    "not_metadata": refused(_("This is XML, but not SAML metadata: it begins with “{root}”."), DOWNLOAD_XML),
    "wrong_namespace": refused(
        _("“{element}” is in the namespace “{namespace}”, where SAML 2.0 metadata has “{expected}”."),
        _("Export the metadata for SAML 2.0. If it was edited by hand, undo that."),
    ),
    # It cannot be read, or not safely.
    "truncated": refused(_("The XML breaks off before its end: part of it is missing."), DOWNLOAD_AGAIN),
    "malformed": refused(_("The XML is broken in line {line}, column {column}."), DOWNLOAD_AGAIN),
    "doctype": refused(
        _("The XML has a document type declaration (DOCTYPE). Metadata needs none, and it can be used for attacks."),
        _("Remove the part from “<!DOCTYPE” to its “>”, or export the metadata again."),
    ),
    "too_large": refused(
        _("It is larger than {limit} MB, which is as much as we read."),
        _(
            "Give us the metadata of your identity provider alone. Federations publish it for each entity ID beside "
            "their aggregate (look for “MDQ” or “per-entity metadata”)."
        ),
    ),
    "too_deep": refused(_("The XML is nested more than {limit} levels deep."), DOWNLOAD_AGAIN),
    "too_many_elements": refused(
        _("It has more than {limit} elements, which is as much as we read."),
        _("Give us the metadata of your identity provider alone, not of a whole federation."),
    ),
    # It is metadata, but there is no identity provider to be had from it.
    "sp_metadata": refused(
        _("This is the metadata of a service provider (“{entity_id}”), an application that people sign in to."),
        _("What is needed is the metadata of the identity provider: the side where people have their accounts."),
    ),
    "own_metadata": refused(
        _("This is our own metadata (“{entity_id}”), which is meant for the identity provider."),
        _("Load this into your identity provider. From there, take its own metadata and give that to us."),
    ),
    "no_identity_provider": refused(
        _("There is no identity provider in this metadata."),
        _("It needs an “IDPSSODescriptor”. Export the metadata of the identity provider for SAML 2.0."),
    ),
    "entity_not_found": refused(
        _("There is no identity provider with the entity ID “{entity_id}” in this metadata."),
        _("Found was {found}. Compare letter by letter: a slash at the end or “http” for “https” makes another one."),
    ),
    "entity_twice": refused(
        _("The entity ID “{entity_id}” appears twice in this metadata, so that it is not clear which one counts."),
        _("Give us the metadata of your identity provider alone."),
    ),
    "entity_id_missing": refused(
        _("The identity provider has no entity ID."),
        _("Look for “Issuer”, “Entity ID” or “Identifier” in the identity provider."),
    ),
    "entity_id_invalid": refused(
        _("The entity ID has spaces or control characters in it, or is longer than {limit} characters."),
        _("Copy the entity ID (“Issuer”, “Identifier”) from the identity provider again."),
    ),
}
