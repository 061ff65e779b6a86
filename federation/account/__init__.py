"""The account page of end users, on the sign-in host: who they are here, how they sign in, and where they are now."""
