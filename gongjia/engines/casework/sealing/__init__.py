"""Sealed hand-over (密封转办): another unit works on a copy without identity. The seal is opened by two people, on
record, and the person is told."""
