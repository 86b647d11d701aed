"""The fault campaign: what the service does when anything dies, lies, lags or doubles."""
