// Sign-in with Lifeguard, and an API that takes its access tokens, in Express with openid-client.
//
//     npm ci && npm start
import express from "express";
import session from "express-session";
import * as oidc from "openid-client";
import { accessTokens, Refused } from "./access-tokens.js";

const { LIFEGUARD_ISSUER, LIFEGUARD_CLIENT_ID, LIFEGUARD_CLIENT_SECRET, LIFEGUARD_AUDIENCE } = process.env;
const { APP_ORIGIN, APP_SECRET_KEY, PORT = "8000" } = process.env;

// Discovery: everything else is read from the document of the issuer. Plain HTTP is for a machine of your own alone.
const isPlain = LIFEGUARD_ISSUER.startsWith("http:");
const provider = await oidc.discovery(
  new URL(LIFEGUARD_ISSUER),
  LIFEGUARD_CLIENT_ID,
  undefined,
  oidc.ClientSecretBasic(LIFEGUARD_CLIENT_SECRET),
  { execute: isPlain ? [oidc.allowInsecureRequests] : [] },
);
const verify = accessTokens({
  issuer: LIFEGUARD_ISSUER,
  audience: LIFEGUARD_AUDIENCE,
  jwksUri: provider.serverMetadata().jwks_uri,
});

// Nobody here hears by itself that somebody was disabled in Lifeguard. After this long they are sent there again, where
// those who may still come in do so without being asked.
const SESSION_MILLISECONDS = 60 * 60 * 1000;

const escape = (text) => String(text ?? "").replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
const app = express();
if (!isPlain) app.set("trust proxy", 1);
app.use(
  session({
    // express-session keeps sessions in memory. Yours belong into a store, so that they outlive the process.
    secret: APP_SECRET_KEY,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: "lax", secure: APP_ORIGIN.startsWith("https:"), maxAge: SESSION_MILLISECONDS },
  }),
);
// Counted from the sign-in: express-session counts from the last request on.
app.use((request, _response, next) => {
  if (request.session.until < Date.now()) return request.session.regenerate(next);
  next();
});

app.get("/", (request, response) => {
  const { person } = request.session;
  if (!person) return response.send('<a href="/sign-in">Sign in</a>');
  const said = escape(`${person.name} (${person.email}) of ${person.org_slug}`);
  response.send(
    `<p>Signed in: ${said}</p><form method="post" action="/sign-out"><button>Sign out</button></form>`,
  );
});

// Send the browser to Lifeguard. With `organization` it skips the question whose sign-in page it should be.
app.get("/sign-in", async (request, response) => {
  const verifier = oidc.randomPKCECodeVerifier();
  const asked = { verifier, state: oidc.randomState(), nonce: oidc.randomNonce() };
  request.session.asked = asked;
  const { organization } = request.query;
  const address = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${APP_ORIGIN}/callback`,
    scope: "openid profile email",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state: asked.state,
    nonce: asked.nonce,
    ...(typeof organization === "string" ? { organization } : {}),
  });
  response.redirect(address.href);
});

// The browser is back. openid-client compares state and issuer (RFC 9207), redeems the code, verifies the ID token.
app.get("/callback", async (request, response) => {
  const { asked } = request.session;
  delete request.session.asked;
  if (!asked) return response.redirect(303, "/");
  const tokens = await oidc.authorizationCodeGrant(provider, new URL(request.originalUrl, APP_ORIGIN), {
    pkceCodeVerifier: asked.verifier,
    expectedState: asked.state,
    expectedNonce: asked.nonce,
    idTokenExpected: true,
  });
  const { sub, name, email, org_id, org_slug } = tokens.claims();
  // A new session, so that nobody who knew the one before is signed in by it.
  await new Promise((done, failed) => request.session.regenerate((error) => (error ? failed(error) : done())));
  // Know people by `sub`, which stays; an e-mail address changes, and may be given to somebody else.
  request.session.person = { sub, name, email, org_id, org_slug };
  request.session.idToken = tokens.id_token;
  request.session.until = Date.now() + SESSION_MILLISECONDS;
  response.redirect(303, "/");
});

// Sign out here, then at Lifeguard (OpenID Connect RP-Initiated Logout 1.0), which sends the browser back.
app.post("/sign-out", async (request, response) => {
  if (request.get("origin") !== APP_ORIGIN) return response.status(403).send("This form was sent from another site.");
  const { idToken } = request.session;
  await new Promise((done, failed) => request.session.destroy((error) => (error ? failed(error) : done())));
  if (!idToken) return response.redirect(303, "/");
  const address = oidc.buildEndSessionUrl(provider, {
    id_token_hint: idToken,
    post_logout_redirect_uri: `${APP_ORIGIN}/`,
  });
  response.redirect(303, address.href);
});

app.get("/api/organizations/:org_id/me", async (request, response) => {
  const token = await verify(request.get("authorization"), { scope: "profile", organization: request.params.org_id });
  // Roles are of the application that asked for the token. Where several may call this API, judge them by `client_id`.
  response.json({ person: token.sub, organization: token.org_id, roles: token.roles });
});

app.use((error, _request, response, next) => {
  if (error instanceof Refused) {
    response.status(error.status).set("WWW-Authenticate", error.challenge);
    return response.json({ error: error.error, error_description: error.message });
  }
  // The provider refused, or its answer did not hold; nobody is signed in.
  const refusals = [oidc.AuthorizationResponseError, oidc.ResponseBodyError, oidc.ClientError];
  if (!refusals.some((kind) => error instanceof kind)) return next(error);
  response.status(400).send(`<p>${escape(error.message)}</p><a href="/sign-in">Try again</a>`);
});

const server = app.listen(Number(PORT), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
