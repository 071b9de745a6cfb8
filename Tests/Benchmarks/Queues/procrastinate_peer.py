"""Sends COUNT GET requests as jobs of procrastinate: one job is one request, acknowledged after its answer.

usage: procrastinate_peer.py enqueue|work COUNT URL DATABASE
work prints "done JOBS_LEFT" when no job is left.
"""

import asyncio
import logging
import sys

import aiohttp
import procrastinate
import psycopg
import uvloop

action, count, url, database = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
AT_ONCE = 64
# It warns that the app is in the main module, which matters only to other workers.
logging.disable(logging.WARNING)

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database, min_size=8, max_size=32))
session: aiohttp.ClientSession


@app.task(name="send")
async def send(number: int) -> None:
    headers = {"Postback-Delivery-Id": str(number), "Postback-Attempt": "1"}
    async with session.get(f"{url}?cid=c{number}&payout=1.50&status=done", headers=headers) as answer:
        await answer.read()
        answer.raise_for_status()


async def enqueue() -> None:
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for first in range(0, count, 1000):
            numbers = range(first + 1, min(first + 1000, count) + 1)
            await send.batch_defer_async(*[{"number": number} for number in numbers])
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")


async def work() -> None:
    global session
    async with (
        app.open_async(),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session,
        await psycopg.AsyncConnection.connect(database, autocommit=True) as connection,
    ):
        running = asyncio.create_task(
            app.run_worker_async(
                concurrency=AT_ONCE, wait=True, install_signal_handlers=False, delete_jobs="successful"
            )
        )
        left = count
        while left:
            await asyncio.sleep(0.05)
            cursor = await connection.execute("SELECT count(*) FROM (SELECT FROM procrastinate_jobs LIMIT 1) one")
            left = (await cursor.fetchone())[0]
        print("done", left, flush=True)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


uvloop.run(enqueue() if action == "enqueue" else work())
