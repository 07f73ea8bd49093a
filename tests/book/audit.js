// Chạy trong trang: gom những chỗ hỏng mà người đọc sẽ thấy.
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
  if (inside(node, "dl.py, script, style, :not(pre) > code")) continue;
  if (/(`{3,}|:::)\s*\{|\{[a-z:]+\}`|%%glue/.test(node.data)) leftovers.push(node.data.slice(0, 80));
}

// Chữ bị cắt: khung giấu phần thừa mà chữ bên trong dài hơn khung, không cuộn được tới.
const clipped = [];
for (const element of document.body.querySelectorAll("*:not(mjx-container *, svg *)")) {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = element;
  const [wide, high] = [scrollWidth > clientWidth + 1, scrollHeight > clientHeight + 1];
  if ((!wide && !high) || clientWidth < 2 || clientHeight < 2) continue;
  if (element.closest(".math, svg, .toggle-hidden")) continue; // cuộn được, hay đang gập lại
  const { overflowX, overflowY } = getComputedStyle(element);
  const hides = (overflow) => overflow === "hidden" || overflow === "clip";
  if (!(wide && hides(overflowX)) && !(high && hides(overflowY))) continue;
  if (element.innerText?.trim() && element.checkVisibility({ visibilityProperty: true })) {
    clipped.push(describe(element));
  }
}

// Tab dừng ở công thức khi và chỉ khi công thức cuộn được.
const scrolls = (math) =>
  getComputedStyle(math).overflowX === "auto" && math.scrollWidth > math.clientWidth + 1;
const tabStops = [...document.querySelectorAll("mjx-container")]
  .filter((math) => math.checkVisibility({ visibilityProperty: true }))
  .filter((math) => (math.tabIndex === 0) !== scrolls(math))
  .map(describe);

const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);

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
  clipped,
  tabStops,
  brokenImages: images.filter((i) => i.complete && !i.naturalWidth).map((i) => i.src),
  imagesWithoutAlt: images.filter((i) => !i.alt?.trim()).map((i) => i.src.slice(0, 80)),
  sharedIds: [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))],
  mode: document.documentElement.dataset.theme,
  language: document.documentElement.lang,
};
