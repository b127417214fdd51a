// The inbox: selecting rows by key, its menus, and what changes while somebody looks. Nothing moves except when asked,
// and all of it works without this file.
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);
  const words = (name, value) => (one("#words")?.dataset[name] || "{n}").replace("{n}", () => value);
  const main = one("main.list");
  if (!main) return;

  // Selecting

  let last = null;
  const boxes = () => all("#rows .pick input");
  const chosen = () => boxes().filter((box) => box.checked);

  // What no selected row allows is not offered; the server asks for each case anyway.
  function offer() {
    const picked = chosen(), bar = one("#bulk");
    if (!bar) return;
    one("#selected").textContent = words("selected", picked.length);
    for (const part of all("[data-task]", bar)) {
      part.hidden = !picked.some((box) => box.dataset.can.split(" ").includes(part.dataset.task));
      if (part.hidden) part.open = false;
    }
    const whole = one("#all-of-page input");
    if (whole) {
      whole.checked = picked.length > 0 && picked.length === boxes().length;
      whole.indeterminate = picked.length > 0 && !whole.checked;
    }
  }

  function pick(box, range) {
    const list = boxes(), [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b);
    if (range && from >= 0) list.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    last = box;
    offer();
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("#rows .pick input");
    if (box) pick(box, event.shiftKey);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("#all-of-page input")) return;
    boxes().forEach((box) => { box.checked = event.target.checked; });
    offer();
  });

  // Keys: silent while somebody types, and where single keys are off.

  const quiet = (event) => {
    let off = false;
    try { off = localStorage.getItem("keys") === "off"; } catch { /* private window */ }
    return off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing ||
      event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = event.target.closest?.("details.narrow[open]") || one("details.narrow[open]");
      if (open) { open.open = false; one("summary", open).focus(); }
      return;
    }
    if (quiet(event) || event.repeat) return;
    if (event.key === " " && !event.target.closest("button, summary, input")) {
      const box = one(".row.on .pick input");
      if (!box) return;
      event.preventDefault();
      box.checked = !box.checked;
      pick(box, event.shiftKey);
    } else if (event.key.toUpperCase() === "F") {
      const filter = one("#narrow");
      event.preventDefault();
      filter.open = !filter.open;
      if (filter.open) one("#n-text").focus();
    }
  });

  // One menu is open at a time, and a click elsewhere closes it.
  document.addEventListener("click", (event) => {
    const kept = event.target.closest?.("details.narrow");
    all("details.narrow[open]").forEach((menu) => { if (menu !== kept) menu.open = false; });
  });

  // The server's clock: times go on from when the page was made.

  const ahead = Number(main.dataset.now) * 1000 - Date.now();
  const now = () => Date.now() + ahead;

  function span(milliseconds) {
    const seconds = Math.floor(Math.abs(milliseconds) / 1000);
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60), hours = Math.floor(seconds / 3600), days = Math.floor(seconds / 86400);
    if (hours < 1) return `${minutes} min`;
    if (days < 1) return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${hours} h`;
    const whole = days === 1 ? "1 day" : `${days} days`;
    return days < 7 && hours % 24 ? `${whole} ${hours % 24} h` : whole;
  }

  function tick() {
    for (const row of all(".row[data-due]")) {
      const due = Number(row.dataset.due) * 1000, since = Number(row.dataset.since) * 1000, left = due - now();
      const told = words(left > 0 ? "in" : "over", span(left)), word = one(".due .st > span", row);
      if (!word || word.textContent === told) continue;
      word.textContent = told;
      const used = due > since ? Math.min(1, Math.max(0, (now() - since) / (due - since))) : 1;
      const tone = left <= 0 ? "bad" : used > 0.8 ? "warn" : "";
      for (const part of [one(".due .st", row), one(".due .rail", row)]) {
        part.classList.remove("bad", "warn");
        if (tone) part.classList.add(tone);
      }
      one(".due .used", row).setAttribute("x2", `${(used * 100).toPrecision(4)}%`);
    }
  }

  // Undo is offered as long as it can be done.
  const offered = one("#done form[data-seconds]");
  if (offered) {
    const until = performance.now() + Number(offered.dataset.seconds) * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((until - performance.now()) / 1000);
      if (left > 0) one("small", offered).textContent = `${left} s`;
      else { clearInterval(timer); offered.remove(); }
    }, 1000);
  }

  // Live

  let tag = "", heard = Date.now(), lost = null, out = false;

  function pulse() {
    const line = one("#pulse");
    if (!line || !main.dataset.live) return;
    const clock = (at) => new Date(at + ahead).toLocaleTimeString(
      main.dataset.form, { timeZone: main.dataset.zone, hour: "2-digit", minute: "2-digit" });
    line.classList.toggle("lost", Boolean(lost || out));
    const told = out ? words("out", "") : lost ? words("lost", clock(lost)) : words("updated", Math.round((Date.now() - heard) / 1000));
    if (line.textContent !== told) line.textContent = told;
  }

  const held = new WeakMap(); // row -> what stood there while nothing had moved

  function mark(told) {
    for (const row of all(".row[data-of]")) {
      const of = row.dataset.of, has = told.has[of], by = told.decided[of], place = one(".cl", row);
      let words_ = "";
      if (row.dataset.moved && by === undefined && has === row.dataset.owner) {
        delete row.dataset.moved; // it came back
        row.classList.remove("gone");
        place.replaceChildren(...held.get(row));
        continue;
      }
      if (by !== undefined) words_ = by ? words("decided", by) : words("gone", "");
      else if (has !== undefined && has !== row.dataset.owner) words_ = has === main.dataset.me ? words("yours", "") : words("has", has);
      if (!words_ || row.dataset.moved === words_) continue;
      if (!held.has(row)) held.set(row, [...place.childNodes]);
      row.dataset.moved = words_;
      row.classList.toggle("gone", has !== main.dataset.me);
      place.replaceChildren(words_);
    }
  }

  function count(told) {
    for (const [name, words_] of Object.entries(told.counts)) {
      const place = all("[data-count]").find((part) => part.dataset.count === name);
      if (place) place.textContent = words_;
    }
    if (told.told && one("#told")) one("#told").textContent = told.told;
    const mine = one(".nav a[aria-current] .n");
    if (mine) mine.textContent = told.counts["view mine"];
  }

  function announce(number) {
    const place = one("#live");
    if ((place.dataset.number || "0") === String(number)) return;
    place.dataset.number = number;
    if (!number) return place.replaceChildren();
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words("new", number) });
    button.addEventListener("click", bring);
    place.replaceChildren(button);
  }

  async function look() {
    if (document.hidden || out) return;
    const rows = all(".row[data-of]").map((row) => `&row=${encodeURIComponent(row.dataset.of)}`).join("");
    try {
      const answer = await fetch(main.dataset.live + rows, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.redirected || answer.status === 401) { out = true; return; }
      if (answer.status >= 500) throw new Error("no answer");
      heard = Date.now();
      lost = null;
      if (answer.status !== 200) return;
      const told = await answer.json();
      tag = answer.headers.get("ETag") || "";
      mark(told);
      count(told);
      announce(told.new);
    } catch { lost ??= heard; } // the list stays as it is
  }

  // What is new comes in when asked: selection, menus and what was typed stay.
  async function bring() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok || answer.redirected) return location.reload();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = one("main.list", page);
      if (!next || !one("#rows", next) || !one("#rows")) return location.reload();
      const kept = new Set(chosen().map((box) => box.value)), on = one(".row.on")?.dataset.of;
      const typed = all("#bulk :is(input:not([type=hidden]), select)").map((field) => [field.id, field.value]);
      const menu = one("#bulk details[open]")?.dataset.task, here = document.activeElement.id;
      for (const id of ["rows", "bulk", "told"]) {
        const [here, there] = [one(`#${id}`), one(`#${id}`, next)];
        if (here && there) here.replaceWith(document.adoptNode(there));
      }
      main.dataset.live = next.dataset.live;
      boxes().forEach((box) => { box.checked = kept.has(box.value); });
      all(".row").forEach((row) => row.classList.toggle("on", row.dataset.of === on));
      for (const [id, value] of typed) { const field = document.getElementById(id); if (field) field.value = value; }
      const open = menu && one(`#bulk details[data-task="${menu}"]`);
      if (open) open.open = true;
      tag = "";
      last = null;
      announce(0);
      offer();
      tick();
      const next_ = (here && document.getElementById(here)) || one(".row.on .ttl") || one("#rows .ttl");
      if (document.activeElement === document.body) next_?.focus({ preventScroll: true });
    } catch { lost ??= Date.now(); pulse(); }
  }

  offer();
  tick();
  setInterval(() => { if (!document.hidden) { tick(); pulse(); } }, 1000);
  if (main.dataset.live) {
    setInterval(look, 10000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); look(); } });
    pulse();
  }
})();
