"""What people prove themselves with beside a password: an app's codes, recovery codes, passkeys."""
