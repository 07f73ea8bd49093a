// Công thức vừa với màn hình: hơi rộng thì thu nhỏ chữ, rộng quá thì cuộn trong khung (book.css).
"use strict";

const SMALLEST = 0.72; // thu nhỏ hơn nữa thì khó đọc

// Khung cuộn được thì phím Tab phải tới được, để phím mũi tên cuộn nó.
const letKeysScroll = (box) => {
  if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};

const fitDisplayMath = (math) => {
  math.dataset.size ??= parseFloat(math.style.fontSize); // phần trăm, do MathJax đặt
  math.style.fontSize = `${math.dataset.size}%`;
  const ratio = math.clientWidth / math.scrollWidth;
  const scale = ratio < 1 ? Math.max(SMALLEST, 0.99 * ratio) : 1;
  math.style.fontSize = `${math.dataset.size * scale}%`;
  letKeysScroll(math);
};

const markWideInlineMath = (math) => {
  math.classList.remove("wide");
  const block = math.closest("p, li, dd, td, th, figcaption, h1, h2, h3, h4, summary, div");
  if (math.offsetWidth > block.clientWidth) math.classList.add("wide");
  letKeysScroll(math);
};

const fitMath = () => {
  document.querySelectorAll('mjx-container[display="true"]').forEach(fitDisplayMath);
  document.querySelectorAll("mjx-container:not([display])").forEach(markWideInlineMath);
};

// Bảng, đoạn mã và kết quả rộng cũng vậy.
const SCROLLING = ".pst-scrollable-table-container, .table-scroll, div.cell_output, .output, pre";
const fitBoxes = () => document.querySelectorAll(SCROLLING).forEach(letKeysScroll);

window.addEventListener("load", () => {
  fitBoxes();
  window.addEventListener("resize", fitBoxes);
  if (!window.MathJax?.startup) return;
  window.MathJax.startup.promise.then(fitMath);
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
