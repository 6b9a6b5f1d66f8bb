"""Scripts that a measurement runs in processes of their own, with a Lambda's import path."""
