"""Sends COUNT GET requests as tasks of Celery over Redis: one task is one request, acknowledged after its answer.

usage: celery_peer.py enqueue|work COUNT URL SOCKET
work prints "done TASKS_LEFT" when no task is left. Celery's worker imports this file too, with the same values in its
environment.
"""

import os
import subprocess
import sys
import time

import celery
import httpx
import redis

if __name__ == "__main__":
    os.environ["PEER_URL"], os.environ["PEER_SOCKET"] = sys.argv[3], sys.argv[4]
url, socket = os.environ["PEER_URL"], os.environ["PEER_SOCKET"]

app = celery.Celery("celery_peer", broker=f"redis+socket://{socket}")
app.conf.task_acks_late = True
app.conf.task_ignore_result = True
app.conf.worker_prefetch_multiplier = 16
client = None


@app.task(name="send")
def send(number: int) -> None:
    global client
    # Each process of the pool keeps its connection.
    client = client or httpx.Client()
    headers = {"Postback-Delivery-Id": str(number), "Postback-Attempt": "1"}
    client.get(f"{url}?cid=c{number}&payout=1.50&status=done", headers=headers).raise_for_status()


def enqueue(count: int) -> None:
    with app.producer_pool.acquire() as producer:
        for number in range(1, count + 1):
            send.apply_async((number,), producer=producer)


def work(count: int) -> None:
    folder = os.path.dirname(os.path.abspath(__file__))
    worker = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "celery", "-A", "celery_peer", "worker", "-c", "4", "-l", "ERROR",
         "--without-gossip", "--without-mingle", "--without-heartbeat"],
        cwd=folder, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "C_FORCE_ROOT": "1"})
    try:
        database = redis.Redis(unix_socket_path=socket)
        left = count
        while left:
            time.sleep(0.05)
            left = database.llen("celery") + database.hlen("unacked")
        print("done", left, flush=True)
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    enqueue(int(sys.argv[2])) if sys.argv[1] == "enqueue" else work(int(sys.argv[2]))
