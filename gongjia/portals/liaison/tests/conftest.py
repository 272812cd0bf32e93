from tests.eyes import browser  # noqa: F401
