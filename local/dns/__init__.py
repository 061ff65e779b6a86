"""A name server for domains that do not exist: it answers for the TXT records in one file, and for nothing else."""
