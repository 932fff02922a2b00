"""The words of Clinoscope as frozen dataclasses and enums.

Imports nothing of ours, no Qt, no SQL, no TensorFlow. See ``docs/glossary.md``.
"""
