"""Measures functions on platforms: `Tests/Benchmarks/platforms` starts it and says what is measured.

usage: measure.py PROGRAMS PLATFORMS EMULATOR FOLDER ROUNDS, with DATABASE_URL set

It prints a Markdown table, and writes the number of conversions that it has recorded into the file `recorded` in FOLDER.
"""
import json
import os
import statistics
import sys
import time

from platforms import (
    FUNCTIONS, folder, web, Bare, Busybox, ClassicWatchdog, CloudEvents, Fn, Lambda, Lighttpd, Nginx, Nothing,
    OfWatchdog, OpenWhisk, Served, Watchdog, Webhook)

rounds = int(sys.argv[5])
WARM_CALLS = 20

calls = {function: 0 for function in FUNCTIONS}
run_name = f"{os.getpid()}-{int(time.time())}"


def make(function):
    """An input that was not there before."""
    calls[function] += 1
    number = calls[function]
    if function == "recordConversion":
        return b'{"offerId":"o","affiliateId":"a","transactionId":"%s-%d","payout":"12.30","currency":"EUR"}' % (
            run_name.encode(), number)
    delivery = {
        "deliveryId": number, "attempt": 1,
        "postback": {"id": 1, "version": 1, "url": web.receiver + "/{delivery_id}?c={click_id}", "httpType": "GET"},
        "event": {"id": 1, "sequence": 1, "status": "done", "at": "2026-01-02T03:04:05.000Z"},
        "conversion": {"offer": {"id": "o"}, "affiliate": {"id": "a"}, "clickId": "c"},
    }
    return json.dumps(delivery, separators=(",", ":")).encode()


def check(platform, function, answer):
    if platform is Nothing or (platform is CloudEvents and answer == b""):
        return
    value = json.loads(answer or b"{}")
    if value.get("duplicate") is not False and value.get("outcome") != "delivered":
        sys.exit(f"{platform.name}: {function} answered {answer!r}")


def measure(platform, function, cold, warm):
    body = b"" if platform is Nothing else make(function)
    place = platform(function)
    answer = place.call(body)
    cold.append(time.perf_counter() - place.start)
    check(platform, function, answer)
    if platform.stays:
        if hasattr(place, "warm_up"):
            check(platform, function, place.warm_up(make(function)))
        for _ in range(WARM_CALLS):
            body = make(function)
            start = time.perf_counter()
            answer = place.call(body)
            warm.append(time.perf_counter() - start)
            check(platform, function, answer)
    place.close()


def cell(times, base):
    if not times:
        return "–"
    median = statistics.median(times) * 1000
    return f"{median:.2f} ms ({median / (statistics.median(base) * 1000):.1f} ×)" if base else f"{median:.2f} ms"


kinds = [Nothing, Bare, Served, CloudEvents, Fn, OpenWhisk, Nginx, Lighttpd, Busybox, Webhook, Watchdog]
if os.geteuid() == 0:
    # Only root can change the root.
    kinds.append(Lambda)
    Lambda.prepare()
if "CLASSIC_WATCHDOG" in os.environ:
    kinds.append(ClassicWatchdog)
if "OF_WATCHDOG" in os.environ:
    kinds.append(OfWatchdog)
times = {(kind, function): ([], []) for kind in kinds for function in FUNCTIONS}
try:
    os.makedirs(f"{folder}/fn")
    web.start()
    for number in range(rounds):
        print(f"   round {number + 1}", file=sys.stderr)
        for kind in kinds:
            for function in FUNCTIONS:
                measure(kind, function, *times[kind, function])
finally:
    web.stop()
requests = web.requests()
if requests != calls["deliverPostback"]:
    sys.exit(f"the receiver got {requests} requests of {calls['deliverPostback']}")
with open(f"{folder}/recorded", "w") as file:
    print(calls["recordConversion"], file=file)

print("| platform | " + " | ".join(f"{function}, cold | warm" for function in FUNCTIONS) + " |")
print("|---" * (1 + 2 * len(FUNCTIONS)) + "|")
for kind in kinds:
    cells = []
    for function in FUNCTIONS:
        for place, values in enumerate(times[kind, function]):
            # The bare functions have no factor.
            base = [] if kind in (Bare, Nothing) else times[Bare, function][place]
            cells.append(cell(values, base))
    print(f"| {kind.name} | " + " | ".join(cells) + " |")
