// "I had to look elsewhere" is sent by itself, so that nothing typed in the verdict's form is touched.
"use strict";

(() => {
  const part = document.querySelector("[data-lacks]");
  const button = part?.querySelector("[formaction]");
  if (!button) return;
  const status = part.querySelector("[role='status']");
  const pop = part.querySelector("[popover]");
  const [what, words] = ["lacks", "lacks.words"].map((name) => part.querySelector(`[name='${name}']`));

  let sending = false; // a disabled button would lose the focus

  // In the popover while it is open, where a reader looks; at the foot otherwise.
  function tell(text, bad = false) {
    status.textContent = text;
    status.classList.toggle("bad", bad);
    if (bad) button.before(status); else part.prepend(status);
  }

  async function send() {
    const form = new FormData(document.getElementById("act"));
    const sent = new URLSearchParams();
    for (const name of ["csrf", "round", "digest", "lacks", "lacks.words"]) sent.set(name, form.get(name) ?? "");
    if (sending) return;
    sending = true;
    try {
      const answer = await fetch(button.formAction, {
        method: "POST", body: sent, headers: { Accept: "application/json" }, redirect: "error",
      });
      const told = await answer.json();
      tell(told.said || told.problems.join(" "), !answer.ok);
      if (answer.ok) pop.hidePopover?.();
    } catch {
      tell(status.dataset.lost, true);
    }
    sending = false;
  }

  button.addEventListener("click", (event) => { event.preventDefault(); send(); });
  for (const control of [what, words]) {
    control.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      if (control === words || control.value) send();
    });
  }
})();
