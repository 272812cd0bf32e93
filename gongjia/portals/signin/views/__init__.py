"""The pages of sign-in: arriving by phone, officers' way, one's own account, and the ways in from elsewhere."""
