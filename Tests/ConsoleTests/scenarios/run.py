"""Runs one scenario against a gateway: run.py NAME, with the gateway's URL in GATEWAY_URL. --list prints the names."""
import os
import sys
import traceback

import complaints  # noqa: F401
import hostile  # noqa: F401
import looks  # noqa: F401
import states  # noqa: F401
import story  # noqa: F401
from world import World, scenarios


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(scenarios))
        return 0
    wanted = sys.argv[1:] or list(scenarios)
    failed = []
    for name in wanted:
        world = World(os.environ["GATEWAY_URL"])
        try:
            scenarios[name](world)
            print(f"passed: {name}", flush=True)
        except Exception:
            failed.append(name)
            traceback.print_exc()
            folder = os.environ.get("CONSOLE_SCREENSHOTS")
            if folder:
                for index, page in enumerate(world.pages):
                    page.driver.save_screenshot(f"{folder}/{name.replace(' ', '-').replace('/', '')[:80]}-{index}.png")
            print(f"failed: {name}", flush=True)
        finally:
            world.close()
    return 1 if failed else 0


sys.exit(main())
