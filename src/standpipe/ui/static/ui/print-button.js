// <print-button> around a button: opens the browser's print dialogue.
class PrintButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => print());
  }
}
customElements.define("print-button", PrintButton);
