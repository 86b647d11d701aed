"""A service that runs: settings, parts, threads, logs, and a look at it from outside."""
