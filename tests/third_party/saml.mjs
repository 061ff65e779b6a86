// A SAML identity provider made of npm's `samlp`. The first line of input is JSON: {"issuer", "key", "cert"}.
// PUT /config {"audience", "acs", "user"} is its administration; everybody is signed in as that user, with "asks" after
// pressing a button.
import { createInterface } from "node:readline";
import express from "express";
import samlp from "samlp";

const [line] = await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", (text) => resolve([text])));
const { issuer, key, cert } = JSON.parse(line);
let config = { audience: "", acs: "", user: {} };

const app = express();
app.put("/config", express.json(), (request, response) => {
  config = { ...config, ...request.body };
  response.sendStatus(204);
});
app.get(
  "/metadata",
  samlp.metadata({
    issuer,
    cert,
    redirectEndpointPath: "/sso",
    postEndpointPath: "/sso",
    logoutEndpointPaths: { redirect: "/slo" },
  }),
);
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
app.get("/sso", (request, response, next) => {
  if (!config.asks || "known" in request.query) return next();
  const fields = Object.entries({ ...request.query, known: "yes" })
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
  response.send(`<!doctype html><html lang="en"><title>Third party</title><h1>Third party</h1><form action="/sso">
    ${fields.join("")}<button>Sign in as ${escaped(config.user.displayName)}</button></form></html>`);
});
app.get("/sso", (request, response, next) =>
  samlp.auth({
    issuer,
    key,
    cert,
    audience: config.audience || undefined,
    recipient: config.acs,
    destination: config.acs,
    lifetimeInSeconds: 300,
    signResponse: config.signResponse === true,
    encryptionCert: config.encryptionCert,
    encryptionPublicKey: config.encryptionPublicKey,
    signingCert: config.signingCert,
    sessionIndex: config.sessionIndex,
    getPostURL: (audience, dom, req, callback) => callback(null, config.acs),
    getUserFromRequest: () => config.user,
  })(request, response, next),
);
// The one session that it has is what /config says; who asks has to sign.
const participant = () => ({
  serviceProviderId: config.audience,
  nameId: config.user.id,
  sessionIndex: config.sessionIndex,
  serviceProviderLogoutURL: config.slo,
  cert: config.signingCert,
});
const participants = {
  get: (sp, indexes, nameId, callback) => {
    const own = participant();
    const fits = sp === own.serviceProviderId && indexes?.includes(own.sessionIndex) && nameId === own.nameId;
    callback(null, fits ? own : undefined);
  },
  hasElements: () => false,
  remove: (sp, index, nameId, callback) => callback(),
};
const kept = new Map();
const store = {
  save: (request, state, callback) => {
    const handle = `h${kept.size}`;
    kept.set(handle, state);
    callback(null, handle);
  },
  load: (request, handle, options, callback) => callback(null, kept.get(handle)),
};
app.get("/slo", (request, response, next) => {
  request.body = {};
  samlp.logout({
    issuer,
    key,
    cert,
    deflate: true,
    protocolBinding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
    sessionParticipants: participants,
    store,
    clearIdPSession: (callback) => {
      config.sessionIndex = undefined;
      callback();
    },
  })(request, response, next);
});
const server = app.listen(0, "127.0.0.1", () => console.log(`listening on http://localhost:${server.address().port}`));
