"""A file for each step of the schema, as it was released: none is changed any more. Their order is in ``schema``."""
