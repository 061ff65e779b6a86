"""Names of "Metadata for the OASIS Security Assertion Markup Language (SAML) V2.0" and its neighbours."""

METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
UI = "urn:oasis:names:tc:SAML:metadata:ui"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
# The second is what Shibboleth calls the same in SAML 1, and has beside the first in its metadata.
FLEETING = {TRANSIENT, "urn:mace:shibboleth:1.0:nameIdentifier"}

ENTITIES = f"{{{METADATA}}}EntitiesDescriptor"
ENTITY = f"{{{METADATA}}}EntityDescriptor"
IDP = f"{{{METADATA}}}IDPSSODescriptor"
SP = f"{{{METADATA}}}SPSSODescriptor"
KEY = f"{{{METADATA}}}KeyDescriptor"
NAME_ID_FORMAT = f"{{{METADATA}}}NameIDFormat"
SSO = f"{{{METADATA}}}SingleSignOnService"
SLO = f"{{{METADATA}}}SingleLogoutService"
EXTENSIONS = f"{{{METADATA}}}Extensions"
ORGANIZATION = f"{{{METADATA}}}Organization"
ORGANIZATION_NAME = f"{{{METADATA}}}OrganizationDisplayName"
UI_INFO = f"{{{UI}}}UIInfo"
UI_NAME = f"{{{UI}}}DisplayName"
KEY_INFO = f"{{{SIGNATURE}}}KeyInfo"
X509_DATA = f"{{{SIGNATURE}}}X509Data"
X509_CERTIFICATE = f"{{{SIGNATURE}}}X509Certificate"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def local_name(tag: str) -> str:
    """Return a tag's name without its namespace."""
    return tag.rpartition("}")[2]


def namespace_of(tag: str) -> str:
    """Return a tag's namespace; "" where it has none."""
    return tag[1:].rpartition("}")[0] if tag.startswith("{") else ""
