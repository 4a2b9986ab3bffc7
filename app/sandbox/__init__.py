"""An Intercom workspace in one process, for trying Kinbox and for its tests. Reached over HTTP only."""
