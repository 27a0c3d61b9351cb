/* Colour contrast by axe, computed once for what looks alike: (settled keys) => {violations, settled keys}.
 *
 * What axe says of a text follows from what is painted there: the element's own look, those of all its ancestors, and
 * whatever else lies at that place. Two elements have one key when every computed value that bears on it is the same
 * on both and, one by one, on all their ancestors, no other painted box touches their text, and their text lies inside
 * every painted ancestor. Axe would say the same of both, so it is asked once. Computed values are what the cascade
 * has made of all selectors, attributes and the colour scheme: nothing is guessed from names or places.
 * An element without a key is asked about every time; a key is settled only by an answer that follows from the look. */
async (known) => {
  const LOOK = [
    "color", "opacity", "visibility", "display", "font-size", "font-weight", "text-indent", "text-shadow",
    "-webkit-text-fill-color", "-webkit-text-stroke-color", "-webkit-text-stroke-width", "paint-order",
    "background-color", "background-image", "background-clip", "background-size", "background-repeat",
    "background-blend-mode", "filter", "backdrop-filter", "mix-blend-mode", "isolation", "mask-image", "clip",
    "clip-path", "position", "z-index", "float", "transform", "translate", "rotate", "scale", "perspective",
    "will-change", "contain", "content-visibility", "overflow-x", "overflow-y",
  ];
  const FIELDS = "select, textarea, input:not([type=checkbox], [type=radio], [type=range], [type=color], [type=image])";
  const REPLACED = `input, select, textarea, button, progress, meter, img, svg, video, canvas, iframe, object, embed`;
  const MERE_MARKS = /^[\s.,:;!?()\/-]*$/; // axe judges no text of nothing else
  const SLACK = 1; // pixels: boxes end between them

  // Looks

  const hash = (text) => { // cyrb53
    let [one, two] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at += 1) {
      one = Math.imul(one ^ text.charCodeAt(at), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(at), 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
    two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36);
  };
  const isClear = (colour) => colour === "transparent" || /^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
  const valuesOf = (style) => LOOK.map((name) => style.getPropertyValue(name));
  const pseudoValues = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    return ["none", "normal"].includes(style.content) ? [] : [pseudo, ...valuesOf(style)];
  };

  const isCanvas = (element) => [document.body, document.documentElement].includes(element); // behind everything
  const isPainted = (element) => {
    const {backgroundColor, backgroundImage} = getComputedStyle(element);
    const isFilled = backgroundImage !== "none" || !isClear(backgroundColor);
    return !isCanvas(element) && (isFilled || element.matches(REPLACED));
  };
  const looks = new Map([[null, {key: "", painted: [], cutters: []}]]);
  const lookOf = (element) => {
    if (looks.has(element)) return looks.get(element);
    const above = lookOf(element.parentElement);
    const style = getComputedStyle(element);
    const values = [...valuesOf(style), ...pseudoValues(element, "::before"), ...pseudoValues(element, "::after")];
    const cutters = ["absolute", "fixed"].includes(style.position) ? [] : above.cutters; // those leave their ancestors
    const look = {
      key: hash(`${above.key} ${values.join("|")}`),
      painted: isPainted(element) ? [...above.painted, element] : above.painted,
      cutters: ["hidden", "clip"].includes(style.overflowX) && !isCanvas(element) ? [...cutters, element] : cutters,
      isHidden: above.isHidden || style.clipPath === "inset(50%)" || style.clip === "rect(0px, 0px, 0px, 0px)",
    };
    looks.set(element, look);
    return look;
  };

  // Places

  const isThere = (element) => element.checkVisibility({visibilityProperty: true}); // not so in closed <details>
  const textBoxes = (element) => {
    if (element.matches(FIELDS)) return [contentBox(element)];
    const range = document.createRange();
    const boxesOf = (text) => (range.selectNodeContents(text), [...range.getClientRects()]);
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const isText = texts.some((text) => !MERE_MARKS.test(text.data));
    return isText ? texts.flatMap(boxesOf) : [];
  };
  const contentBox = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const [top, right, bottom, left] = ["Top", "Right", "Bottom", "Left"].map((side) => parseFloat(style[`padding${side}`]));
    return {left: box.left + left, right: box.right - right, top: box.top + top, bottom: box.bottom - bottom};
  };
  const cut = (box, by) => ({
    left: Math.max(box.left, by.left), right: Math.min(box.right, by.right),
    top: Math.max(box.top, by.top), bottom: Math.min(box.bottom, by.bottom),
  });
  const isOnPage = ({left, right, top, bottom}) =>
    right > left && bottom > top && right + scrollX > 0 && bottom + scrollY > 0;
  const seenBoxes = (element) => {
    const boxes = isThere(element) ? textBoxes(element) : [];
    if (!boxes.length || lookOf(element).isHidden) return [];
    const frames = lookOf(element).cutters.map((cutter) => cutter.getBoundingClientRect());
    return boxes.map((box) => frames.reduce(cut, box)).filter(isOnPage);
  };
  const isWithin = (slack, one, other) =>
    one.left > other.left - slack && one.right < other.right + slack &&
    one.top > other.top - slack && one.bottom < other.bottom + slack;
  const touch = (one, other) =>
    one.left < other.right - SLACK && other.left < one.right - SLACK &&
    one.top < other.bottom - SLACK && other.top < one.bottom - SLACK;

  const elements = [...document.body.querySelectorAll("*")];
  if (elements.some((element) => element.shadowRoot || element.matches("iframe, frame")))
    throw new Error("Nobody would judge the contrast inside of shadow trees and frames: contrast.js must look there.");
  const boxes = new Map(
    elements
      .filter((element) => isPainted(element) && isThere(element))
      .map((element) => [element, element.getBoundingClientRect()])
  );
  const keyOf = (element, texts) => {
    const {key, painted} = lookOf(element);
    const isInside = painted.every((box) => boxes.has(box) && texts.every((text) => isWithin(SLACK, text, boxes.get(box))));
    const isTouched = () =>
      [...boxes].some(([other, box]) => !other.contains(element) && texts.some((text) => touch(text, box)));
    return isInside && !isTouched() ? key : null;
  };

  // Axe

  const followsFromLook = ({any: [{data}]}) =>
    Number.isFinite(data?.contrastRatio) && data.contrastRatio > 0 || ["bgGradient", "bgImage"].includes(data?.messageKey);
  const ask = async (asked) => {
    const keys = new Map(asked.map(({element, key}) => [element, key]));
    const types = ["violations", "passes", "incomplete"];
    const options = {runOnly: ["color-contrast"], resultTypes: types, elementRef: true};
    const results = await axe.run({include: [...keys.keys()]}, options);
    const nodes = [...results.passes, ...results.incomplete].flatMap((result) => result.nodes);
    const answered = nodes.filter(followsFromLook).map(({element}) => keys.get(element));
    return {violations: results.violations, answered: answered.filter(Boolean)};
  };

  const settled = new Set(known);
  const violations = [];
  let waiting = elements
    .map((element) => ({element, texts: seenBoxes(element)}))
    .filter(({texts}) => texts.length)
    .map(({element, texts}) => ({element, key: keyOf(element, texts)}))
    .filter(({key}) => !settled.has(key));
  while (waiting.length) {
    const seen = new Set();
    const isFirst = ({key}) => key === null || (!seen.has(key) && seen.add(key));
    const first = new Set(waiting.filter(isFirst));
    const said = await ask([...first]);
    violations.push(...said.violations);
    said.answered.forEach((key) => settled.add(key));
    // Where the first of a look has no answer for its fellows, each is asked itself.
    waiting = waiting.filter((each) => !first.has(each) && !settled.has(each.key)).map((each) => ({...each, key: null}));
  }
  for (const {nodes} of violations) for (const node of nodes) delete node.element;
  return {violations, settled: [...settled]};
}
