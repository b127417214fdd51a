// Single keys and focus. Every key has a visible control, and every page works without this file.
"use strict";

(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private window */ } };

  // Keys

  const typing = (element) =>
    element.closest("textarea, select, [contenteditable]") ||
    (element.matches("input") && !/^(radio|checkbox|button|submit)$/.test(element.type));

  const marked = () => one(".row.on");

  function mark(step) {
    const rows = all(".row");
    if (!rows.length) return false;
    const here = rows.indexOf(marked());
    const row = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    rows.forEach((other) => other.classList.toggle("on", other === row));
    row.querySelector(".ttl").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function press(control) {
    if (!control) return false;
    control.focus();
    control.click();
    return true;
  }

  // Escalating needs nothing filled in, and one slip would give the case away: its key leads there, again or Enter does it.
  function give(control) {
    if (!control?.matches("form.act button[value='escalate']") || document.activeElement === control) return press(control);
    control.focus();
    return true;
  }

  // Digits are the numbers beside the values; where a page has none, those of its answers.
  function numbered(n) {
    const evidence = document.getElementById(`ev-${n}`);
    if (evidence) { go(evidence); return true; }
    return !one("[id^='ev-']") && press(all(ANSWERS)[n - 1]);
  }

  const ANSWERS = ".opts input, .seg input";

  function single(key) {
    if (key === "/") {
      const find = all("#find, #q").find((field) => field.checkVisibility());
      if (find) find.focus(); else if (one("#find")) location.assign("/cases");
      return Boolean(one("#find"));
    }
    if (key === "?") { one("#keys")?.togglePopover?.(); return true; }
    if (/^[1-9]$/.test(key)) return numbered(Number(key));
    const letter = key.toUpperCase();
    if (letter === "D") { const answer = all(ANSWERS)[0] || one("textarea[name='value'], select[name='value'], input[name='value']"); answer?.focus(); return Boolean(answer); }
    if (letter === "F") { const field = one(".field.check [name^='field.']") || one("[name^='field.']"); field?.focus(); field?.select?.(); return Boolean(field); }
    if (letter === "W") { const why = one("#why"); why?.focus(); return Boolean(why); }
    if (letter === "J" && mark(+1)) return true;
    if (letter === "K" && mark(-1)) return true;
    if (letter === "C" && marked()) return press(marked().querySelector("[data-claim]"));
    if (/^[A-Z]$/.test(letter)) return give(one(`[data-key="${letter}"]`));
    return false;
  }

  // In a field: Alt 1 takes its second choice, Alt 2 says that it is right, Escape leaves it. Outside of all
  // fields they are for the first that needs it.

  const inField = { Digit1: "[data-use]", Digit2: "[data-right]" };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target) && !event.target.closest("[popover]")) return event.target.blur();
    if (!event.altKey || event.ctrlKey || event.metaKey || !inField[event.code]) return;
    const field = event.target.closest?.(".field");
    const there = field || event.target === document.body ? all(inField[event.code], field || document) : [];
    const choice = field ? there[0] : there.find((one) => !one.checked);
    if (!choice) return;
    event.preventDefault();
    choice.click();
    if (choice.checked) nextDoubt(choice);
  });

  // Where the focus is on a list, digits are its entries; then single keys work again.
  function chosen(n, here) {
    if (here.id === "why" && here.options[n]) {
      here.selectedIndex = n;
      here.dispatchEvent(new Event("input", { bubbles: true }));
      if (here.value === "other") one("#note").focus(); else here.blur();
      return true;
    }
    const answers = here.matches(ANSWERS) && all(ANSWERS);
    return answers && press(answers[n - 1]);
  }

  // Where a verdict is written: in its form, or nowhere in particular. Links, other forms and menus have an Enter of their own.
  const writes = (target) => one("form.act") && !target.closest("a, button, summary, [popover]") &&
    (target.form ? target.form.matches("form.act") : !typing(target));

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && writes(event.target)) {
      const approve = one("form.act button[value='approve']");
      if (approve) event.preventDefault();
      return press(approve);
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (/^[1-9]$/.test(event.key) && chosen(Number(event.key), event.target)) return event.preventDefault();
    if (event.key === "Enter") {
      if (event.target.closest(".field") && event.target.matches("input")) { event.preventDefault(); nextDoubt(event.target); }
      else if (event.target === document.body && stored("keys") !== "off") press(one("main .ph .btn.primary[href], main > .btns .btn.primary[href]"));
      return;
    }
    if (typing(event.target) || stored("keys") === "off" || event.repeat) return;
    if (single(event.key)) event.preventDefault();
  });

  const toggle = one("#keys-on");
  if (toggle) {
    toggle.checked = stored("keys") !== "off";
    toggle.addEventListener("change", () => store("keys", toggle.checked ? "on" : "off"));
  }

  // Somebody has said that it is right.
  const sure = (field) => Boolean(field.closest(".field").querySelector("[name='checked']")?.checked);

  // Fields: the first that needs a check has the focus, Enter goes to the next, evidence lights up beside it.

  function nextDoubt(from) {
    const doubts = all(".field.check [name^='field.']").filter((field) => !sure(field));
    const later = doubts.find((field) => from.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = later || one("#why") || from;
    next.focus();
    if (later) later.select?.();
  }

  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const MARKS = ".box, .mk";

  // The other end of a link between a field and its box or its mark in the sources; nothing when there is none.
  function other(end) {
    const mark = end.closest(MARKS);
    if (mark) return document.getElementById(mark.getAttribute("href").slice(1));
    const field = end.closest(".field[id], .fact[id]");
    return field && all(MARKS).find((one) => one.getAttribute("href") === `#${field.id}`);
  }

  // Into view within its own pane, so that neither the page nor the other pane moves.
  function show(part, smooth = true) {
    const pane = part.closest(".paper, .b-work, .b-ctx");
    if (!pane || pane.scrollHeight <= pane.clientHeight + 1 && pane.scrollWidth <= pane.clientWidth + 1) return;
    const here = part.getBoundingClientRect(), frame = pane.getBoundingClientRect(), air = 24;
    const [above, below] = [here.top - frame.top - air, here.bottom - frame.bottom + air];
    const [before, after] = [here.left - frame.left - air, here.right - frame.right + air];
    const top = above < 0 || below > 0 ? here.top - frame.top - (frame.height - here.height) / 2 : 0;
    const left = before < 0 ? before : Math.max(0, Math.min(after, before));
    const near = Math.abs(top) < 2 * frame.height; // a long way is jumped, not flown over
    if (top || left) pane.scrollBy({ top, left, behavior: smooth && near && !still.matches ? "smooth" : "instant" });
  }

  function light(from, smooth = true) {
    all(".lit").forEach((part) => part.classList.remove("lit"));
    const end = from.closest && other(from);
    if (!end) return;
    end.classList.add("lit");
    from.closest(MARKS)?.classList.add("lit");
    show(end, smooth);
  }

  // To a box, or to the control of a field. Where a pane does not scroll by itself, the page does.
  function go(part) {
    const target = part.matches(".field") ? part.querySelector("[name^='field.']") || part : part;
    if (target.tabIndex < 0 && !target.matches("a, input, select, textarea")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    if (target.matches("input[name^='field.']")) target.select(); // what is typed takes its place
    show(part);
    const place = part.getBoundingClientRect();
    const pane = part.closest(".paper, .b-work");
    const fixed = pane && pane.scrollHeight > pane.clientHeight + 1;
    if (!fixed && (place.top < 96 || place.bottom > innerHeight)) {
      part.scrollIntoView({ block: "center", behavior: still.matches ? "instant" : "smooth" });
    }
  }

  // The question is read first: the focus waits in the first doubtful field, and nothing is scrolled away for it.
  addEventListener("load", () => {
    const work = one(".b-work");
    if (work && !location.hash) { work.scrollTop = 0; scrollTo(0, 0); }
  });

  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".tools, .paper:focus")) light(event.target);
  });

  // Other pages of a long document come in place of these: what was typed beside them stays.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".paper .none a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href);
      const pane = link.closest(".paper"), which = pane.id ? `#${pane.id}` : ".paper:not([id])";
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(which);
      const pages = document.adoptNode(found);
      pane.replaceWith(pages);
      pages.focus({ preventScroll: true });
      const first = document.getElementById(link.hash.slice(1));
      pages.scrollTop = first.getBoundingClientRect().top - pages.getBoundingClientRect().top;
    } catch { location.assign(link.href); } // no connection, or signed out: the page itself says so
  });

  // A page that was made larger or turned keeps what is lit in view.
  document.addEventListener("change", (event) => {
    const lit = event.target.matches(".tools input") && one(".box.lit, .mk.lit");
    if (lit) show(lit, false);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(`${MARKS}, .ev`);
    const end = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!end || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(end);
  });

  document.addEventListener("click", (event) => {
    const use = event.target.closest("[data-use]");
    const field = use && document.getElementById(use.dataset.for);
    if (!field) return;
    field.value = use.dataset.use;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  // Actions: one that is not ready says what it needs, and becomes ready when it has it.

  const form = one("form.act");
  // A select in which nothing is selected begins with its first option.
  const began = (select) => Math.max(0, [...select.options].findIndex((option) => option.defaultSelected));
  const given = {
    checked: () => all("[name='checked']").every((box) => box.checked),
    value: () => all("[name='value']").some((input) => (["radio", "checkbox"].includes(input.type) ? input.checked : input.value.trim())),
    reason: () => Boolean(one("#why")?.value) && (one("#why").value !== "other" || Boolean(one("#note")?.value.trim())),
    note: () => Boolean(one("#note")?.value.trim()),
    question: () => Boolean(one("#question")?.value.trim()),
    fields: () => all("[name^='field.']").some((field) =>
      field.matches("select") ? field.selectedIndex !== began(field) : field.value !== field.defaultValue),
  };
  const place = {
    checked: () => all("[name='checked']").find((box) => !box.checked),
    value: () => one("[name='value']"),
    reason: () => one("#why").value === "other" ? one("#note") : one("#why"),
    note: () => one("#note"),
    question: () => one("#question"),
    fields: () => one("[name^='field.']"),
  };
  const lacking = (button) => (button.dataset.needs || "").split(" ").filter((need) => given[need] && !given[need]());

  function refresh() {
    for (const button of all("[data-needs]", form)) {
      const ready = !lacking(button).length;
      button.classList.toggle("wait", !ready);
      button.classList.toggle("primary", ready && button.value === "approve");
      button.toggleAttribute("aria-disabled", !ready);
      if (!ready) button.setAttribute("aria-disabled", "true");
      button.querySelector("small").textContent = ready ? button.dataset.next : button.dataset.missing;
    }
  }

  if (form) {
    document.addEventListener("input", refresh);
    document.addEventListener("change", refresh);
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button?.name !== "verdict") return;
      if (button.getAttribute("aria-disabled") === "true") {
        event.preventDefault();
        const [need] = lacking(button);
        if (need) place[need]()?.focus();
      } else if (form.dataset.sent) {
        event.preventDefault();
      } else {
        form.dataset.sent = "yes";
      }
    });
    window.addEventListener("pageshow", () => { delete form.dataset.sent; refresh(); });
  }

  // The field that has the focus from the start lights its box too.
  if (document.activeElement !== document.body) light(document.activeElement, false);

  // What was decided and can be undone counts down by the server's clock, as far as the page knows it.

  const countDown = () => all("[data-left]").forEach((bar) => {
    const end = performance.now() + 1000 * Number(bar.dataset.left), text = bar.querySelector("[data-in]");
    const tick = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      text.textContent = left > 0 ? text.dataset.in.replace("{}", left) : text.dataset.gone;
      if (left > 0) return;
      clearInterval(timer);
      bar.querySelector("button").remove();
    };
    const timer = setInterval(tick, 500);
    tick();
  });
  countDown();

  // A page that was made ready ahead of its time hears, once it is shown, what happened meanwhile.

  async function shown() {
    try {
      const answer = await fetch("/above", { cache: "no-store" });
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      one("#above").replaceChildren(...found.body.childNodes);
      countDown();
    } catch { /* no connection: the page itself says so when something is sent */ }
  }
  if (document.body.dataset.ahead !== undefined) {
    if (document.prerendering) document.addEventListener("prerenderingchange", shown, { once: true });
    else shown();
  }

  // An open brief says that it still is, and hears who else looks at the case.

  const looking = one("[data-looking]");
  if (looking) {
    const look = async () => {
      if (document.hidden || document.prerendering) return;
      try {
        const answer = await fetch(looking.dataset.looking, { cache: "no-store" });
        if (answer.ok) looking.textContent = (await answer.json()).looking || "";
      } catch { /* no connection: the line stays as it is */ }
    };
    setInterval(look, 30000);
    if (document.body.dataset.ahead !== undefined) {
      if (document.prerendering) document.addEventListener("prerenderingchange", look, { once: true });
      else look();
    }
  }
})();
