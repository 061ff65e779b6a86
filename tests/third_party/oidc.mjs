// npm's `oidc-provider` with its own development pages. The first line of input is JSON: {"clients": [...], "domain"}.
// More clients register themselves (RFC 7591), and are changed as RFC 7592 has it: that is its administration.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const [line] = await new Promise((resolve) => createInterface({ input: process.stdin }).once("line", (text) => resolve([text])));
const { clients, domain } = JSON.parse(line);

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@${domain}`,
        email_verified: true,
        name: `Name of ${id}`,
        groups: ["Engineering", "Staff"],
      }),
    }),
    pkce: { required: () => false },
    features: {
      registration: { enabled: true },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
    },
  });
  server.on("request", provider.callback());
  console.log(`listening on ${issuer}`);
});
