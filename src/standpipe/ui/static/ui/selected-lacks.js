// <selected-lacks data-words='{"no_phone": "no phone"}'> inside a <list-selection>: what the ticked rows lack.
// Each box names it: <input data-select data-lacks="no_phone no_email">. Says nothing while nothing is lacking.
class SelectedLacks extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("list-selection");
    this.list?.addEventListener("change", () => this.show());
    this.show();
  }

  show() {
    const words = JSON.parse(this.dataset.words);
    const ticked = [...this.list.querySelectorAll("input[data-select]:checked:enabled")];
    const parts = Object.entries(words).flatMap(([code, word]) => {
      const count = ticked.filter((box) => box.dataset.lacks.split(" ").includes(code)).length;
      return count ? [`${count} with ${word}`] : [];
    });
    this.textContent = parts.join(", ");
  }
}
customElements.define("selected-lacks", SelectedLacks);
