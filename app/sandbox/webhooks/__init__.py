"""Notifications of what changed in a workspace, as Intercom sends them to the app's webhook address."""
