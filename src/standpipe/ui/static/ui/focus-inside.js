// <focus-inside>: what opens inside a page takes the focus, at its first field. Not by "autofocus": a browser refuses that,
// and says so in its console, where the address names a place in the page.
class FocusInside extends HTMLElement {
  connectedCallback() {
    // After htmx, which gives the focus to whatever has the id of what had it before.
    queueMicrotask(() => this.querySelector("input:not([type=hidden])")?.focus());
  }
}
customElements.define("focus-inside", FocusInside);
