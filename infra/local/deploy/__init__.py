"""Deploys the synthesized CDK app into the engine, as the CDK's own command does on AWS."""
