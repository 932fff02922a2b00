"""The use cases. The only room that knows the others; the window and the command line live on it."""
