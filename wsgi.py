"""The application for a WSGI server."""

from backpack import create_app

app = create_app()
