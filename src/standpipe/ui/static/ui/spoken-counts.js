// After a search or a filter the page's live region says how many rows there are now (.list-summary), or that there are none.
document.addEventListener("htmx:afterSettle", (event) => {
  const words = event.target.querySelector?.(".list-summary, .empty-state-title")?.textContent.trim();
  const region = document.getElementById("messages");
  if (!words || !region) return;
  let place = region.querySelector(".spoken");
  if (!place) {
    place = document.createElement("div");
    place.className = "spoken visually-hidden";
    region.append(place);
  }
  if (place.textContent !== words) place.textContent = words;
});
