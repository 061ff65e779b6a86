"""What connections need in Cognito: told to the sync engine, which does not know them."""
