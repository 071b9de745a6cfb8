"""A page in headless Chromium, used as a person uses it: by roles and names, by clicking, or with the keyboard alone."""
import json
import os
import tempfile
import time
import urllib.request

import websocket
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

SELECTORS = {
    "button": "button", "link": "a[href]", "switch": "[role=switch]", "tab": "[role=tab]", "dialog": "dialog",
    "textbox": "input, textarea", "combobox": "select, input[list]", "checkbox": "input[type=checkbox]",
    "radio": "input[type=radio]", "columnheader": "[role=columnheader]", "row": "tbody > [role=row]",
    "group": "fieldset", "region": "section", "heading": "h1, h2, h3",
}


def steadily(action, tries=5):
    """Does something anew if the element was replaced meanwhile."""
    for left in reversed(range(tries)):
        try:
            return action()
        except StaleElementReferenceException:
            if not left:
                raise


# The elements that may have an accessible name: those that are shown and contain it in one of the texts that names are
# made of. The browser's own computation of the name decides among them, which costs a request for each element.
CANDIDATES = """
const [root, selector, name] = arguments
const texts = (node) => [node.textContent, node.title, node.placeholder, node.value, node.ariaLabel, ...[...node.labels ?? []].map(
  (label) => label.textContent), ...(node.getAttribute('aria-labelledby') ?? '').split(' ').map(
  (id) => document.getElementById(id)?.textContent), node.querySelector('legend, caption')?.textContent]
const flat = (text) => (typeof text === 'string' ? text : '').replace(/\\s+/g, '')
return [...(root ?? document).querySelectorAll(selector)].filter((node) => node.checkVisibility()
  && (name === null || texts(node).some((text) => flat(text).includes(flat(name))) || node.querySelector('[aria-label], [title]')))
"""

# Lets the page's clocks run so many times as fast, so that nobody waits for a refresh.
FASTER = """
(() => {
  const speed = %d, start = Date.now(), { now } = Date, { setInterval: every, setTimeout: later } = window
  Date.now = () => start + (now() - start) * speed
  window.setInterval = (run, wait, ...more) => every(run, wait / speed, ...more)
  window.setTimeout = (run, wait, ...more) => later(run, wait / speed, ...more)
})()
"""


class Browser:
    """Chromium, which is started once for many scenarios. Each of them gets a context of its own: a window that shares no
    cookie, file or cache with those of others."""

    def __init__(self):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        arguments = ["--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        for argument in arguments:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # They work in the folder of their files, so that whoever removes the files of a process that was killed finds them.
        service = Service("/usr/bin/chromedriver", popen_kw={"cwd": tempfile.gettempdir()})
        self.driver = webdriver.Chrome(options=options, service=service)
        # The tab that the browser starts with stays, so that it does not end with the last page.
        self.home = self.driver.current_window_handle
        address = self.driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
        with urllib.request.urlopen(f"http://{address}/json/version", timeout=30) as answer:
            self.socket = websocket.create_connection(json.load(answer)["webSocketDebuggerUrl"], timeout=60, suppress_origin=True)
        self.count = 0

    def command(self, method, **parameters):
        """A command of the DevTools Protocol to the browser itself; the driver passes only those to a page."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.count:
                return answer["result"]

    def open_context(self):
        """Opens a window in a new context, and goes to it. Returns the context."""
        self.driver.get_log("browser")
        context = self.command("Target.createBrowserContext")["browserContextId"]
        page = self.command("Target.createTarget", url="about:blank", browserContextId=context, newWindow=True)["targetId"]
        self.driver.switch_to.window(page)
        return context

    def close_context(self, context):
        self.driver.switch_to.window(self.home)
        self.command("Target.disposeBrowserContext", browserContextId=context)

    def quit(self):
        self.socket.close()
        self.driver.quit()


class Page:
    """A page in a new context. With `speed` its clocks run so many times as fast."""

    def __init__(self, browser, base, width=1280, height=900, scheme="light", speed=1):
        self.base, self.browser, self.driver = base, browser, browser.driver
        self.context = browser.open_context()
        self.resize(width, height)
        self.scheme(scheme)
        if speed != 1:
            self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FASTER % speed})

    def close(self):
        self.browser.close_context(self.context)

    def resize(self, width, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name}]})

    def open(self, page):
        self.driver.get(f"{self.base}/console/{page}")
        self.settle()

    def settle(self, seconds=300):
        """Waits until no panel is loading."""
        self.until(lambda: self.script(
            "return document.readyState === 'complete' && document.querySelector('main') !== null"
            " && document.querySelector('[data-state=loading], [aria-busy=true]') === null"), "the page to settle", seconds)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def until(self, condition, what, seconds=300):
        """Waits for a condition, and returns what it returned."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = condition()
                if value:
                    return value
            except (StaleElementReferenceException, WebDriverException):
                value = None
            if time.monotonic() > deadline:
                text = " ".join(self.text.split())
                fields = self.script("return [...document.querySelectorAll('dialog[open] [name]')]"
                                     ".map(({ name, value }) => `${name}=${value}`).join(' ')")
                raise AssertionError(f"waited {seconds} s for {what}; the page says: {text[:1500]}; its dialog has {fields}")
            time.sleep(0.05)

    @property
    def text(self):
        return self.script("return document.body.innerText")

    def shows(self, text, seconds=300):
        self.until(lambda: text in self.text, f"the text {text!r}", seconds)

    def shows_not(self, text):
        assert text not in self.text, f"the page shows {text!r}"

    # Elements by role and name.

    def all(self, role, name=None, within=None):
        def find():
            found = self.script(CANDIDATES, within, SELECTORS[role], name)
            return [one for one in found if one.is_displayed() and (name is None or one.accessible_name == name)]

        # A refresh may replace the elements while they are looked at.
        return steadily(find)

    def one(self, role, name=None, within=None, seconds=300):
        found = self.until(lambda: self.all(role, name, within), f"{role} {name!r}", seconds)
        assert len(found) == 1, f"{len(found)} elements are {role} {name!r}"
        return found[0]

    def button(self, name, within=None):
        return self.one("button", name, within)

    def press(self, name, within=None):
        steadily(lambda: self.button(name, within).click())

    def dialog(self, name=None):
        """The dialog that is in front."""
        return self.until(lambda: [d for d in self.all("dialog", name)][-1:], f"the dialog {name!r}")[0]

    def no_dialog(self):
        self.until(lambda: not self.all("dialog"), "the dialog to close")

    def field(self, label, within=None):
        for role in ("textbox", "combobox"):
            found = self.all(role, label, within)
            if found:
                return found[0]
        raise AssertionError(f"there is no field {label!r}")

    def fill(self, label, value, within=None):
        control = self.field(label, within)
        if control.tag_name == "select":
            Select(control).select_by_visible_text(value)
            # A person's choice sends this event, before `change`; the driver sends `change` only.
            self.script("arguments[0].dispatchEvent(new Event('input', { bubbles: true }))", control)
        else:
            control.clear()
            control.send_keys(value)

    def fill_time(self, label, value, within=None):
        control = self.field(label, within)
        self.script("arguments[0].value = arguments[1];"
                    "arguments[0].dispatchEvent(new Event('change', {bubbles: true}))", control, value)

    def row(self, text):
        """The row of a table that contains a text."""
        return self.until(lambda: [r for r in self.all("row") if text in r.text][:1], f"a row with {text!r}")[0]

    def panel(self, title):
        """The panel with this heading."""
        return self.until(lambda: [s for s in self.driver.find_elements(By.CSS_SELECTOR, "section.panel")
                                   if s.accessible_name == title], f"the panel {title!r}")[0]

    # The keyboard.

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    @property
    def focused(self):
        return self.driver.switch_to.active_element

    def tab_to(self, role, name, limit=150, back=False):
        """Presses Tab until an element with this role and name has the focus."""
        for _ in range(limit):
            try:
                element = self.script("return document.activeElement")
                if element.accessible_name == name and element.aria_role == role:
                    return element
            except StaleElementReferenceException:
                pass
            if back:
                ActionChains(self.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
            else:
                self.keys(Keys.TAB)
        raise AssertionError(f"Tab did not reach {role} {name!r} in {limit} steps")

    def type_into(self, label, value, role="textbox"):
        self.tab_to(role, label)
        self.keys(value)

    # What the browser reports.

    def complaints(self, allowed=()):
        """Errors and warnings of the browser, among them violations of the Content-Security-Policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING") and not any(part in entry["message"] for part in allowed)]

    def check_quiet(self, allowed=()):
        found = self.complaints(allowed)
        assert not found, f"the browser reports: {found}"
