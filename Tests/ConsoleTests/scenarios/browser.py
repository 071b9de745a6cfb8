"""A page in headless Chromium, used as a person uses it: by roles and names, by clicking, or with the keyboard alone."""
import os
import time

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


class Page:
    def __init__(self, base, width=1280, height=900, scheme="light"):
        self.base = base
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        arguments = ["--headless=new", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        for argument in arguments:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.resize(width, height)
        self.scheme(scheme)

    def close(self):
        self.driver.quit()

    def resize(self, width, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name}]})

    def open(self, page):
        self.driver.get(f"{self.base}/console/{page}")
        self.settle()

    def settle(self, seconds=15):
        """Waits until no panel is loading."""
        self.until(lambda: self.script(
            "return document.readyState === 'complete' && document.querySelector('main') !== null"
            " && document.querySelector('[data-state=loading], [aria-busy=true]') === null"), "the page to settle", seconds)

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def until(self, condition, what, seconds=15):
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
                raise AssertionError(f"waited {seconds} s for {what}; the page says: {text[:1500]}")
            time.sleep(0.05)

    @property
    def text(self):
        return self.script("return document.body.innerText")

    def shows(self, text, seconds=15):
        self.until(lambda: text in self.text, f"the text {text!r}", seconds)

    def shows_not(self, text):
        assert text not in self.text, f"the page shows {text!r}"

    # Elements by role and name.

    def all(self, role, name=None, within=None):
        root = within or self.driver

        def fits(element):
            return element.is_displayed() and (name is None or element.accessible_name == name)

        # A refresh may replace the elements while they are looked at.
        return steadily(lambda: [one for one in root.find_elements(By.CSS_SELECTOR, SELECTORS[role]) if fits(one)])

    def one(self, role, name=None, within=None, seconds=10):
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
            element = self.focused
            try:
                if element.aria_role == role and element.accessible_name == name:
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
