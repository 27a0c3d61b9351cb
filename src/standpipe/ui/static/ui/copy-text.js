// <copy-text><input readonly><button>Copy</button></copy-text>: the button copies the input's value and says so.
class CopyText extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.copy(button);
    });
  }

  async copy(button) {
    const input = this.querySelector("input, textarea, output");
    const text = input.value ?? input.textContent;
    const words = button.lastChild;
    this.words ??= words.textContent;
    try {
      await navigator.clipboard.writeText(text);
      words.textContent = "Copied";
    } catch {
      // No permission, or a page over plain HTTP: select it, so that Ctrl+C does it.
      input.select?.();
      words.textContent = "Press Ctrl+C";
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { words.textContent = this.words; }, 4000);
  }
}
customElements.define("copy-text", CopyText);
