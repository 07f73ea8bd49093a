// Công thức trong dòng dài hơn khối chứa nó được đánh dấu để book.css cho nó cuộn riêng.
"use strict";

const markWideMath = () => {
  for (const math of document.querySelectorAll("mjx-container:not([display])")) {
    math.classList.remove("wide");
    const block = math.closest("p, li, dd, td, th, figcaption, h1, h2, h3, h4, summary, div");
    if (block && math.offsetWidth > block.clientWidth) math.classList.add("wide");
  }
};

window.addEventListener("load", () => {
  if (!window.MathJax?.startup) return;
  window.MathJax.startup.promise.then(markWideMath);
  window.addEventListener("resize", markWideMath);
});
