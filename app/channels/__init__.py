"""The channels: one folder each, verify and parse. They know no Flask, no Intercom and do no I/O."""
