"""Stand-ins for the providers of all channels: they write, sign and serve as the real ones do. They know no Kinbox."""
