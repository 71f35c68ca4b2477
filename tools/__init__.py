"""Tools for those who work on samdao; nothing here is installed with it."""
