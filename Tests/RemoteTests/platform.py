"""A FaaS platform for tests: an HTTP server that runs a warm function for each POST.

usage: platform.py FUNCTION FOLDER

It prints its port. It ends with its input. The file `mode` in FOLDER says what it does with a call: `run` (also if there is none),
a status (answered without a call of the function), `run STATUS` (the function is called, and the answer is that status), `garbage`,
`other` (the answer to another delivery), `close` (the connection is closed), `hang`. Each call is a line of JSON in the file `calls`.
"""
import asyncio
import json
import sys

function, folder = sys.argv[1:3]
STATUSES = {"invalid_json": 400, "invalid_request": 400, "not_found": 422, "conflict": 422, "unavailable": 503}


class Warm:
    """The function, as a process that takes lines."""

    def __init__(self):
        self.process, self.waiting, self.number = None, {}, 0

    async def start(self):
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            function, "--stream", stdin=pipe, stdout=pipe, limit=1 << 24)
        asyncio.create_task(self.read())

    async def read(self):
        while line := await self.process.stdout.readline():
            head, rest = line.split(b",", 1)
            self.waiting.pop(int(head.split(b":")[1])).set_result(b"{" + rest)

    async def call(self, body):
        self.number += 1
        answer = self.waiting[self.number] = asyncio.get_running_loop().create_future()
        self.process.stdin.write(b'{"id":%d,"input":%s}\n' % (self.number, body.replace(b"\n", b" ")))
        line = (await answer).strip()
        if line.startswith(b'{"output":'):
            return 200, line[len(b'{"output":'):-1]
        return STATUSES.get(json.loads(line)["error"]["code"], 500), line


warm = Warm()


def mode():
    try:
        with open(folder + "/mode") as file:
            return file.read().split()
    except FileNotFoundError:
        return ["run"]


async def answer(body):
    words = mode()
    if words == ["garbage"]:
        return 200, b"<html>"
    if words[0] == "run":
        status, text = await warm.call(body)
        return (int(words[1]), b"upstream") if len(words) > 1 else (status, text)
    if words == ["other"]:
        status, text = await warm.call(body)
        return status, json.dumps(dict(json.loads(text), deliveryId=999999)).encode()
    return int(words[0]), b"refused by the platform\n"


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            with open(folder + "/calls", "a") as file:
                file.write(json.dumps({"line": head[0], "headers": headers, "body": body.decode()}) + "\n")
            if mode() == ["close"]:
                return
            if mode() == ["hang"]:
                await asyncio.sleep(3600)
            status, text = await answer(body)
            writer.write(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(text), text))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    await warm.start()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 24, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
