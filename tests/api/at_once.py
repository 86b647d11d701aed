"""Many requests at the same time, in one event loop as a server has it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx2
from fastapi import FastAPI

__all__ = ["gathered"]


def gathered(app: FastAPI, requests: Sequence[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The answers to requests that are sent without waiting for one another: paths, what else.

    They are posts where no other method is named.
    """

    async def run() -> list[Any]:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://door") as client:
            sent = [
                client.request(**{"method": "POST", "url": url, **one}) for url, one in requests
            ]
            answers = await asyncio.gather(*sent)
        await app.state.context.accepting.close()
        return list(answers)

    return asyncio.run(run())
