/// The script of the live view. Without it pages, forms and links work; it adds what is live.
enum ViewScript {
  static let text = #"""
    "use strict";
    const $ = (selector, root = document) => root.querySelector(selector);
    const all = (selector, root = document) => [...root.querySelectorAll(selector)];

    // Light or dark: that of the system, until the button says otherwise.
    const root = document.documentElement;
    try { if (localStorage.theme) root.dataset.theme = localStorage.theme; } catch {}
    $("#theme")?.addEventListener("click", () => {
      const isSystemDark = matchMedia("(prefers-color-scheme: dark)").matches;
      const isDark = root.dataset.theme ? root.dataset.theme === "dark" : isSystemDark;
      root.dataset.theme = isDark ? "light" : "dark";
      try { localStorage.theme = root.dataset.theme; } catch {}
    });

    // Ages instead of times.
    function showAges() {
      for (const element of all("time[datetime]")) {
        const seconds = (Date.now() - Date.parse(element.dateTime)) / 1000;
        if (!(seconds >= 0)) continue;
        element.title = element.dateTime;
        const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
        const [size, unit] = units.find(([size]) => seconds >= size) ?? [1, "s"];
        element.textContent = `${Math.floor(seconds / size)} ${unit} ago`;
      }
    }
    showAges();
    setInterval(showAges, 5000);

    // Parts of the page that the server sends again.
    let events = null;
    let failures = 0;
    function say(text) { const element = $("#connection"); if (element) element.textContent = text; }
    function connect() {
      if (!document.body.dataset.events || events || document.hidden) return;
      events = new EventSource(document.body.dataset.events);
      events.onopen = () => { failures = 0; say(""); };
      events.onerror = () => { failures += 1; if (failures > 1) say("Not connected"); };
      events.onmessage = async (event) => {
        const update = JSON.parse(event.data);
        if (update.id) replace($("#" + CSS.escape(update.id)), update.html);
        else await reload();
      };
    }
    function disconnect() { events?.close(); events = null; }
    // A browser has six connections for a server: pages that nobody sees give theirs back.
    document.addEventListener("visibilitychange", () => document.hidden ? disconnect() : connect());
    connect();

    function replace(element, html) {
      if (!element) return;
      const selected = new Set(all("input[name=r]:checked", element).map((box) => box.value));
      const open = new Set(all("details[open] > summary", element).map((summary) => summary.textContent));
      const active = document.activeElement;
      const focus = element.contains(active) ? active.getAttribute("aria-label") : null;
      const output = $("pre.output", element);
      const isAtEnd = !output || output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
      element.innerHTML = html;
      for (const box of all("input[name=r]", element)) box.checked = selected.has(box.value);
      for (const summary of all("details > summary", element)) {
        if (open.has(summary.textContent)) summary.parentElement.open = true;
      }
      if (focus) $(`[aria-label="${CSS.escape(focus)}"]`, element)?.focus({ preventScroll: true });
      const after = $("pre.output", element);
      if (after && isAtEnd) after.scrollTop = after.scrollHeight;
      showAges();
      showSelection();
      if (cursor) showValues();
    }

    async function reload() {
      const response = await fetch(location.href);
      if (!response.ok) return location.reload();
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      replace($("main"), $("main", page).innerHTML);
      document.body.dataset.events = page.body.dataset.events;
      disconnect();
      connect();
      prepare();
    }

    // Runs that are selected to be compared.
    function showSelection() {
      const bar = $(".selection");
      if (!bar) return;
      const count = new Set(all("input[name=r]:checked").map((box) => box.value)).size;
      bar.hidden = count === 0;
      $("#selected").textContent = count === 1 ? "1 run selected" : `${count} runs selected`;
    }
    document.addEventListener("change", showSelection);
    showSelection();

    // Values of a chart beside the pointer, or by the arrow keys.
    let cursor = null;
    const tip = document.createElement("div");
    tip.id = "tip";
    tip.setAttribute("role", "status");
    document.body.append(tip);

    function lines(chart) {
      return all("polyline[data-name]", chart).map((line) => ({
        name: line.dataset.name, style: line.classList[0], points: line.points,
        x: line.dataset.x.split(" "), y: line.dataset.y.split(" "), band: line.dataset.band?.split(" "),
      })).filter((line) => line.points.numberOfItems > 0);
    }
    function nearest(points, left) {
      let low = 0, high = points.numberOfItems - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (points.getItem(middle).x < left) low = middle; else high = middle;
      }
      return Math.abs(points.getItem(low).x - left) <= Math.abs(points.getItem(high).x - left) ? low : high;
    }
    function showValues() {
      const chart = cursor.chart.isConnected ? cursor.chart : null;
      if (!chart) return hideValues();
      const found = lines(chart).map((line) => ({ line, index: nearest(line.points, cursor.left) }));
      if (!found.length) return hideValues();
      const distance = ({ line, index }) => Math.abs(line.points.getItem(index).x - cursor.left);
      const best = found.reduce((one, other) => distance(other) < distance(one) ? other : one);
      const left = best.line.points.getItem(best.index).x;
      for (const mark of all(".cursor", chart)) mark.remove();
      const svg = (name, attributes) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const key in attributes) element.setAttribute(key, attributes[key]);
        chart.append(element);
      };
      svg("line", { class: "cursor", x1: left, x2: left, y1: 12, y2: 300 });
      tip.replaceChildren();
      const head = document.createElement("b");
      head.textContent = `${chart.dataset.x} ${best.line.x[best.index]}`;
      tip.append(head);
      const rows = found.filter(({ line, index }) => Math.abs(line.points.getItem(index).x - left) < 3)
        .sort((one, other) => one.line.points.getItem(one.index).y - other.line.points.getItem(other.index).y);
      for (const { line, index } of rows) {
        const point = line.points.getItem(index);
        svg("circle", { class: `cursor dot ${line.style}`, cx: point.x, cy: point.y, r: 4 });
        const row = document.createElement("div");
        const key = document.createElement("span");
        key.className = `key ${line.style}`;
        const value = document.createElement("strong");
        value.textContent = line.y[index] + chart.dataset.unit + (line.band ? ` [${line.band[index]}]` : "");
        row.append(key, ` ${line.name} `, value);
        tip.append(row);
      }
      tip.classList.add("shown");
      const box = chart.getBoundingClientRect();
      const at = box.left + left / 640 * box.width;
      const width = tip.offsetWidth;
      const right = at + 14 + width > innerWidth - 8 ? at - 14 - width : at + 14;
      tip.style.left = `${Math.max(8, Math.min(right, innerWidth - width - 8))}px`;
      tip.style.top = `${Math.max(8, Math.min(cursor.top ?? box.top + 20, innerHeight - tip.offsetHeight - 8))}px`;
    }
    function hideValues() {
      for (const mark of all(".cursor")) mark.remove();
      tip.classList.remove("shown");
      cursor = null;
    }
    document.addEventListener("pointermove", (event) => {
      const chart = event.target.closest?.("svg[data-x]");
      if (!chart) { if (cursor && !cursor.isKeyboard) hideValues(); return; }
      if (cursor && cursor.chart !== chart) hideValues();
      const box = chart.getBoundingClientRect();
      cursor = { chart, left: (event.clientX - box.left) / box.width * 640, top: event.clientY + 16 };
      showValues();
    });
    document.addEventListener("focusout", (event) => { if (event.target.matches?.("svg[data-x]")) hideValues(); });

    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.matches?.("input:not([type=checkbox]), select, textarea");
      const chart = event.target.closest?.("svg[data-x]");
      if (chart && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
        event.preventDefault();
        const line = lines(chart).sort((one, other) => other.points.numberOfItems - one.points.numberOfItems)[0];
        if (!line) return;
        const last = line.points.numberOfItems - 1;
        const now = cursor?.chart === chart ? nearest(line.points, cursor.left) : -1;
        const index = event.key === "Home" ? 0 : event.key === "End" ? last
          : Math.max(0, Math.min(last, now + (event.key === "ArrowLeft" ? -1 : 1)));
        cursor = { chart, left: line.points.getItem(index).x, isKeyboard: true };
        showValues();
      } else if (event.key === "Escape") {
        hideValues();
      } else if (event.key === "/" && !isTyping && $("#q")) {
        event.preventDefault();
        $("#q").focus();
      }
    });

    // What a form says is in the address, so that it can be copied; charts are drawn again without a new page.
    function prepare() {
      for (const form of all("form[data-drawing]")) {
        form.classList.add("enhanced");
        const change = async () => {
          $("output", form).textContent = Number(form.elements.smooth.value).toFixed(2);
          const query = new URLSearchParams(new FormData(form));
          if (query.get("smooth") === "0") query.delete("smooth");
          history.replaceState(null, "", "view?" + query);
          const response = await fetch(location.href);
          const page = new DOMParser().parseFromString(await response.text(), "text/html");
          replace($("#training"), $("#training", page)?.innerHTML ?? "");
          document.body.dataset.events = page.body.dataset.events;
          disconnect();
          connect();
        };
        form.addEventListener("change", change);
        form.elements.smooth.addEventListener("input", () => {
          $("output", form).textContent = Number(form.elements.smooth.value).toFixed(2);
        });
      }
      for (const output of all("pre.output")) output.scrollTop = output.scrollHeight;
      const bench = $("form[data-bench]");
      if (bench) {
        let latest = 0;
        const change = async () => {
          const selected = new Set();
          for (const input of all("select[data-kind], input[data-kind]:checked", bench)) {
            selected.add(`${input.dataset.kind}/${input.value}`);
          }
          for (const set of all("fieldset[data-plugin]", bench)) {
            set.disabled = set.hidden = !selected.has(set.dataset.plugin);
          }
          // Of two answers, the one to the later request counts.
          const own = ++latest;
          const response = await fetch("command?" + new URLSearchParams(new FormData(bench)));
          const text = await response.text();
          if (response.ok && own === latest) $("#command").textContent = text;
        };
        let timer = 0;
        bench.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(change, 150); });
        bench.addEventListener("submit", () => { $("button.primary", bench).disabled = true; });
      }
    }
    prepare();
    """#
}
