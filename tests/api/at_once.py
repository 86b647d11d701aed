"""Many requests at the same time, in one event loop as a server has it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx2
from fastapi import FastAPI

__all__ = ["gathered"]


def gathered(app: FastAPI, requests: Sequence[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The answers to posts that are sent without waiting for one another: paths, and what else."""

    async def run() -> list[Any]:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://door") as client:
            posts = [client.post(path, **options) for path, options in requests]
            answers = await asyncio.gather(*posts)
        await app.state.context.accepting.close()
        return list(answers)

    return asyncio.run(run())
