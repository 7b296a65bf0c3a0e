"""A bare page of the same framework, for the figures of `pages` to be held against."""

from __future__ import annotations

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"
