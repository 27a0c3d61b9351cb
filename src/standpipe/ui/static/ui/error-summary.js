// <error-summary tabindex="-1">: takes the focus when it arrives; its links focus the field that they name.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const target = link && document.getElementById(link.hash.slice(1));
      if (!target) return;
      event.preventDefault();
      const field = target.matches("input, select, textarea, button") ? target : target.querySelector("input, select, textarea");
      (field ?? target).focus();
    });
    this.focus();
  }
}
customElements.define("error-summary", ErrorSummary);
