// <match-review>: two lists side by side, decided by keyboard. Inside it, [data-pair="open"] is a pair to decide.
//
//   button[data-match-key="l"]  pressed by that letter while the pair has the focus
//   button[data-match-undo]     of the pair decided last, pressed by U
//   input[data-match-keys]      switches the letters off and on (WCAG 2.1.4); remembered in this browser
//   [data-match-end]            takes the focus after the last pair
//
// After a decision the next open pair takes the focus, and the page's live region says what was done.
const REMEMBERED = "match-keys";

class MatchReview extends HTMLElement {
  connectedCallback() {
    this.decided = [];
    this.switch = this.querySelector("input[data-match-keys]");
    if (this.switch) {
      this.switch.checked = localStorage.getItem(REMEMBERED) !== "off";
      this.switch.addEventListener("change", () => localStorage.setItem(REMEMBERED, this.switch.checked ? "on" : "off"));
    }
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("htmx:beforeSwap", (event) => { this.place = this.all.indexOf(event.detail.target); });
    this.addEventListener("htmx:afterSettle", () => this.settled());
    // The first pair is ready for the keys, unless something on the page was opened by its address. The page stays at
    // its top: what stands there (how old the suggestions are, say) is read first, and on a phone there are no keys.
    if (!location.hash && document.activeElement === document.body) this.open[0]?.focus({ preventScroll: true });
  }

  get all() { return [...this.querySelectorAll(".pair")]; }
  get open() { return this.all.filter((pair) => pair.dataset.pair === "open"); }

  pressed(event) {
    const pair = event.target.closest?.(".pair");
    const typing = event.target.matches?.("input, select, textarea");
    if (!this.switch?.checked || event.ctrlKey || event.metaKey || event.altKey || typing) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") this.step(pair, key === "j" ? 1 : -1);
    else if (key === "u") this.undo();
    else {
      const button = pair?.querySelector(`button[data-match-key="${CSS.escape(key)}"]`);
      if (!button || pair.querySelector(".htmx-request") || event.repeat) return;
      button.click();
    }
    event.preventDefault();
  }

  step(pair, by) {
    const pairs = this.open;
    const all = this.all;
    const at = all.indexOf(pair);
    const next = by > 0 ? pairs.find((one) => all.indexOf(one) > at) : pairs.findLast((one) => all.indexOf(one) < at);
    this.focusOn(next ?? (by > 0 ? this.querySelector("[data-match-end]") : pairs[0]));
  }

  undo() {
    const last = this.decided.pop();
    document.getElementById(last)?.querySelector("button[data-match-undo]")?.click();
  }

  settled() {
    const pair = this.all[this.place];
    if (!pair) return;
    this.say(pair);
    if (pair.dataset.pair === "open" || pair.querySelector("[role=alert]")) { this.focusOn(pair); return; }
    this.decided.push(pair.id);
    this.step(pair, 1);
  }

  say(pair) {
    const words = pair.querySelector(".pair-done span, .pair-name")?.textContent.replace(/\s+/g, " ").trim();
    const region = document.getElementById("messages");
    if (!words || !region) return;
    let place = region.querySelector(".spoken");
    if (!place) {
      place = document.createElement("div");
      place.className = "spoken visually-hidden";
      region.append(place);
    }
    place.textContent = words;
  }

  focusOn(element) {
    if (!element) return;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center", behavior: "instant" });
  }
}
customElements.define("match-review", MatchReview);
