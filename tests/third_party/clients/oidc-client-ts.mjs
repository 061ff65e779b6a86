// npm's `oidc-client-ts`, as a page without a server of its own has it: no secret. See openid-client.mjs for what is said.
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from "oidc-client-ts";
import { answer, told } from "./talk.mjs";

const { issuer, clientId, redirectUri, organization } = await told();
const client = new OidcClient({
  authority: issuer,
  client_id: clientId,
  redirect_uri: redirectUri,
  post_logout_redirect_uri: redirectUri,
  scope: "openid email profile",
  loadUserInfo: true,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});
const nonce = crypto.randomUUID();
const asked = await client.createSigninRequest({ nonce, extraQueryParams: { organization } });
answer({ address: asked.url });

const { callback } = await told();
const tokens = await client.processSigninResponse(callback);
const renewed = await client.useRefreshToken({
  state: { refresh_token: tokens.refresh_token, id_token: tokens.id_token, session_state: null, scope: tokens.scope, profile: tokens.profile },
});
await client.revokeToken(renewed.refresh_token, "refresh_token");
const again = { refresh_token: renewed.refresh_token, id_token: tokens.id_token, scope: tokens.scope, profile: tokens.profile };
const after = await client.useRefreshToken({ state: again }).catch((error) => ({ error: error.error }));
const end = await client.createSignoutRequest({ id_token_hint: tokens.id_token });
answer({
  // What userinfo says is merged into the claims of the ID token. The nonce is looked at, and left out of them.
  claims: { ...tokens.profile, nonce: JSON.parse(Buffer.from(tokens.id_token.split(".")[1], "base64url")).nonce },
  person: tokens.profile,
  nonce,
  active: true,
  rotated: renewed.refresh_token !== tokens.refresh_token,
  after: { error: after.error },
  end: end.url,
});
process.exit(0);
