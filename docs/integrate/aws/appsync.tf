# A GraphQL API that takes Lifeguard's access tokens.

variable "issuer" {
  type        = string
  description = "Lifeguard's issuer, exactly as in its discovery document, as https://login.example.com"
}

variable "audience_pattern" {
  type        = string
  description = "A regular expression for the application's audience in Lifeguard and nothing more, dots escaped"
}

resource "aws_appsync_graphql_api" "orders" {
  name                = "orders"
  authentication_type = "OPENID_CONNECT"

  openid_connect_config {
    issuer    = var.issuer
    client_id = var.audience_pattern
    # Milliseconds. Lifeguard's tokens live ten minutes, unless the operator chose another time for the application:
    # have this longer than that, or AppSync refuses tokens before they are over.
    iat_ttl = 900000
  }
}
