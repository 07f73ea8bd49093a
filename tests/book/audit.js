// Chạy trong trang: gom những chỗ hỏng mà người đọc sẽ thấy.
const visible = (element) => {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
};
const describe = (element) =>
  `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ` +
  (element.textContent ?? "").trim().slice(0, 60);

const texts = function* (root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.trim()) yield walker.currentNode;
};
const inside = (node, selector) => node.parentElement.closest(selector) !== null;

const article = document.querySelector("article.bd-article") ?? document.querySelector("main");
const NOT_PROSE = "pre, code, script, style, mjx-container, .math";

// Chữ do công cụ sinh ra: mọi thứ ngoài bài, và những nhãn tự động trong bài.
const GENERATED =
  ".admonition-title .caption-number, .caption-number, .toggle-button, summary > span, " +
  ".viewcode-link, .viewcode-back, .field-list > dt, .sphinx-prompt, .versionmodified";
const chrome = [];
for (const node of texts(document.body)) {
  if (inside(node, "script, style, noscript, code, pre, mjx-container, kbd")) continue;
  if (!article?.contains(node) || inside(node, GENERATED)) chrome.push(node.data.trim());
}
for (const element of document.querySelectorAll("[title], [aria-label], [placeholder]")) {
  if (element.closest("mjx-container, a.reference, [data-live-figure]")) continue;
  for (const name of ["title", "aria-label", "placeholder", "data-bs-title", "data-tooltip"]) {
    const value = element.getAttribute(name);
    if (value) chrome.push(value);
  }
}

const rawMath = [];
for (const node of texts(article)) {
  if (!inside(node, NOT_PROSE) && /\$|\\[([]|\\[a-z]{2,}/.test(node.data)) rawMath.push(node.data);
}

// Cú pháp MyST còn nguyên trên trang: một khối mở hay đóng sai chỗ.
const leftovers = [];
for (const node of texts(article)) {
  if (inside(node, "dl.py, script, style")) continue;
  if (/(`{3,}|:::)\s*\{|\{[a-z:]+\}`|%%glue/.test(node.data)) leftovers.push(node.data.slice(0, 80));
}

const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);

// Độ tương phản theo WCAG 2: 4.5 với chữ thường, 3 với chữ lớn.
const channels = (color) => color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
const background = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const style = getComputedStyle(e);
    if (style.backgroundImage !== "none") return null;
    const [r, g, b, alpha = 1] = channels(style.backgroundColor);
    if (alpha === 1) return [r, g, b];
    if (alpha > 0) return null; // nền trong mờ: không kết luận
  }
  return [255, 255, 255];
};
const luminance = (rgb) => {
  const [r, g, b] = rgb.slice(0, 3).map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const lowContrast = new Set();
for (const node of texts(document.body)) {
  const element = node.parentElement;
  if (!visible(element) || inside(node, "script, style, noscript, svg, mjx-assistive-mml")) continue;
  const back = background(element);
  const style = getComputedStyle(element);
  const [r, g, b, alpha = 1] = channels(style.color);
  if (!back || alpha < 1) continue;
  const [dark, light] = [luminance([r, g, b]), luminance(back)].sort((x, y) => x - y);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < (large ? 3 : 4.5)) lowContrast.add(`${ratio.toFixed(2)} ${describe(element)}`);
}

const page = document.scrollingElement;
const images = [...document.images];
return {
  chrome,
  rawMath,
  leftovers,
  mathErrors: [...document.querySelectorAll("mjx-merror")].map(describe),
  mathMissing: [...document.querySelectorAll("article .math")]
    .filter((element) => !element.querySelector("mjx-container"))
    .map(describe),
  overflow: page.scrollWidth - page.clientWidth,
  brokenImages: images.filter((i) => i.complete && !i.naturalWidth).map((i) => i.src),
  imagesWithoutAlt: images.filter((i) => !i.alt?.trim()).map((i) => i.src.slice(0, 80)),
  sharedIds: [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))],
  lowContrast: [...lowContrast],
  mode: document.documentElement.dataset.theme,
  language: document.documentElement.lang,
};
