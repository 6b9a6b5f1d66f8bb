"""What deployments ask of the platform itself."""
