// A SAML identity provider made of npm's `samlp`. The first line of input is JSON: {"issuer", "key", "cert"}.
// PUT /config {"audience", "acs", "user"} is its administration; everybody is signed in as that user.
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
app.get("/metadata", samlp.metadata({ issuer, cert, redirectEndpointPath: "/sso", postEndpointPath: "/sso" }));
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
    getPostURL: (audience, dom, req, callback) => callback(null, config.acs),
    getUserFromRequest: () => config.user,
  })(request, response, next),
);
const server = app.listen(0, "127.0.0.1", () => console.log(`listening on http://localhost:${server.address().port}`));
