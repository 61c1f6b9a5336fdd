// What is asked of a page that is open in a browser. Each check gives a list of what is wrong.

// Runs in the page, for the checks of colours: reading them, how far two are apart (WCAG 2.2, "contrast ratio"), and what is behind an element.
const COLOURS = () => {
  const parse = (text) => {
    const [red, green, blue, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return { parts: [red, green, blue], alpha };
  };
  const over = (top, below) => ({ ...below, parts: top.parts.map((part, i) => part * top.alpha + below.parts[i] * (1 - top.alpha)) });
  const light = ({ parts }) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(parts[0]) + 0.7152 * part(parts[1]) + 0.0722 * part(parts[2]);
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const grounds = new Map([[null, { parts: [255, 255, 255], alpha: 1, plain: true }]]);
  /* Not `plain`: something on the way is seen through, or a picture. */
  const ground = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element), below = ground(element.parentElement);
      const plain = below.plain && opacity === "1" && backgroundImage === "none";
      grounds.set(element, { ...over(parse(backgroundColor), below), plain });
    }
    return grounds.get(element);
  };
  return { parse, over, ratio, ground };
};

// Runs in the page: do meters and bars of charts stand out from what is beside them?
const BARS = ({ parse, ratio, ground }) => {
  const wrong = [];
  for (const meter of document.querySelectorAll(".meter")) {
    const { backgroundColor, borderTopColor } = getComputedStyle(meter), track = parse(backgroundColor);
    const name = meter.getAttribute("aria-label");
    const ask = (what, one, other) => {
      const is = ratio(parse(one), other);
      if (!(is >= 3)) wrong.push(`${name}: ${what} has contrast ${is.toFixed(2)}`);
    };
    ask("edge", borderTopColor, ground(meter.parentElement));
    for (const part of meter.querySelectorAll(".used, .held")) ask(part.classList[0], getComputedStyle(part).fill, track);
    for (const part of meter.querySelectorAll(".bonus")) ask("bonus", getComputedStyle(part).stroke, track);
  }
  for (const bar of document.querySelectorAll(".chart rect")) {
    const is = ratio(parse(getComputedStyle(bar).fill), ground(bar.parentElement));
    if (!(is >= 3)) wrong.push(`a bar of the chart has contrast ${is.toFixed(2)}`);
  }
  return [...new Set(wrong)];
};

// Runs in the page: does every text stand out from what is behind it, and every link among words from the words? With all its other rules
// axe is asked the same; this takes a small part of the time, so that it is asked in every look. What it cannot tell is wrong as well.
const CONTRAST = ({ parse, over, ratio, ground }) => {
  const wrong = new Set();
  const says = (one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()) ||
    one.matches("input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea");
  for (const one of document.querySelectorAll("body *")) {
    if (!says(one) || one.matches(":disabled, svg title, select *") || !one.checkVisibility({ visibilityProperty: true })) continue;
    const name = `<${one.localName}> "${one.textContent.trim().slice(0, 40)}"`;
    const style = getComputedStyle(one), behind = ground(one), size = parseFloat(style.fontSize);
    const text = over(parse(one.matches("svg *") ? style.fill : style.color), behind);
    const is = ratio(text, behind), least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (!(is >= least)) wrong.add(`${name} has contrast ${is.toFixed(2)} of ${least}`);
    if (!behind.plain) wrong.add(`${name} is seen through, or lies on a picture: its contrast is not known`);
    const among = one.matches("a[href]") && style.display === "inline" && says(one.parentElement);
    if (!among || style.textDecorationLine.includes("underline") || parseFloat(style.borderBottomWidth) > 0) continue;
    const apart = ratio(text, parse(getComputedStyle(one.parentElement).color));
    if (!(apart >= 3)) wrong.add(`${name} is told from the words around it by a contrast of ${apart.toFixed(2)} only`);
  }
  return [...wrong];
};

// Runs in the page: do the meters say what their words say?
const METERS = () => {
  const wrong = [];
  for (const meter of document.querySelectorAll("[role=meter]")) {
    const value = (name) => Number(meter.getAttribute(`aria-value${name}`));
    const text = meter.getAttribute("aria-valuetext") ?? "";
    const inWords = text.match(/^([\d,]+) of ([\d,]+) /)?.slice(1).map((figure) => Number(figure.replaceAll(",", "")));
    const name = meter.getAttribute("aria-label");
    if (!name) wrong.push("a meter without a name");
    if (!(value("min") <= value("now") && value("now") <= value("max") && value("min") < value("max")))
      wrong.push(`${name}: ${value("now")} is not within ${value("min")} to ${value("max")}`);
    if (!inWords || inWords[1] !== value("max") || Math.min(inWords[0], inWords[1]) !== value("now"))
      wrong.push(`${name}: "${text}" is not ${value("now")} of ${value("max")}`);
    const beside = meter.parentElement.textContent.replaceAll(/\s+/g, " ");
    if (!beside.includes(text.replace(/, [\d,]+ held$/, ""))) wrong.push(`${name}: "${text}" does not stand beside it`);
  }
  return wrong;
};

const TARGETS = () =>
  [...document.querySelectorAll("a, button, input, select, summary")]
    .filter((target) => target.checkVisibility() && !target.matches(".skip"))
    .map((target) => ({ target, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ target, box }) => `"${target.textContent.trim()}" is ${box.width.toFixed(0)} by ${box.height.toFixed(0)}`);

const WIDTH = () => {
  const page = document.documentElement;
  return page.scrollWidth > page.clientWidth ? [`${page.scrollWidth} px wide on ${page.clientWidth}`] : [];
};

// Runs in the page: what has the focus, and can it be seen?
const FOCUS = () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const within = box.left >= 0 && box.right <= innerWidth + 1 && box.width > 0;
  return { name: element.textContent.trim(), seen: seen && within, place: window.places.indexOf(element) };
};

// Runs in the page: which elements are seen; and where all of them stand.
const SHOWN = () => [...document.body.querySelectorAll("*")].map((one) => Number(one.checkVisibility({ visibilityProperty: true }))).join("");
const PLACES = () => [...document.documentElement.querySelectorAll("*")].map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left + scrollX, top + scrollY, width, height, one.scrollWidth > one.clientWidth, one.scrollHeight > one.clientHeight].map(Number).map(Math.round);
}).join(" ");

// Runs in the page: what stays of it without its words, figures and addresses, of what is alike in a row only the first.
const SKELETON = () => {
  const words = /^(value|href|src|action|content|datetime|title|alt|aria-label|aria-value\w+|data-th|[xyd]|[xy][12]|width|height|viewBox|stroke-\w+)$/;
  const said = ({ name, value }) => `${name}=${words.test(name) ? value.trim() !== "" : value}`;
  const bones = (element) => {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const inner = [...element.children].map(bones).filter((one, i, all) => one !== all[i - 1]);
    return `${element.tagName}[${[...element.attributes].map(said)}]${text ? "T" : ""}(${inner.join("")})`;
  };
  return bones(document.documentElement);
};

// All rules; and those of them that sizes decide. Those that colours decide are asked of axe with all others, and of CONTRAST in each look.
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const SIZES = ["target-size", "scrollable-region-focusable"];
const RULES = {
  all: { type: "tag", values: AXE_TAGS },
  sizes: { type: "rule", values: SIZES },
};

export const meters = (page) => page.evaluate(METERS);
export const width = (page) => page.evaluate(WIDTH);
export const shown = (page) => page.evaluate(SHOWN);
export const places = (page) => page.evaluate(PLACES);
export const skeleton = (page) => page.evaluate(SKELETON);

const AXE = async (runOnly) => {
  const options = { runOnly, resultTypes: ["violations"], iframes: false, preload: false };
  const found = await window.axe.run(document, options);
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
};

// `rules`: "all" or "sizes" of axe's, where it is loaded, or null; with width, targets and colours of texts, and the bars where they are
// asked for, in one go.
export const look = (page, rules, bars) => page.evaluate(`(async () => [${rules ? `...await (${AXE})(${JSON.stringify(RULES[rules])}),` : ""}
  ...(${WIDTH})(), ...(${TARGETS})(), ...(${CONTRAST})((${COLOURS})()), ...${bars ? `(${BARS})((${COLOURS})())` : "[]"}])()`);

// The keys go one after the other, but none waits for the one before to come back.
const sessions = new WeakMap();
const strokes = async (page, keys) => {
  if (!sessions.has(page)) sessions.set(page, page.context().newCDPSession(page));
  const session = await sessions.get(page);
  await Promise.all(keys.flatMap((key) => [
    session.send("Input.dispatchKeyEvent", { type: key.text ? "keyDown" : "rawKeyDown", ...key }),
    session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key, text: undefined }),
  ]));
};
const TAB = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9, nativeVirtualKeyCode: 9 };
const SHIFT = 8;
// `times`: below 0, backwards.
export const tab = (page, times) => strokes(page, Array(Math.abs(times)).fill({ ...TAB, modifiers: times < 0 ? SHIFT : 0 }));
export const type = (page, text) => strokes(page, [...text].map((letter) => ({ key: letter, text: letter, unmodifiedText: letter })));

// Runs in the page: what the tab key comes to, in this order. Of radio buttons with one name, the chosen one or the first is reached.
const REACHED = () =>
  [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']")]
    .filter((one) => one.checkVisibility())
    .filter((one, _, all) => one.type !== "radio" || one.checked || (!all.some((other) => other.name === one.name && other.checked) &&
      one === all.find((other) => other.name === one.name)));

// Runs in the page: how many times the tab key leads from where the focus is to an element; below 0: backwards.
const STOPS = new Function("target", `
  const behind = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  const between = (first, last) => (${REACHED})().filter((one) => behind(first, one) && behind(one, last)).length + 1;
  const at = document.activeElement;
  return at === target ? 0 : behind(at, target) ? between(at, target) : -between(target, at);
`);
export const stops = (target) => target.evaluate(STOPS);

// Every link, button and field, by the tab key alone, in the order of the document, each with a focus that can be seen.
export const keyboard = async (page) => {
  const expected = await page.evaluate(`(window.places = (${REACHED})()).length`);
  /* Each stop is looked at the moment that it is reached. */
  await page.evaluate(`window.stops = []; document.addEventListener("focusin", () => window.stops.push((${FOCUS})()))`);
  await tab(page, expected);
  const stops = await page.evaluate(() => window.stops);
  const unseen = stops.slice(0, expected).filter((stop) => !stop?.seen).map((stop) => `the focus on "${stop?.name}" cannot be seen`);
  const strayed = stops.slice(0, expected).find((stop, place) => stop && stop.place !== place);
  if (strayed) unseen.push(`the focus comes to "${strayed.name}" out of turn`);
  return stops.length < expected ? [...unseen, `the tab key ends after ${stops.length} of ${expected}`] : unseen;
};
