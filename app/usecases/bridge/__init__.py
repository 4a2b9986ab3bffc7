"""From a stored event to a message in the Intercom Inbox: match, link, post. Run by the worker."""
