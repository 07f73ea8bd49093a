// Chuẩn bị một trang đã vẽ xong công thức, đang ở chế độ in, để in thành PDF.
// Nhận: các trang có trong tệp PDF, số trang đứng trước, tên ở đầu trang (trống: tên chương).
// Trả: tiêu đề các mục, chỗ còn tràn lề, chỗ hỏng.
const [pages, before, name] = arguments;
const article = document.querySelector("article.bd-article");

document.documentElement.dataset.theme = "light";
document.querySelectorAll("details").forEach((details) => (details.open = true));

// Mã định danh của mục nằm ngay ở tiêu đề: mục có thể bắt đầu ở cuối tờ trước, tiêu đề thì không.
for (const section of article.querySelectorAll("section[id]")) {
  const heading = section.querySelector(":scope > :is(h1, h2, h3, h4)");
  if (!heading) continue;
  for (const span of section.querySelectorAll(":scope > span[id]:empty")) heading.prepend(span);
  heading.id = section.id;
  section.removeAttribute("id");
}

// Tiêu đề: chữ thường, công thức thành chữ Unicode; bản HTML giữ công thức dưới dạng MathML.
const missing = [];
const mathml = (math) => {
  const found = math.querySelector("mjx-assistive-mml math");
  if (!found) missing.push("công thức trong tiêu đề không có bản MathML");
  return found?.outerHTML ?? "";
};
const headings = [...article.querySelectorAll("h1, h2, h3")].map((element) => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("a.headerlink").forEach((link) => link.remove());
  copy.querySelectorAll("mjx-container").forEach((math) => {
    const box = document.createElement("span");
    box.innerHTML = mathml(math);
    math.replaceWith(...box.childNodes);
  });
  copy.querySelectorAll("a, span:not(.section-number), code").forEach((node) =>
    node.replaceWith(...node.childNodes),
  );
  return {
    level: Number(element.tagName[1]),
    id: element.id,
    text: copy.textContent.replace(/\s+/g, " ").trim(),
    html: copy.innerHTML,
  };
});

// Đếm trang tiếp theo trang trước, và đầu trang mang tên chương.
const style = document.createElement("style");
style.textContent = `
  html { counter-reset: page ${before}; }
  @page { @top-right { content: ${JSON.stringify(name || headings[0].text)}; font: italic 9pt
    "Gentium Book Plus", "Charis SIL", Georgia, "DejaVu Serif", serif; } }
  @page :first { @top-right { content: none; } }`;
document.head.append(style);

// Liên kết đến trang không nằm trong tệp thì chỉ còn chữ.
for (const link of article.querySelectorAll("a[href]")) {
  if (link.origin !== location.origin) continue;
  const page = decodeURIComponent(link.pathname).replace(/^\/|\.html$/g, "");
  const here = `${link.pathname}${link.search}` === `${location.pathname}${location.search}`;
  const id = decodeURIComponent(link.hash.slice(1));
  if (here && id && !document.getElementById(id)) missing.push(link.href);
  if (!pages.includes(page)) link.replaceWith(...link.childNodes);
}

// Chromium chỉ ghi đích cho mã định danh có liên kết trỏ tới ngay trong trang.
const targets = document.createElement("nav");
targets.style.display = "none";
for (const element of article.querySelectorAll("[id]")) {
  if (element.closest("mjx-container, svg")) continue;
  const link = document.createElement("a");
  link.href = `#${encodeURIComponent(element.id)}`;
  targets.append(link);
}
article.append(targets);

// Hộp và đoạn mã ngắn không bị cắt đôi; dài hơn thì cắt, để trang trước khỏi trống.
const boxes = [...article.querySelectorAll("div.admonition, pre, table")];
for (const box of boxes.filter((box) => box.offsetHeight < 260)) box.classList.add("keep");

// Công thức và bảng rộng hơn chỗ của nó thì thu nhỏ chữ cho vừa, nhưng không nhỏ đến mức khó đọc.
const SMALLEST = 8; // điểm ảnh CSS, tức 6 pt
const shrink = (element, width, room) => {
  const size = parseFloat(element.style.fontSize) || 100;
  element.style.fontSize = `${(size * 0.985 * room) / width}%`;
};
const overflowing = [];
// Mỗi lượt đo hết rồi mới sửa: đo xen kẽ với sửa thì mỗi công thức bắt bày lại cả trang.
const BLOCK = "p, li, dd, td, th, figcaption, h1, h2, h3, h4, div";
let wide = [...article.querySelectorAll("mjx-container")];
for (const math of wide) if (math.dataset.size) math.style.fontSize = `${math.dataset.size}%`;
for (let tries = 0; tries < 3 && wide.length; tries++) {
  const sizes = wide.map((math) => {
    const display = math.getAttribute("display") === "true";
    const room = (display ? math : math.closest(BLOCK)).clientWidth;
    const inner = math.firstElementChild.offsetWidth;
    return [math, display ? Math.max(math.scrollWidth, inner) : math.offsetWidth, room];
  });
  const over = sizes.filter(([, width, room]) => width > room + 1);
  for (const [math, width, room] of over) shrink(math, width, room);
  wide = over.map(([math]) => math);
}
for (const table of article.querySelectorAll("table")) {
  for (let tries = 0; tries < 4 && table.offsetWidth > table.parentElement.clientWidth + 1; tries++) {
    const size = parseFloat(getComputedStyle(table).fontSize);
    table.style.fontSize = `${(size * 0.97 * table.parentElement.clientWidth) / table.offsetWidth}px`;
  }
}
for (const element of article.querySelectorAll('mjx-container[display="true"], table')) {
  if (element.offsetWidth && parseFloat(getComputedStyle(element).fontSize) < SMALLEST) {
    overflowing.push(`chữ quá nhỏ, ${element.tagName}: ${element.textContent.slice(0, 60)}`);
  }
}
const edge = article.getBoundingClientRect().right + 1;
for (const element of article.querySelectorAll("mjx-container, table, pre, img, p, li")) {
  if (element.offsetWidth && element.getBoundingClientRect().right > edge) {
    overflowing.push(`${element.tagName}: ${element.textContent.slice(0, 60)}`);
  }
}

return { headings, overflowing, missing };
