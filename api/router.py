"""Routers of the nouns."""

from fastapi import APIRouter

__all__ = ["router"]


def router(noun: str) -> APIRouter:
    """The routes of one noun, under its tag in the document."""
    return APIRouter(tags=[noun], redirect_slashes=False)
