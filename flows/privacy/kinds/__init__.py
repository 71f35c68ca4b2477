"""Kinds of personal data: one module each; the contract stands in ``flows.privacy``."""
