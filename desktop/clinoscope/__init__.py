"""Clinoscope: an offline desktop assistant from a clinical picture to a signed record."""

__version__ = "0.1.0"
