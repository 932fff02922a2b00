"""The smear bench: collect fields, find and read their cells, review them, count, sign and report.

``docs/smear.md`` says how a window uses these; each module is one step of it.
"""
