"""Cameras, network streams and files: where frames and full-resolution stills come from."""
