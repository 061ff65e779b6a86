"""What tests share: the running stack, waiting for a condition, the mailbox."""
