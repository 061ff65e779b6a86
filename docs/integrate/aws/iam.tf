# Credentials of AWS for people who signed in with Lifeguard, by their ID token: directly by AssumeRoleWithWebIdentity,
# or by an identity pool, which also tells IAM their tenant.

variable "issuer_host" {
  type        = string
  description = "Lifeguard's issuer without https://, as login.example.com"
}

variable "client_id" {
  type        = string
  description = "The application's client id in Lifeguard, which is the \"aud\" of its ID tokens"
}

variable "bucket" {
  type        = string
  description = "A bucket whose objects begin with the id of the tenant whose they are"
}

resource "aws_iam_openid_connect_provider" "lifeguard" {
  url            = "https://${var.issuer_host}"
  client_id_list = [var.client_id]
}

# For AssumeRoleWithWebIdentity. IAM sees who it is and which application, but no tenant.
resource "aws_iam_role" "direct" {
  name_prefix          = "lifeguard-direct-"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.lifeguard.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = { StringEquals = { "${var.issuer_host}:aud" = var.client_id } }
    }]
  })
}

resource "aws_cognito_identity_pool" "lifeguard" {
  identity_pool_name               = "lifeguard"
  allow_unauthenticated_identities = false
  openid_connect_provider_arns     = [aws_iam_openid_connect_provider.lifeguard.arn]
}

# The claim org_id becomes the tag org_id of the session. Nobody can change it: Lifeguard writes it, not the person.
resource "aws_cognito_identity_pool_provider_principal_tag" "lifeguard" {
  identity_pool_id       = aws_cognito_identity_pool.lifeguard.id
  identity_provider_name = aws_iam_openid_connect_provider.lifeguard.arn
  use_defaults           = false
  principal_tags         = { org_id = "org_id" }
}

resource "aws_iam_role" "pool" {
  name_prefix = "lifeguard-pool-"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "cognito-identity.amazonaws.com" }
      Action    = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]
      Condition = {
        StringEquals             = { "cognito-identity.amazonaws.com:aud" = aws_cognito_identity_pool.lifeguard.id }
        "ForAnyValue:StringLike" = { "cognito-identity.amazonaws.com:amr" = "authenticated" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "objects_of_the_tenant" {
  name = "objects-of-the-tenant"
  role = aws_iam_role.pool.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "s3:GetObject"
      # $${…} leaves the variable for IAM to fill in.
      Resource = "arn:aws:s3:::${var.bucket}/$${aws:PrincipalTag/org_id}/*"
    }]
  })
}

resource "aws_cognito_identity_pool_roles_attachment" "lifeguard" {
  identity_pool_id = aws_cognito_identity_pool.lifeguard.id
  roles            = { authenticated = aws_iam_role.pool.arn }
}
