"""From what Intercom notified us of to the truth: read it there, and hold what is kept here to it."""
