"""The HTTP door: routes that parse, ask the service and answer. It decides nothing."""
