"""A small WebDriver client on the standard library: just what the tests of the report and the live view use.

https://www.w3.org/TR/webdriver2/, and Chrome's own commands for the size of the screen and the console.
"""

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Left": "\ue012", "Right": "\ue014", "Tab": "\ue004", "Escape": "\ue00c", "End": "\ue010"}


def missing():
    """Why no browser can be started; None where one can."""
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return "there is no chromium"
    return None if shutil.which("chromedriver") else "there is no chromedriver (chromium-driver)"


class Browser:
    """A headless Chromium. Use it in a `with` statement, which ends it."""

    def __init__(self, is_dark=False):
        # Port 0 lets the driver choose; it says which one.
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                self.base = "http://127.0.0.1:" + line.split("port")[1].strip(" .\n")
                break
        else:
            raise RuntimeError("chromedriver did not start")
        arguments = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--window-size=1440,900"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        if is_dark:
            arguments.append("--blink-settings=preferredColorScheme=0")
        options = {"args": arguments}
        binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        options["binary"] = binary
        capabilities = {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        try:
            session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        except Exception:
            self.driver.kill()
            raise
        self.base += "/session/" + session["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(10)

    def call(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def open(self, address):
        self.call("POST", "/url", {"url": address})

    @property
    def address(self):
        return self.call("GET", "/url")

    def run(self, script, *arguments):
        """What a JavaScript function body returns."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        """An element by its CSS selector; waits until it is there."""
        def look():
            found = self.call("POST", "/elements", {"using": "css selector", "value": selector})
            return found[0][ELEMENT] if found else None
        return self.wait(look, f"no element {selector}")

    def act(self, method, selector, action, body=None):
        """Does something with an element; once more where the page has replaced it meanwhile."""
        for _ in range(5):
            try:
                return self.call(method, f"/element/{self.find(selector)}/{action}", body)
            except RuntimeError as error:
                if "stale element" not in str(error):
                    raise
        raise AssertionError(f"{selector} is replaced all the time")

    def click(self, selector):
        self.act("POST", selector, "click")

    def type(self, selector, text):
        self.act("POST", selector, "clear")
        self.act("POST", selector, "value", {"text": text})

    def press(self, *keys):
        """Presses keys one after the other, where the focus is."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def point(self, selector, x, y):
        """Moves the pointer to a place in an element, from its middle."""
        origin = {ELEMENT: self.find(selector)}
        move = {"type": "pointerMove", "duration": 0, "origin": origin, "x": x, "y": y}
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [move]}]})

    def text(self, selector="body"):
        return self.act("GET", selector, "text")

    def wait(self, condition, message, seconds=20):
        """The first value of a condition that is true."""
        end = time.monotonic() + seconds
        while True:
            try:
                value = condition()
            except RuntimeError as error:
                # An element may be replaced between two calls.
                value, message = None, f"{message} ({error})"
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(message)
            time.sleep(0.1)

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height=900):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme):
        """`light` or `dark`, as the system says it."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path, whole=False):
        parameters = {"format": "png"}
        if whole:
            size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
            parameters.update(captureBeyondViewport=True, clip={
                "x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12_000), "scale": 1})
        image = self.cdp("Page.captureScreenshot", **parameters)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(image))

    def console(self):
        """What the page has written to the console, or broken, since the call before."""
        return [entry["message"] for entry in self.call("POST", "/se/log", {"type": "browser"})]
