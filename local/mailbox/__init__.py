"""The page at /local/mail: all mail that the product and the local Cognito sent."""
