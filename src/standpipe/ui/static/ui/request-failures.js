// What htmx could not get is said in the page's live region, with what to do. Nothing is lost: the page stands as it was.
const say = (text) => {
  const region = document.getElementById("messages");
  if (!region) return;
  const box = document.createElement("div");
  box.className = "flash flash-error";
  const words = document.createElement("div");
  words.textContent = text;
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = "Load the page again";
  words.append(" ", again);
  box.append(words);
  region.replaceChildren(box);
};

document.addEventListener("htmx:sendError", () => say("Standpipe cannot be reached. Check the network."));
document.addEventListener("htmx:timeout", () => say("Standpipe did not answer in time."));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(status >= 500 ? "Something went wrong in Standpipe. Nothing on this page was changed." : "This is no longer here, or your role does not include it.");
});
