"""What can be measured of how the pages look: axe, sizes of targets, widths, and a page without complaints."""
import json
import pathlib
import re
import subprocess

from axe_selenium_python import Axe

from world import scenario


def places(world):
    """Every page, with something on it."""
    world.gateway.wait_for_description()
    offer, affiliate = world.offer(goals=["deposit"], enabled=True), world.affiliate()
    world.postback(offer, affiliate, goalId="deposit")
    world.postback(offer, affiliate, conversionStatus="rejected", httpType="POST(JSON)", requestParams={"c": "{click_id}"})
    conversion = world.conversion(offer, affiliate, goalId="deposit", payout="12.30", currency="EUR")["conversion"]
    delivery = world.wait_for_state("delivered", 1, offer)[0]
    return ["offers.html", f"offer.html?id={offer['id']}", f"conversions.html?offerId={offer['id']}",
            f"conversion.html?id={conversion['id']}", f"deliveries.html?offerId={offer['id']}&open={delivery['id']}",
            "health.html", "functions.html?name=createPostback"]


def check_axe(page, what):
    axe = Axe(page.driver)
    # axe is put into the page as the browser's own script; the policy of the page stays.
    if not page.script("return 'axe' in window"):
        axe.inject()
    found = axe.run()["violations"]
    assert not found, f"{what}: " + json.dumps([{
        "rule": one["id"], "help": one["help"], "nodes": [node["html"][:200] for node in one["nodes"]][:5]} for one in found], indent=1)


@scenario("axe finds nothing on any page, in light and in dark, wide and narrow")
def axe_everywhere(world):
    page = world.page()
    for place in places(world):
        page.open(place)
        for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")):
            page.resize(width)
            page.scheme(scheme)
            check_axe(page, f"{place} at {width} in {scheme}")


@scenario("axe finds nothing in the dialogs, in light and in dark")
def axe_dialogs(world):
    offer = places(world)[1]
    page = world.page()
    for scheme in ("light", "dark"):
        page.scheme(scheme)
        for name in ("New Callback", "Edit", "Test", "Resend", "Backfill", "Delete"):
            page.open(offer)
            page.all("button", name)[0].click()
            dialog = page.dialog()
            page.until(lambda: "Counting" not in dialog.text, "the count")
            for summary in dialog.find_elements("css selector", "summary"):
                summary.click()
            check_axe(page, f"{name} in {scheme}")
        page.open("offers.html")
        page.press("New Offer")
        check_axe(page, f"New Offer in {scheme}")


@scenario("no page and no table is wider than its place, from 360 to 1920 pixels")
def widths(world):
    page = world.page()
    for place in places(world):
        page.open(place)
        for width in (360, 480, 640, 768, 1024, 1061, 1141, 1280, 1920):
            page.resize(width)
            cut = page.script("""
                return [...document.querySelectorAll('.scroll')].filter((node) => node.scrollWidth > node.clientWidth + 1)
                  .map((node) => `${node.querySelector('caption')?.textContent}: ${node.scrollWidth} in ${node.clientWidth}`)""")
            assert not cut, f"{place} at {width} has tables that are cut off: {cut}"
            over = page.script("return document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{place} is {over} pixels wider than {width}"
    page.check_quiet()


@scenario("nothing to press is smaller than 24 pixels")
def targets(world):
    page = world.page()
    for place in places(world):
        page.open(place)
        for width in (360, 1280):
            page.resize(width)
            small = page.script("""
                return [...document.querySelectorAll('button, .button, summary, select, input, .top nav a')]
                  .map((node) => [node.getBoundingClientRect(), node])
                  .filter(([{ width, height }, node]) => width > 0 && node.checkVisibility()
                    && (node.type === 'checkbox' || node.type === 'radio' ? width + 8 < 24 : width < 24 || height < 24)
                    && !node.closest('.unseen'))
                  .map(([{ width, height }, node]) => `${node.outerHTML.slice(0, 120)} ${width}x${height}`)""")
            assert not small, f"{place} at {width}: {small}"


@scenario("on a narrow screen each row is a block with the names of its columns")
def blocks(world):
    offer = places(world)[1]
    page = world.page(width=360)
    page.open(offer)
    cell = page.script("""
        const cell = document.querySelector('tbody td[data-title=URL]')
        return [getComputedStyle(cell, '::before').content, cell.getAttribute('role'), cell.closest('tr').getAttribute('role')]""")
    assert cell == ['"URL"', "cell", "row"], cell
    rows = page.all("row")
    assert len(rows) == 2, (len(rows), page.text, page.script("return document.querySelectorAll(\"tbody > [role=row]\").length"))


@scenario("with forced colours states, switches and the focus stay visible")
def forced_colours(world):
    offer = places(world)[1]
    page = world.page()
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "forced-colors", "value": "active"}]})
    page.open(offer)
    assert page.script("return matchMedia('(forced-colors: active)').matches")
    assert page.script("""
        const border = getComputedStyle(document.querySelector('.switch .knob')).borderTopWidth
        return [border, document.querySelector('tbody .shape').textContent]""")[0] == "1px"
    check_axe(page, "forced colours")


@scenario("no page makes the browser complain, and none loads anything from elsewhere")
def quiet(world):
    page = world.page()
    for place in places(world):
        page.open(place)
        foreign = page.script("""
            return performance.getEntriesByType('resource').map(({ name }) => name)
              .filter((name) => !name.startsWith(location.origin))""")
        assert not foreign, foreign
        styles = page.script("return document.querySelectorAll('[style], style, script:not([src])').length")
        assert styles == 0, f"{place} has {styles} inline styles or scripts"
        page.check_quiet()


@scenario("the presets are those of the program postbacks")
def presets(world):
    page = world.page()
    page.open("offers.html")
    known = page.script("""
        const post = (input) => fetch('/console/preset', { method: 'POST', body: JSON.stringify(input),
          headers: { 'Content-Type': 'application/json' } }).then((answer) => answer.json())
        return fetch('/console/catalog').then((answer) => answer.json()).then(({ presets }) => Promise.all(presets.flatMap((preset) =>
          ['pending', 'done', 'rejected'].map(async (status) => {
            const given = { domain: 't.example', url: 'https://t.example/x' }
            const options = Object.fromEntries(preset.options.map(({ name }) => [name, given[name] ?? `my-${name}`]))
            return { name: preset.name, status, options, answer: await post({ preset: preset.name, status, options }) }
          }))))""")
    run = lambda *words: subprocess.run([world.program, "presets", *words], capture_output=True, text=True)
    names = re.findall(r"^ *([a-z]+) ", run().stdout, re.M)
    assert {one["name"] for one in known} == set(names), names
    for one in known:
        options = [part for name, value in one["options"].items() for part in (f"--{name}", value)]
        printed = run(one["name"], "--affiliate", "a", "--offer", "o", "--status", one["status"], *options)
        if "error" in one["answer"]:
            assert printed.returncode != 0 and one["answer"]["error"]["code"] == "conflict", one
            continue
        assert printed.returncode == 0, printed.stderr
        wanted = json.loads(printed.stdout)
        for given in ("offerId", "affiliateId", "conversionStatus"):
            del wanted[given]
        assert one["answer"] == wanted, (one["name"], one["status"], one["answer"], wanted)


@scenario("the macros are those of functions/README.md")
def macros(world):
    page = world.page()
    page.open("offers.html")
    listed = page.script("""
        return Promise.all([import('/console/macros.js'), fetch('/console/catalog').then((answer) => answer.json())]).then(
          ([{ macroMenu }, { macros }]) => [...macroMenu(macros, () => null).querySelectorAll('.menu button')].map((button) =>
            [button.querySelector('code').textContent, button.querySelector('small').textContent]))""")
    text = (pathlib.Path(__file__).parents[3] / "functions" / "README.md").read_text()
    section = text[text.index("## Macros"):text.index("## Ten questions")]
    described = [(macro.replace("\\|", "|"), meaning.replace("\\|", "|")) for macro, meaning in re.findall(r"^\| `(\{.*?\})` \| (.*?) \| `", section, re.M)]
    assert len(described) > 40 and sorted(map(tuple, listed)) == sorted(described), set(map(tuple, listed)) ^ set(described)
    assert [macro for macro, _ in listed[:4]] == ["{click_id}", "{transaction_id}", "{status}", "{payout}"]
