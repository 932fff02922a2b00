"""How the phantoms are drawn: ``brush`` holds the tools, each other module a subject."""
