"""The smear bench: fields, the gallery of their white cells, the differential count."""
