# An HTTP API whose JWT authorizer takes Lifeguard's access tokens.

variable "issuer" {
  type        = string
  description = "Lifeguard's issuer, exactly as in its discovery document, as https://login.example.com"
}

variable "audience" {
  type        = string
  description = "The application's audience in Lifeguard, which is the \"aud\" of its access tokens"
}

variable "scope" {
  type        = string
  description = "What a token must permit"
  default     = "profile"
}

variable "backend" {
  type        = string
  description = "Where the API passes requests on to. Callable without the API, so it verifies the token itself"
}

resource "aws_apigatewayv2_api" "orders" {
  name          = "orders"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "lifeguard" {
  api_id           = aws_apigatewayv2_api.orders.id
  name             = "lifeguard"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.issuer
    audience = [var.audience]
  }
}

resource "aws_apigatewayv2_integration" "backend" {
  api_id                 = aws_apigatewayv2_api.orders.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "ANY"
  integration_uri        = var.backend
  # The backend reads the tenant from the token, which comes along in Authorization: a header set here is one that
  # everybody can send who calls the backend directly.
  payload_format_version = "1.0"
}

resource "aws_apigatewayv2_route" "orders" {
  api_id               = aws_apigatewayv2_api.orders.id
  route_key            = "GET /orders"
  authorization_type   = "JWT"
  authorizer_id        = aws_apigatewayv2_authorizer.lifeguard.id
  authorization_scopes = [var.scope]
  target               = "integrations/${aws_apigatewayv2_integration.backend.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.orders.id
  name        = "$default"
  auto_deploy = true
}
