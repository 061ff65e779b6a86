// Verifies Lifeguard's access tokens (RFC 9068) for an API in any framework. It needs `jose`; copy this file.
//
// Each check closes one way in:
// - `typ`: an ID token is signed by the same key, and is no permission to call an API.
// - `alg`: fixed here, so that nothing a token says about it is followed (RFC 8725 section 3.1).
// - `iss` and `aud`: issued by the provider that you trust, and for this API.
// - `exp`: ten minutes after it was issued, unless the operator chose otherwise. That is how long a person who was
//   disabled can still call an API that asks nobody but itself.
// - `org_id`: whose data it is about. The address of a request does not decide that, the token does.
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

// What jose throws when the key set cannot be fetched or read.
const PROVIDER_FAILED = new Set(["ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC"]);
const REQUIRED = ["iss", "aud", "exp", "iat", "sub", "client_id", "jti", "org_id"];

// A request that is refused, in the words of RFC 6750 section 3.1.
export class Refused extends Error {
  constructor(status, error, description) {
    super(description);
    Object.assign(this, { status, error });
  }

  // The value of the header `WWW-Authenticate`. Quotes would end it; the description can hold what a token said.
  get challenge() {
    return `Bearer error="${this.error}", error_description="${this.message.replace(/[^\x20-\x7e]|["\\]/g, "")}"`;
  }
}

// Returns a function that verifies the header `Authorization` of a request and resolves to the token's claims.
// Make one for the process: it keeps the provider's keys for ten minutes. A token that names a key which is not among
// them has them fetched again, at most every half a minute: whoever sends made-up tokens does not make this API call
// the provider. Lifeguard publishes a key long before it signs.
export function accessTokens({ issuer, audience, jwksUri }) {
  const keys = createRemoteJWKSet(new URL(jwksUri), { cacheMaxAge: 600_000, cooldownDuration: 30_000 });
  const rules = { issuer, audience, typ: "at+jwt", algorithms: ["RS256"], requiredClaims: REQUIRED, clockTolerance: 30 };

  return async (authorization, { scope, organization }) => {
    const [scheme, token] = (authorization ?? "").split(" ");
    if (scheme.toLowerCase() !== "bearer" || !token) {
      throw new Refused(401, "invalid_request", "Send an access token as Authorization: Bearer");
    }
    let claims;
    try {
      claims = (await jwtVerify(token, keys, rules)).payload;
    } catch (error) {
      // Where the provider cannot be reached that is not the caller's fault, and no reason to let anybody in.
      if (!(error instanceof errors.JOSEError) || PROVIDER_FAILED.has(error.code)) throw error;
      throw new Refused(401, "invalid_token", error.message);
    }
    if (!String(claims.scope ?? "").split(" ").includes(scope)) {
      throw new Refused(403, "insufficient_scope", `The scope ${scope} is needed`);
    }
    if (claims.org_id !== organization) {
      throw new Refused(403, "insufficient_scope", "The token is of another organization");
    }
    return claims;
  };
}
