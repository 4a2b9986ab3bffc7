"""A worker like `flask worker` that waits seconds where the product waits a minute.

Arguments: the lease and the time within which a call without an answer settles, in seconds; 0 leaves the product's own.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from app import create_app
from app.services import services
from app.settings import Settings
from app.usecases.bridge import post_message
from app.worker.bridge import bridge
from app.worker.engine import new_worker
from app.worker.hold import LEASE_S


def main(lease_s: float, settles_within_s: float) -> None:
    settings = Settings.load(os.environ)
    app = create_app(settings)
    if settles_within_s:
        post_message.SETTLES_WITHIN = timedelta(seconds=settles_within_s)
    with app.app_context():
        work = bridge(services())
    new_worker(app, work, url=settings.database_url, lease_s=lease_s or LEASE_S).run()


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
