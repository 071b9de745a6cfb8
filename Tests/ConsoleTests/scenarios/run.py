"""Runs scenarios against a gateway.

run.py [NAME…] runs those that are named, or all, with the gateway's URL in GATEWAY_URL. --list prints the names.
run.py --serve FOLDER reads a line of JSON for each scenario, {"name", "gateway", "program", "environment"}, and answers each
with a line: {"report"}, which is null if the scenario passed. It ends with its input, and then removes the folder, which is
the place for temporary files. All scenarios share one browser.
"""
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback

from selenium.common.exceptions import WebDriverException

import complaints  # noqa: F401
import contents  # noqa: F401
import hostile  # noqa: F401
import looks  # noqa: F401
import postbacks  # noqa: F401
import states  # noqa: F401
import story  # noqa: F401
from browser import Browser
from world import World, scenarios

browser = None


def shared_browser():
    """The browser; a new one if there is none yet or the last one does not answer any more."""
    global browser
    try:
        if browser:
            browser.driver.switch_to.window(browser.home)
    except WebDriverException:
        browser = None
    browser = browser or Browser()
    return browser


def run(name, url, program, environment):
    """Runs a scenario, and returns the report of its failure, or None."""
    world = World(url, shared_browser, program, environment)
    try:
        scenarios[name](world)
        return None
    except Exception:
        folder = os.environ.get("CONSOLE_SCREENSHOTS")
        if folder and world.pages:
            world.pages[-1].driver.save_screenshot(f"{folder}/{name.replace(' ', '-').replace('/', '')[:80]}.png")
        return traceback.format_exc()
    finally:
        world.close()


def serve():
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        report = run(asked["name"], asked["gateway"], asked["program"], {**os.environ, **asked["environment"]})
        print(json.dumps({"report": report}), file=answers, flush=True)
    return 0


def main(names):
    failed = 0
    for name in names or scenarios:
        start = time.monotonic()
        report = run(name, os.environ["GATEWAY_URL"], os.environ.get("POSTBACKS_PROGRAM"), os.environ)
        print(report or "", f"{'failed' if report else 'passed'} in {time.monotonic() - start:.1f} s: {name}", sep="", flush=True)
        failed += report is not None
    return 1 if failed else 0


if sys.argv[1:] == ["--list"]:
    sys.exit(print("\n".join(scenarios)))
# A signal ends the browser too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
is_serving = sys.argv[1:2] == ["--serve"]
place = sys.argv[2] if is_serving else tempfile.mkdtemp()
# The browser and its driver leave files behind: they get a folder of their own.
folder = os.path.join(place, "browser")
os.mkdir(folder)
os.environ["TMPDIR"] = tempfile.tempdir = folder
try:
    status = serve() if is_serving else main(sys.argv[1:])
finally:
    if browser:
        browser.quit()
    shutil.rmtree(place, ignore_errors=True)
sys.exit(status)
