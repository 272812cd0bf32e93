"""Matching: two lists compared, with reasons. `core` is pure; the database side stands beside it."""
