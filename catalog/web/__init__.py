"""Pages of the catalogue, and the application that serves them with the API."""
