"""The work: from a source as it was found to a release, published and pushed."""
