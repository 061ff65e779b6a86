"""A service that tells passwords known from breaches by ranges of their hashes, as Have I Been Pwned does."""
