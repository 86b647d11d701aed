"""Telling participants' systems by HTTP: endpoints, messages, deliveries."""
