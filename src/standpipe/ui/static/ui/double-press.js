// A double click on a button sends its form once. Where a press makes something that is shown only once (a token, a link),
// the second answer would take the place of the first. What htmx sends is its own affair: it has stopped the event here.
const PAUSE = 1000; // milliseconds
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  const last = sent.get(event.target);
  if (last !== undefined && event.timeStamp - last < PAUSE) event.preventDefault();
  else sent.set(event.target, event.timeStamp);
});
