"""Edge: the admin page. Server-rendered, no script; whoever comes has signed in with Intercom."""
