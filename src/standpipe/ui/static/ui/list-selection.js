// <list-selection data-total="312" data-elsewhere="0">: ticking rows of a list. data-elsewhere: ticked on other pages.
//
//   input[data-select-page]        ticks every row on this page
//   input[data-select]             one row; Shift ticks all rows in between
//   input[data-select-everything]  all that match the filters, on every page: the rows then send no ids of their own
//   [data-selected-count]          says how many ("50 selected")
//   button[data-needs-selection]   can be pressed only when something is ticked
//
// Without JavaScript the boxes are sent as they stand and the server says when nothing was ticked.
class ListSelection extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => this.changed(event.target));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("htmx:afterSettle", () => this.show());
    // A browser that comes back to the page may tick boxes again after this element was made.
    this.shown = () => this.show();
    addEventListener("pageshow", this.shown);
    this.show();
  }

  disconnectedCallback() { removeEventListener("pageshow", this.shown); }

  get rows() { return [...this.querySelectorAll("input[data-select]")]; }
  get whole() { return this.querySelector("input[data-select-page]"); }
  get everything() { return this.querySelector("input[data-select-everything]"); }

  changed(box) {
    if (box === this.whole) {
      if (this.everything && !box.checked) this.everything.checked = false;
      for (const row of this.choosable()) row.checked = box.checked;
    } else if (box === this.everything) {
      for (const row of this.choosable()) row.checked = box.checked;
    }
    this.show();
  }

  // Rows marked data-select="single" are ticked one by one only: what "all" leaves out.
  choosable() { return this.rows.filter((row) => row.dataset.select !== "single"); }

  clicked(event) {
    const box = event.target;
    if (!box.matches?.("input[data-select]")) return;
    const rows = this.rows;
    if (event.shiftKey && this.last && rows.includes(this.last)) {
      const [from, to] = [rows.indexOf(this.last), rows.indexOf(box)].sort((a, b) => a - b);
      for (const row of rows.slice(from, to + 1)) row.checked = box.checked;
      this.show();
    }
    this.last = box;
  }

  show() {
    const all = this.everything?.checked ?? false;
    const rows = this.rows;
    for (const row of rows) row.disabled = all;
    const ticked = rows.filter((row) => row.checked).length;
    const count = all ? Number(this.dataset.total) : ticked + Number(this.dataset.elsewhere || 0);
    for (const place of this.querySelectorAll("[data-selected-count]")) {
      const words = `${count.toLocaleString("en-US")} selected`;
      if (place.textContent !== words) place.textContent = words;
    }
    for (const button of this.querySelectorAll("button[data-needs-selection]")) button.disabled = count === 0;
    if (this.whole) {
      const choosable = this.choosable();
      this.whole.checked = choosable.length > 0 && choosable.every((row) => row.checked);
      this.whole.indeterminate = !this.whole.checked && ticked > 0;
    }
    this.toggleAttribute("data-any", count > 0);
  }
}
customElements.define("list-selection", ListSelection);
