"""E-mail domains: which names can be claimed, how they are proved by DNS, and what a proof or its absence leads to."""
