"""The web process: `gunicorn wsgi:app`, and `flask --app wsgi`."""

from __future__ import annotations

import os
import sys

from flask import Flask

from app import create_app
from app.settings import BadSettings, Settings

# gunicorn starts a worker that ended with 1 again and again; after 4 ("app failed to load") it stops.
_EXIT_CODE = 4 if "gunicorn.arbiter" in sys.modules else 1


def _start() -> Flask:
    try:
        return create_app(Settings.load(os.environ))
    except BadSettings as fault:
        sys.stderr.write(f"{fault}\n")
        raise SystemExit(_EXIT_CODE) from None


app = _start()
