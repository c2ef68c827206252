// Text that is too faint, by the colours that it is written in and on: https://www.w3.org/TR/WCAG22/#contrast-minimum
// Axe asks for each line of a text what lies on what, which was half its time. Here nothing overlaps, and a ground is
// opaque or none at all; whatever else is told as well.
() => {
  const grounds = new Map(), found = new Map();
  const numbers = colour => colour.match(/[\d.]+/g).map(Number);
  const ground = element => {
    if (!grounds.has(element)) {
      const colour = element ? getComputedStyle(element).backgroundColor : "rgb(255, 255, 255)";
      grounds.set(element, numbers(colour)[3] === 0 ? ground(element.parentElement) : colour);
    }
    return grounds.get(element);
  };
  const luminance = colour => {
    const [red, green, blue, alpha] = numbers(colour);
    if (alpha !== undefined || !colour.startsWith("rgb")) return NaN;
    const linear = part => part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  for (const element of document.querySelectorAll("body *")) {
    const says = [...element.childNodes].some(each => each.nodeType === Node.TEXT_NODE && each.data.trim());
    if (!(says || element.matches("input, select, textarea")) || !element.checkVisibility() || element.closest(":disabled")) continue;
    const pair = `${getComputedStyle(element).color} on ${ground(element)}`;
    if (!found.has(pair)) found.set(pair, element.outerHTML.slice(0, 160));
  }
  const bright = [...found.keys()].map(pair => pair.split(" on ").map(luminance).sort((one, other) => one - other));
  return [...found].filter((_, at) => !((bright[at][1] + 0.05) / (bright[at][0] + 0.05) >= 4.5)).map(each => each.join(": "));
}
