"""What every page must be: wide enough, readable, named. Each check returns what is wrong, as texts."""

# Text that is drawn, with the colours of itself and of what lies behind it: WCAG 2.2, success criterion 1.4.3.
CONTRAST = r"""
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function color(text) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  }
  function over(top, below) {
    const mix = (key) => top[key] * top.a + below[key] * (1 - top.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  }
  function ground(element) {
    let result = null;
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(color(getComputedStyle(at).backgroundColor));
    layers.push(color(matchMedia("(prefers-color-scheme: dark)").matches ? "black" : "white"));
    for (const layer of layers.reverse()) result = result ? over(layer, result) : layer;
    return result;
  }
  function luminance({ r, g, b }) {
    const linear = [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }
  const problems = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let count = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest("script, style, title")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    count += 1;
    const style = getComputedStyle(element);
    const isDrawing = element instanceof SVGElement;
    const behind = ground(element);
    const front = over(color(isDrawing ? style.fill : style.color), behind);
    const [high, low] = [luminance(front), luminance(behind)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const text = node.textContent.trim().slice(0, 30);
    if (ratio < needed) problems.add(`${element.tagName} "${text}": ${ratio.toFixed(2)} of ${needed}`);
  }
  return { count, problems: [...problems].slice(0, 10) };
"""

OVERFLOW = """
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => !element.closest(".wide, pre") && element.getBoundingClientRect().right > width + 1)
    .map((element) => `${element.outerHTML.slice(0, 80)} reaches ${element.getBoundingClientRect().right}`).slice(0, 5)
    .concat(`the page is ${document.documentElement.scrollWidth} wide`);
"""

NAMES = """
  const problems = [];
  for (const image of document.querySelectorAll("svg:not([aria-hidden=true]), img")) {
    const name = image.getAttribute("aria-label") ?? image.getAttribute("alt");
    if (!name?.trim()) problems.push("an image without a text: " + image.outerHTML.slice(0, 80));
  }
  for (const input of document.querySelectorAll("input:not([type=hidden]), select, textarea, button")) {
    const labels = [...(input.labels ?? [])].map((label) => label.textContent).join("");
    const name = input.getAttribute("aria-label") ?? labels + input.textContent;
    if (!name.trim()) problems.push("a control without a name: " + input.outerHTML.slice(0, 80));
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) problems.push("id twice: " + id);
  if (!document.documentElement.lang) problems.push("the page does not say its language");
  if (document.querySelectorAll("h1").length !== 1) problems.push("there is not one h1");
  return problems;
"""


def page(browser, name, folder=None, widths=(360, 1440)):
    """What is wrong with the page that is open, at each width, light and dark; with screenshots in a folder."""
    problems = []
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        for width in widths:
            browser.resize(width)
            place = f"{name}, {width} pixels, {scheme}"
            problems += [f"{place}: {problem}" for problem in browser.run(OVERFLOW)]
            contrast = browser.run(CONTRAST)
            if contrast["count"] < 5:
                problems.append(f"{place}: hardly any text is visible")
            problems += [f"{place}: contrast of {problem}" for problem in contrast["problems"]]
            if folder:
                browser.screenshot(f"{folder}/{name}-{width}-{scheme}.png", whole=True)
    problems += [f"{name}: {problem}" for problem in browser.run(NAMES)]
    problems += [f"{name}: console: {message}" for message in browser.console()]
    browser.prefer("light")
    browser.resize(1440)
    return problems
