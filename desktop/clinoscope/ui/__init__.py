"""The window. The only place for Qt; it talks to ``workflow``, ``modes`` and ``domain`` only."""
