"""The ways in that the matrix tries, by what they begin with."""
