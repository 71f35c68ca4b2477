"""What may be done with personal data, one module each; contract: ``flows.privacy``."""
