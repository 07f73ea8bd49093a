// Công thức vừa với màn hình: hơi rộng thì thu nhỏ chữ, rộng quá thì cuộn trong khung (book.css).
"use strict";

const SMALLEST = 0.72; // thu nhỏ hơn nữa thì khó đọc

const fitDisplayMath = (math) => {
  math.dataset.size ??= parseFloat(math.style.fontSize); // phần trăm, do MathJax đặt
  math.style.fontSize = `${math.dataset.size}%`;
  const ratio = math.clientWidth / math.scrollWidth;
  const scale = ratio < 1 ? Math.max(SMALLEST, 0.99 * ratio) : 1;
  math.style.fontSize = `${math.dataset.size * scale}%`;
};

const markWideInlineMath = (math) => {
  math.classList.remove("wide");
  const block = math.closest("p, li, dd, td, th, figcaption, h1, h2, h3, h4, summary, div");
  if (math.offsetWidth > block.clientWidth) math.classList.add("wide");
};

const fitMath = () => {
  document.querySelectorAll('mjx-container[display="true"]').forEach(fitDisplayMath);
  document.querySelectorAll("mjx-container:not([display])").forEach(markWideInlineMath);
};

window.addEventListener("load", () => {
  if (!window.MathJax?.startup) return;
  window.MathJax.startup.promise.then(fitMath);
  window.addEventListener("resize", fitMath);
  // Lời giải vừa mở ra mới có bề rộng để đo.
  document.addEventListener("click", (event) => {
    if (event.target.closest(".toggle-button, summary, .admonition-title")) setTimeout(fitMath);
  });
});
