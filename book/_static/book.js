// Công thức vừa với màn hình: hơi rộng thì thu nhỏ chữ, rộng quá thì cuộn trong khung (book.css).
"use strict";

const SMALLEST = 0.72; // thu nhỏ hơn nữa thì khó đọc

// Đo hết rồi mới sửa: đo xen kẽ với sửa thì mỗi công thức bắt trình duyệt bày lại cả trang.

// Khung cuộn được thì phím Tab phải tới được, để phím mũi tên cuộn nó.
const letKeysScroll = (boxes) => {
  const scrolls = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);
  boxes.forEach((box, i) => {
    if (scrolls[i]) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
};

// Bề rộng của chính công thức, dù khung của nó rộng hẹp thế nào.
const widthOf = (math) => math.firstElementChild.offsetWidth;

const fitDisplayMath = (all) => {
  const scales = all.map((math) => {
    math.dataset.size ??= parseFloat(math.style.fontSize); // phần trăm, do MathJax đặt
    const scale = parseFloat(math.style.fontSize) / math.dataset.size;
    const ratio = math.clientWidth / (widthOf(math) / scale);
    return ratio < 1 ? Math.max(SMALLEST, 0.99 * ratio) : 1;
  });
  all.forEach((math, i) => (math.style.fontSize = `${math.dataset.size * scales[i]}%`));
};

const BLOCK = "p, li, dd, td, th, figcaption, h1, h2, h3, h4, summary, div";
const markWideInlineMath = (all) => {
  const wide = all.map((math) => widthOf(math) > math.closest(BLOCK).clientWidth);
  all.forEach((math, i) => math.classList.toggle("wide", wide[i]));
};

const fitMath = () => {
  const all = [...document.querySelectorAll("mjx-container")];
  const inline = all.filter((math) => !math.hasAttribute("display"));
  fitDisplayMath(all.filter((math) => math.hasAttribute("display")));
  markWideInlineMath(inline);
  // Chỉ khung cuộn được mới là một lần dừng của Tab, chứ không phải mọi công thức.
  letKeysScroll(all.filter((math) => math.hasAttribute("display") || math.matches(".wide")));
  for (const math of inline) if (!math.matches(".wide")) math.removeAttribute("tabindex");
};

// Bảng, đoạn mã và kết quả rộng cũng vậy.
const SCROLLING = ".pst-scrollable-table-container, .table-scroll, div.cell_output, .output, pre";
const fitBoxes = () => letKeysScroll([...document.querySelectorAll(SCROLLING)]);

window.addEventListener("load", () => {
  fitBoxes();
  window.addEventListener("resize", fitBoxes);
  if (!window.MathJax?.startup) return;
  // Phông của công thức tới sau lần đo đầu, và đổi bề rộng của nó.
  window.MathJax.startup.promise.then(fitMath).then(() => document.fonts.ready).then(fitMath);
  window.addEventListener("resize", fitMath);
  // Lời giải vừa mở ra mới có bề rộng để đo.
  document.addEventListener("click", (event) => {
    if (event.target.closest(".toggle-button, summary, .admonition-title")) setTimeout(fitMath);
  });
});

// Giấy trắng: bản in luôn ở chế độ sáng, in xong thì trở lại chế độ đang đọc.
{
  const root = document.documentElement;
  let theme = root.dataset.theme;
  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = theme;
  });
}
