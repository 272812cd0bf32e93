"""Handing on: what one organisation asks of another about a matter, each a matter of its own."""
