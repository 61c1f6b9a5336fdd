// What is asked of a page that is open in a browser. Each check gives a list of what is wrong.

// Runs in the page: how far apart two colours are (WCAG 2.2, "contrast ratio").
const BARS = () => {
  const parse = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([red, green, blue]) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const ratio = (one, other) => {
    const [low, high] = [light(parse(one)), light(parse(other))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const wrong = [];
  for (const meter of document.querySelectorAll(".meter")) {
    const track = getComputedStyle(meter).backgroundColor;
    const name = meter.getAttribute("aria-label");
    const ask = (what, one, other) => {
      const is = ratio(one, other);
      if (!(is >= 3)) wrong.push(`${name}: ${what} has contrast ${is.toFixed(2)}`);
    };
    ask("edge", getComputedStyle(meter).borderTopColor, ground(meter.parentElement));
    for (const part of meter.querySelectorAll(".used, .held")) ask(part.classList[0], getComputedStyle(part).fill, track);
    for (const part of meter.querySelectorAll(".bonus")) ask("bonus", getComputedStyle(part).stroke, track);
  }
  for (const bar of document.querySelectorAll(".chart rect")) {
    const is = ratio(getComputedStyle(bar).fill, ground(bar.parentElement));
    if (!(is >= 3)) wrong.push(`a bar of the chart has contrast ${is.toFixed(2)}`);
  }
  return [...new Set(wrong)];
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

// All rules; and those of them that colours decide, and that sizes decide: the others see the same document in every look.
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const COLOURS = ["color-contrast", "link-in-text-block"];
const SIZES = ["target-size", "scrollable-region-focusable"];
const RULES = {
  all: { type: "tag", values: AXE_TAGS },
  colours: { type: "rule", values: COLOURS },
  sizes: { type: "rule", values: SIZES },
};

export const bars = (page) => page.evaluate(BARS);
export const meters = (page) => page.evaluate(METERS);
export const targets = (page) => page.evaluate(TARGETS);
export const width = (page) => page.evaluate(WIDTH);

const AXE = async (runOnly) => {
  const found = await window.axe.run(document, { runOnly, resultTypes: ["violations"], iframes: false, preload: false });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
};

// `rules`: "all", "colours", "sizes".
export const axe = (page, rules) => page.evaluate(AXE, RULES[rules]);

// The same with width and targets, and the bars where they are asked for, in one go.
export const look = (page, rules, bars) =>
  page.evaluate(`(async () => [...await (${AXE})(${JSON.stringify(RULES[rules])}), ...(${WIDTH})(), ...(${TARGETS})(), ...${bars ? `(${BARS})()` : "[]"}])()`);

// Every link, button and field, by the tab key alone, in the order of the document, each with a focus that can be seen.
export const keyboard = async (page) => {
  const expected = await page.evaluate(
    () =>
      (window.places = [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea, [tabindex='0']")]
        .filter((one) => one.checkVisibility())
        /* Of radio buttons with one name, the chosen one or the first is reached. */
        .filter((one, _, all) => one.type !== "radio" || one.checked || (!all.some((other) => other.name === one.name && other.checked) &&
          one === all.find((other) => other.name === one.name)))).length,
  );
  /* Each stop is looked at the moment that it is reached. */
  await page.evaluate(`window.stops = []; document.addEventListener("focusin", () => window.stops.push((${FOCUS})()))`);
  for (let step = 0; step < expected; step++) await page.keyboard.press("Tab");
  const stops = await page.evaluate(() => window.stops);
  const unseen = stops.slice(0, expected).filter((stop) => !stop?.seen).map((stop) => `the focus on "${stop?.name}" cannot be seen`);
  const strayed = stops.slice(0, expected).find((stop, place) => stop && stop.place !== place);
  if (strayed) unseen.push(`the focus comes to "${strayed.name}" out of turn`);
  return stops.length < expected ? [...unseen, `the tab key ends after ${stops.length} of ${expected}`] : unseen;
};
