"""Relays TCP connections to the unix socket of a PostgreSQL server, so that a network lies between it and its clients.

usage: relay.py ADDRESS SOCKET

It prints its port, and ends with its input.
"""
import asyncio
import sys

address, socket = sys.argv[1:3]


async def copy(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(reader, writer):
    try:
        up_reader, up_writer = await asyncio.open_unix_connection(socket)
    except OSError:
        writer.close()
        return
    await asyncio.gather(copy(reader, up_writer), copy(up_reader, writer))


async def main():
    server = await asyncio.start_server(serve, address, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
