"""When to look again for what is just being made, and when to go on with what takes long."""

from datetime import timedelta

LOOK_AGAIN = timedelta(seconds=2)
# Between the batches of long work in a pool. Who waits for its write lease asks every second
# (`identity.sync.write_lease`), and would hardly ever find it free without a pause that is longer.
LET_OTHERS_IN = timedelta(seconds=2)
