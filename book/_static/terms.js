// Lời giải nghĩa của thuật ngữ: rê chuột lên, đưa con trỏ bàn phím tới hay chạm vào từ thì hiện.
"use strict";
{
  const SLOW = 150; // mili giây: đủ để chuột lướt qua mà không hiện, và để đi từ từ sang khung
  const GAP = 6; // điểm ảnh giữa từ và khung
  const folder = new URL(".", document.currentScript.src);
  const box = document.createElement("div");
  let shown = null; // từ đang hiện lời giải
  let timer = 0;
  let glosses;

  // Lời giải của mọi từ nằm trong một tệp, tải một lần, ở cử chỉ đầu tiên của người đọc.
  const load = () =>
    (glosses ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("glosses.js", folder);
      script.onload = () => resolve(window.glosses);
      script.onerror = reject;
      document.head.append(script);
    }));

  const place = () => {
    if (!shown) return;
    const word = shown.getClientRects()[0];
    const { width, height } = box.getBoundingClientRect();
    const right = document.documentElement.clientWidth - width - 2 * GAP;
    box.style.left = `${Math.max(2 * GAP, Math.min(word.left, right))}px`;
    const below = word.bottom + GAP;
    const fits = below + height < innerHeight || word.top < height + GAP;
    box.style.top = `${fits ? below : word.top - GAP - height}px`;
  };

  const hide = () => {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
  };

  const show = async (link) => {
    clearTimeout(timer);
    if (shown === link) return;
    hide();
    shown = link;
    const gloss = (await load())[decodeURIComponent(link.hash.slice(1))];
    if (shown !== link || !gloss) return;
    const [name, english, text] = gloss;
    const note = english ? ` (<i lang="en">${english}</i>)` : "";
    box.innerHTML = `<p><b>${name}</b>${note}</p><p>${text}</p>
      <p>Bấm vào từ để mở bảng thuật ngữ.</p>`;
    box.hidden = false;
    link.setAttribute("aria-describedby", box.id);
    place();
    if (text.includes("\\(") && window.MathJax?.typesetPromise) {
      await MathJax.typesetPromise([box]);
      place();
    }
  };

  const later = (action) => {
    clearTimeout(timer);
    timer = setTimeout(action, SLOW);
  };

  const listen = (link) => {
    let opens = false; // cú chạm này mở lời giải, chưa đi theo liên kết
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") later(() => show(link));
    });
    link.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") later(hide);
    });
    link.addEventListener("pointerdown", (event) => {
      opens = event.pointerType !== "mouse" && shown !== link;
    });
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", hide);
    link.addEventListener("click", (event) => {
      if (!opens) return;
      event.preventDefault();
      opens = false;
      show(link);
    });
  };

  const links = document.querySelectorAll("a.term-link");
  if (links.length) {
    box.id = "term-box";
    box.className = "term-box";
    box.setAttribute("role", "tooltip");
    box.hidden = true;
    (document.querySelector("main") ?? document.body).append(box);
    links.forEach(listen);
    box.addEventListener("pointerenter", () => clearTimeout(timer));
    box.addEventListener("pointerleave", () => later(hide));
    for (const gesture of ["pointerover", "keydown", "touchstart"])
      addEventListener(gesture, load, { once: true, passive: true });
    addEventListener("scroll", place, { passive: true });
    addEventListener("resize", place);
    addEventListener("keydown", (event) => event.key === "Escape" && hide());
    addEventListener("pointerdown", ({ target }) => {
      if (shown && !shown.contains(target) && !box.contains(target)) hide();
    });
  }
}
