"""Another implementation of the client side gets in, given the issuer, the client id and the secret."""

import secrets
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import KeySet

from identity.models import DirectoryUser
from tenants.models import Application
from tests.federation.conftest import PASSWORD
from tests.federation.sites import TwoSites
from tests.support.certificates import rsa_key
from tests.tenants.test_client_keys import jwk

PRIVATE_KEY = rsa_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_authlibs_client_from_discovery_alone(sites: TwoSites, ann: DirectoryUser, assigned: Application) -> None:
    document = sites.signin.get(f"{settings.SIGNIN_URL}/.well-known/openid-configuration").json()
    verifier = secrets.token_urlsafe(48)
    for method in document["token_endpoint_auth_methods_supported"]:
        signs, is_public = method == "private_key_jwt", method == "none"
        assigned.public_keys = [jwk(rsa_key().public_key(), kid="1")] if signs else []
        assigned.is_public = is_public
        assigned.save(update_fields=["public_keys", "is_public"])
        client = OAuth2Session(
            assigned.client_id,
            PRIVATE_KEY if signs else "" if is_public else "application-secret",
            scope="openid email",
            redirect_uri=assigned.redirect_uris[0],
            code_challenge_method=document["code_challenge_methods_supported"][0],
            token_endpoint_auth_method=method,
        )
        if signs:
            client.register_client_auth_method(PrivateKeyJWT(document["token_endpoint"]))
        nonce = secrets.token_urlsafe()
        address, state = client.create_authorization_url(
            document["authorization_endpoint"], nonce=nonce, code_verifier=verifier, organization="acme"
        )
        sites.signin.cookies.clear()
        page = sites.signin.get(address)
        sites.open(str(httpx.URL(document["issuer"]).join(page.headers["location"])))
        callback = sites.submit_only(email="ann@acme.example", password=PASSWORD)
        assert parse_qs(urlsplit(callback).query)["iss"] == [document["issuer"]]
        tokens = client.fetch_token(
            document["token_endpoint"], authorization_response=callback, state=state, code_verifier=verifier
        )
        keys = KeySet.import_key_set(sites.signin.get(document["jwks_uri"]).json())
        claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (document["issuer"], assigned.client_id, nonce)
        person = client.get(document["userinfo_endpoint"]).json()
        assert (person["sub"], person["email"]) == (str(ann.pk), "ann@acme.example")
        renewed = client.refresh_token(document["token_endpoint"])
        assert renewed["refresh_token"] != tokens["refresh_token"]
        client.close()
