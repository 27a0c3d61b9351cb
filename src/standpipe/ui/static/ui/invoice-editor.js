// <invoice-editor> around the form of an invoice: lines are added, moved and removed without loading the page, and what
// follows from a change (amounts, the due date, the totals) is asked of the server, which alone does the sums.
//
// Answers come one after another, and fill only inputs that nobody has touched since the question was put.
class InvoiceEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.rows = this.querySelector(".line-rows");
    this.blank = this.querySelector("template[data-line-template]");
    this.next = Math.max(-1, ...[...this.rows.children].map((row) => Number(row.dataset.row))) + 1;
    this.asked = Promise.resolve();
    this.addEventListener("change", (event) => this.ask(event.target.name));
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-line-act]");
      if (!button) return;
      event.preventDefault();
      this.act(button);
    });
  }

  act(button) {
    const [what] = button.value.split("-");
    const row = button.closest(".line-row");
    if (what === "add") {
      this.add().querySelector("input:not([type=hidden])").focus();
    } else if (what === "remove") {
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (near ?? this.add()).querySelector("input:not([type=hidden])").focus();
      this.ask("row");
    } else {
      if (what === "up") row.previousElementSibling?.before(row);
      else row.nextElementSibling?.after(row);
      button.focus();
      this.ask("row");
    }
    this.number();
  }

  add() {
    const row = this.blank.content.firstElementChild.cloneNode(true);
    for (const part of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of part.attributes) attribute.value = attribute.value.replace("ROW", String(this.next));
    }
    this.next += 1;
    this.rows.append(row);
    this.number();
    return row;
  }

  number() {
    [...this.rows.children].forEach((row, index) => {
      for (const words of row.querySelectorAll("[data-line-words]")) words.textContent = words.dataset.lineWords.replace("#", String(index + 1));
    });
  }

  ask(name) {
    if (!name || ["number", "memo", "contact"].includes(name)) return;
    this.asked = this.asked.then(() => this.recount(name)).catch(() => {});
  }

  async recount(name) {
    const sent = new FormData(this.form);
    sent.set("changed", name);
    const response = await fetch(location.href, { method: "POST", body: sent });
    if (!response.ok) return; // the next change asks again, and saving counts everything
    const { values, sums } = await response.json();
    for (const [key, value] of Object.entries(values)) {
      const input = this.form.elements[key];
      if (input && input.value === (sent.get(key) ?? "").replaceAll("\r\n", "\n")) input.value = value;
    }
    for (const [key, label, amount] of sums) {
      this.write(`[data-sum-label="${key}"]`, label);
      this.write(`[data-sum="${key}"]`, amount);
    }
  }

  write(selector, words) {
    const place = this.querySelector(selector);
    if (place && place.textContent !== words) place.textContent = words;
  }
}
customElements.define("invoice-editor", InvoiceEditor);
