"""The REST surface: FastAPI routers per context, one Lambda each, and what they all share."""
