// <live-remaining data-due="100.00" data-from="id_amount">: says in its <output> what stays due after the amount typed there.
// Whole cents, never floats; the words are those of payments/views.py:remaining_of.
const AMOUNT = /^\$?(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d{0,2})0*)?$/;

customElements.define("live-remaining", class extends HTMLElement {
  connectedCallback() {
    this.input = document.getElementById(this.dataset.from);
    this.input?.addEventListener("input", () => this.tell());
    this.tell();
  }

  tell() {
    const due = cents(this.dataset.due) ?? 0n;
    const rest = due - (cents(this.input?.value.replace(/\s/g, "") ?? "") ?? 0n);
    this.classList.toggle("remaining-too-much", rest < 0n);
    this.querySelector("output").textContent = rest < 0n ? `${words(-rest)} more than is due` : words(rest);
  }
});

function cents(text) {
  const found = AMOUNT.exec(text);
  if (!found || !(found[1] || found[2])) return null;
  return BigInt(found[1].replaceAll(",", "") || "0") * 100n + BigInt((found[2] ?? "").padEnd(2, "0") || "0");
}

function words(amount) {
  const whole = (amount / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${(amount % 100n).toString().padStart(2, "0")}`;
}
