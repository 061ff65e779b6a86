// npm's `openid-client`, from the issuer alone. It is told {issuer, clientId, secret, redirectUri, organization, pushed},
// answers where the browser goes, is told where that came back to, and answers what it got.
import * as client from "openid-client";
import { answer, told } from "./talk.mjs";

const { issuer, clientId, secret, redirectUri, organization, pushed } = await told();
const proof = secret ? client.ClientSecretBasic(secret) : client.None();
// It insists on https otherwise; everything here is on loopback.
const config = await client.discovery(new URL(issuer), clientId, {}, proof, { execute: [client.allowInsecureRequests] });
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const asked = {
  redirect_uri: redirectUri,
  scope: "openid email profile",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
  organization,
};
const address = pushed
  ? await client.buildAuthorizationUrlWithPAR(config, asked)
  : client.buildAuthorizationUrl(config, asked);
answer({ address: address.href });

const { callback } = await told();
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(config, new URL(callback), checks);
const claims = tokens.claims();
const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const seen = secret ? await client.tokenIntrospection(config, renewed.access_token) : { active: true };
await client.tokenRevocation(config, renewed.refresh_token);
const after = await client.refreshTokenGrant(config, renewed.refresh_token).catch((error) => ({ error: error.error }));
const end = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token });
answer({ claims, person, nonce, active: seen.active, rotated: renewed.refresh_token !== tokens.refresh_token, after, end: end.href });
process.exit(0);
