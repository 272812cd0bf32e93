"""Intake: sheets in and out. `core` is pure; the database side stands beside it."""
