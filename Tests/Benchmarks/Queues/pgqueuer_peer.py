"""Sends COUNT GET requests as jobs of pgqueuer: one job is one request, acknowledged after its answer.

usage: pgqueuer_peer.py enqueue|work COUNT URL DATABASE
work prints "done JOBS_LEFT" when no job is left.
"""

import asyncio
import sys

import aiohttp
import asyncpg
import uvloop
from pgqueuer import PgQueuer
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.models import Job

action, count, url, database = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
BATCH, AT_ONCE = 100, 256


async def enqueue() -> None:
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        queries = Queries(AsyncpgPoolDriver(pool))
        await queries.install()
        for first in range(0, count, 1000):
            numbers = range(first + 1, min(first + 1000, count) + 1)
            payloads = [str(number).encode() for number in numbers]
            await queries.enqueue(["send"] * len(payloads), payloads, [0] * len(payloads))
        await pool.execute("VACUUM ANALYZE")
        await pool.execute("CHECKPOINT")


async def work() -> None:
    async with (
        asyncpg.create_pool(database, min_size=4, max_size=8) as pool,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session,
    ):
        queue = PgQueuer(AsyncpgPoolDriver(pool))

        @queue.entrypoint("send")
        async def send(job: Job) -> None:
            number = (job.payload or b"").decode()
            headers = {"Postback-Delivery-Id": number, "Postback-Attempt": "1"}
            async with session.get(f"{url}?cid=c{number}&payout=1.50&status=done", headers=headers) as answer:
                await answer.read()
                answer.raise_for_status()

        running = asyncio.create_task(queue.run(batch_size=BATCH, max_concurrent_tasks=AT_ONCE))
        left = count
        while left:
            await asyncio.sleep(0.05)
            left = await pool.fetchval("SELECT count(*) FROM (SELECT FROM pgqueuer LIMIT 1) one")
        print("done", left, flush=True)
        queue.shutdown.set()
        await running


uvloop.run(enqueue() if action == "enqueue" else work())
