"""Uses `nightjar ui` in a headless Chromium as its user does.

live_view_test.py NIGHTJAR [SCREENSHOTS]: looks at the list, a run, a comparison and the plugins, starts a bench by the
form, watches its curve grow, stops it and resumes it, starts one that is refused late, and has a page of another
origin try to get in.
"""

import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading

import checks
import tone_words
from webdriver import Browser

LOGGING = """
local nj = require "nightjar"
for i = 1, 300 do
  nj.run.log("loss", math.exp(-i / %d) + 0.1 * math.sin(i) ^ 2, i)
  nj.run.log("validation accuracy", 1 - math.exp(-i / 40), i)
end
"""


class View:
    """A live view in a folder of its own."""

    def __init__(self, program, folder):
        own = {name: f"{folder}/{name}" for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
        self.environment = os.environ | own | {"HOME": folder}
        self.program, self.folder = program, folder

    def nightjar(self, *arguments):
        subprocess.run([self.program, *arguments], cwd=self.folder, env=self.environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.process = subprocess.Popen(
            [self.program, "ui", "--port", "0"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(10) == 0, "the view does not end by Ctrl-C"


def points(browser, name):
    """The number of points of a line, and its last value."""
    return browser.run(
        "const line = document.querySelector(`polyline[data-name='${arguments[0]}']`);"
        "return line && { count: line.points.numberOfItems, last: line.dataset.y.split(' ').pop() };", name)


def looks_at_runs(browser, view, look):
    browser.open(view.address)
    look("list")
    assert browser.text("h1") == "Runs"
    # By keyboard alone: filter, then open the run.
    browser.press("/")
    browser.press(*"slow", "Enter")
    browser.wait(lambda: "1–1 of 1 row" in browser.text(), "the filter does nothing")
    browser.click("table.list a[href^='view']")
    browser.wait(lambda: points(browser, "loss"), "there is no curve")
    look("run")
    browser.point("svg[data-x]", 0, 0)
    tip = browser.wait(lambda: browser.text("#tip"), "there are no values at the pointer")
    assert tip.startswith("step 1") and "loss" in tip, tip
    browser.run("document.querySelector('svg[data-x]').focus()")
    browser.press("End")
    browser.wait(lambda: "step 300" in browser.text("#tip"), "the End key does not show the last value")
    browser.press("Left")
    browser.wait(lambda: "step 299" in browser.text("#tip"), "the arrow keys do not move")
    before = points(browser, "loss")["last"]
    browser.run("const range = document.querySelector('[name=smooth]'); range.value = 0.9;"
                "range.dispatchEvent(new Event('change', { bubbles: true }))")
    browser.wait(lambda: points(browser, "loss")["last"] != before, "smoothing does nothing")
    browser.wait(lambda: "smooth=0.9" in browser.address, "the address does not say what is displayed")
    browser.click("a.values")
    browser.wait(lambda: "1–200 of 300 values" in browser.text(), "there are no values")
    browser.click("a[rel=next]")
    browser.wait(lambda: "201–300 of 300 values" in browser.text(), "there is no second page")
    look("values")


def compares(browser, view, look):
    browser.open(view.address)
    browser.click("input[value=fast]")
    browser.click("input[value=slow]")
    assert "2 runs selected" in browser.text(".selection")
    browser.click(".selection button")
    browser.wait(lambda: points(browser, "A slow") and points(browser, "B fast"), "the curves are not together")
    assert "recipe" not in browser.text("h1") and browser.text("h1") == "2 runs"
    look("comparison")


def runs_a_bench(browser, view, look, data):
    browser.open(view.address + "new")
    look("form")
    assert browser.text("#command") == "nightjar bench keyword_fscil"
    browser.type("input[name=data]", data)
    browser.type("input[name=repeats]", "100000")
    browser.type("input[name='set:model:m5.channels']", "4")
    browser.click("input[name=learner][value=frozen]")
    browser.wait(lambda: "--learner=prototypical" in browser.text("#command")
                 and "--set=model.channels=4" in browser.text("#command"), "the command line does not follow the form", 60)
    browser.click("button.primary")
    browser.wait(lambda: points(browser, "prototypical"), "no curve appears while the bench goes on", 60)
    state = browser.wait(lambda: browser.text(".title .state"), "there is no state")
    assert state == "running", state
    output = browser.text("#output")
    first = browser.text("#accuracy .caption")
    assert "of 100000 repeats" in first, first
    browser.wait(lambda: browser.text("#accuracy .caption") != first, "the curve does not grow")
    look("running")
    browser.click("button.stop")
    browser.wait(lambda: browser.text(".title .state") == "unfinished", "the bench does not stop", 30)
    browser.wait(lambda: browser.text("#output") != output, "the page does not show what it printed")
    look("stopped")
    browser.click("button.resume")
    browser.wait(lambda: browser.text(".title .state") == "running", "the bench is not resumed", 30)
    browser.click("button.stop")
    browser.wait(lambda: browser.text(".title .state") == "unfinished", "the resumed bench does not stop", 30)
    # A command that is refused says why, and keeps what was written.
    browser.open(view.address + "new")
    browser.type("input[name=learners]", "none")
    browser.click("button.primary")
    browser.wait(lambda: "no learner plugin named 'none'" in browser.text("[role=alert]"), "there is no reason")
    assert browser.run("return document.querySelector('[name=learners]').value") == "none"
    # The browser writes a line for the status 422 itself.
    browser.console()


def tells_of_a_late_refusal(browser, view, look, data):
    """A bench that is refused after the form was answered: here once a module appears."""
    pathlib.Path(view.folder, "late.lua").write_text("repeat until pcall(require, 'go')\nerror 'refused late'")
    browser.open(view.address + "new")
    browser.type("input[name=data]", data)
    browser.type("input[name=learners]", "./late.lua")
    browser.click("button.primary")
    browser.wait(lambda: browser.text(".title .state") == "starting", "the bench does not start", 60)
    pathlib.Path(view.folder, "go.lua").write_text("return true")
    browser.wait(lambda: browser.text(".title .state") == "failed", "the page does not say that it has failed")
    assert "refused late" in browser.text("[role=alert]"), browser.text()
    look("not-started")
    # A list that is open meanwhile says so, too, until that was read.
    browser.open(view.address)
    browser.wait(lambda: "refused late" in browser.text("#failed [role=alert]"), "the list does not tell")
    look("list-not-started")
    browser.click("#failed a[href^='new?']")
    browser.wait(lambda: browser.text("h1") == "New run", "there is no form to change it")
    assert browser.run("return document.querySelector('[name=learners]').value") == "./late.lua"
    browser.open(view.address)
    browser.click("#failed button")
    browser.wait(lambda: "refused late" not in browser.text(), "it cannot be dismissed")


def looks_at_plugins(browser, view, look):
    browser.open(view.address + "plugins")
    look("plugins")
    browser.click("a[href$='name=ridge']")
    browser.wait(lambda: "lambda" in browser.text("pre.lua"), "there is no source")
    look("plugin")


ATTACK = """<!doctype html><title>attack</title><script>
async function attempt(name, action) {
  try { results[name] = await action(); } catch (error) { results[name] = "refused"; }
}
const results = {};
(async () => {
  const view = location.hash.slice(1);
  await attempt("read", async () => (await fetch(view)).status);
  await attempt("read without an answer", async () => (await fetch(view, { mode: "no-cors" })).type);
  const form = new URLSearchParams({ task: "keyword_fscil" });
  await attempt("start", async () => (await fetch(view + "start", { method: "POST", body: form })).status);
  await attempt("events", () => new Promise((done) => {
    const events = new EventSource(view + "events");
    events.onmessage = events.onopen = () => done("open");
    events.onerror = () => done("refused");
  }));
  await attempt("script", () => new Promise((done) => {
    const script = document.createElement("script");
    script.src = view + "view.js";
    script.onload = () => done("loaded");
    script.onerror = () => done("refused");
    document.head.append(script);
  }));
  await attempt("frame", () => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.src = view;
    frame.onload = () => { try { done(frame.contentDocument ? "blank" : "refused"); } catch { done("refused"); } };
    document.body.append(frame);
  }));
  window.done = JSON.stringify(results);
})();
</script><body></body>"""


def is_closed_to_others(browser, view):
    """A page of another server on this machine, which even knows the token, gets nothing."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(ATTACK.encode())

        def log_message(self, *_):
            pass

    runs = set(os.listdir(view.folder + "/runs"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for host in ("127.0.0.1", "localhost"):
            browser.open(f"http://{host}:{server.server_port}/#{view.address}")
            text = browser.wait(lambda: browser.run("return window.done"), "the attack does not end")
            results = json.loads(text)
            assert set(results.values()) == {"refused"} and len(results) == 6, results
        server.shutdown()
    assert set(os.listdir(view.folder + "/runs")) == runs, "another page has started a bench"
    browser.console()


def main(program, shots=None):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        view = View(program, folder)
        for name, speed in (("fast", 20), ("slow", 60)):
            pathlib.Path(folder, name + ".lua").write_text(LOGGING % speed)
            view.nightjar(name + ".lua", "--out", "runs/" + name)
        tone_words.write(folder + "/data")
        with view, Browser() as browser:
            def look(name):
                problems.extend(checks.page(browser, name, shots))
            looks_at_runs(browser, view, look)
            compares(browser, view, look)
            looks_at_plugins(browser, view, look)
            runs_a_bench(browser, view, look, folder + "/data")
            tells_of_a_late_refusal(browser, view, look, folder + "/data")
            is_closed_to_others(browser, view)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
