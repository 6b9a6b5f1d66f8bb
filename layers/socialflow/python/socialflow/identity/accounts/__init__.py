"""Making an account, and logging in to it with an e-mail address and a password."""
