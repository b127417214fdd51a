// A half-finished verdict is kept while it is written, so that a reload, a crash or a lost session costs nothing;
// a finished one is sent without leaving the page before its answer is there.
"use strict";

(() => {
  const form = document.querySelector("form[data-drafted]"), line = document.querySelector("#draft");
  if (!form || !line) return;
  const discard = document.querySelector("#discard");
  const PAUSE = 800; // ms after the last letter
  const WHY = { 401: "out", 403: "out", 404: "moved", 409: "moved" };
  let timer, at = 0, sent = "", running = false;

  const body = () => new URLSearchParams(new FormData(form)).toString();

  // What is kept is counted up for the eyes; whatever else is said stays until it is true no more.
  function say(text, kept = false) {
    at = kept ? performance.now() : 0;
    line.removeAttribute("aria-live");
    if (line.textContent !== text) line.textContent = text;
  }

  async function keep() {
    if (form.dataset.sent || running) return;
    const now = body();
    if (now === sent) return;
    running = true;
    try {
      const answer = await fetch(line.dataset.draft, {
        method: "POST", body: now, redirect: "error", cache: "no-store",
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      });
      if (answer.ok) { sent = now; discard.hidden = false; say(line.dataset.now, true); }
      else say(line.dataset[WHY[answer.status] || "refused"]);
    } catch { say(line.dataset.lost); }
    running = false;
    if (at && body() !== now) timer = setTimeout(keep, PAUSE);
  }

  function soon(event) {
    if (!event.target.form || event.target.form !== form) return;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }
  document.addEventListener("input", soon);
  document.addEventListener("change", soon);

  // Whoever leaves the page in mid-sentence finds it again.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || form.dataset.sent || !timer || body() === sent) return;
    navigator.sendBeacon(line.dataset.draft, new Blob([body()], { type: "application/x-www-form-urlencoded" }));
  });

  // A verdict goes to the server from here, and then on to the page that the browser may have made ready.
  // Whatever is not taken as it is goes as any form does, so that its answer is a page.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || button?.name !== "verdict" || form.dataset.plain) return;
    event.preventDefault();
    const sent = new URLSearchParams(new FormData(form));
    sent.set("verdict", button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (answer.ok && /json/.test(answer.headers.get("Content-Type"))) {
        location.assign((await answer.json()).to);
        return;
      }
    } catch {
      delete form.dataset.sent;
      say(line.dataset.unsent);
      return;
    }
    form.dataset.plain = "yes";
    delete form.dataset.sent;
    form.requestSubmit(button);
  });

  setInterval(() => {
    const seconds = Math.round((performance.now() - at) / 1000);
    if (!at || seconds < 5) return;
    line.setAttribute("aria-live", "off"); // the count is for eyes
    line.textContent = line.dataset.kept.replace("{}", seconds);
  }, 5000);
})();
