// All behaviour of the pages: small custom elements, each in its own file. Everything works without them.
import "./copy-text.js";
import "./double-press.js";
import "./error-summary.js";
import "./focus-inside.js";
import "./invoice-editor.js";
import "./list-selection.js";
import "./live-remaining.js";
import "./match-review.js";
import "./menus.js";
import "./print-button.js";
import "./request-failures.js";
import "./selected-lacks.js";
import "./spoken-counts.js";
