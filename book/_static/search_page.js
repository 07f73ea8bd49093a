// Trang tìm kiếm: đọc câu hỏi, tải chỉ mục, rồi viết ra từng mục với đoạn trích đã tô.
"use strict";

(() => {
  const SHOWN = 15; // số mục hiện ra mỗi lần
  const AROUND = 110; // số chữ ở mỗi bên của chỗ khớp

  const root = document.documentElement.dataset.content_root;
  const box = (id) => document.getElementById(`search-${id}`);
  const element = (name, ...children) => {
    const node = document.createElement(name);
    node.append(...children);
    return node;
  };

  /** Chữ của `text` từ a đến b, những chỗ khớp nằm trong <mark>. */
  const marked = (text, spots, a, b) => {
    const pieces = [];
    let done = a;
    for (const [start, end] of spots) {
      if (start < done || end > b) continue;
      pieces.push(text.slice(done, start), element("mark", text.slice(start, end)));
      done = end;
    }
    return [...pieces, text.slice(done, b)];
  };

  /** Đoạn trích quanh nơi có nhiều từ của câu hỏi nhất. */
  const excerpt = (query, { fields: [, { words: text, folded }] }) => {
    const spots = SearchWords.spots(query, text, folded);
    const variety = ([start]) => {
      const near = spots.filter(([a]) => a >= start && a < start + 2 * AROUND);
      return new Set(near.map(([a, b]) => folded.slice(a, b))).size;
    };
    const richer = (best, spot) => (variety(spot) > variety(best) ? spot : best);
    const first = spots.length ? spots.reduce(richer) : [0, 0];
    const a = first[0] <= AROUND ? 0 : text.indexOf(" ", first[0] - AROUND) + 1;
    const stop = Math.max(first[1] + AROUND, a + 2 * AROUND);
    const b = stop >= text.length ? text.length : text.lastIndexOf(" ", stop);
    return element("p", a ? "… " : "", ...marked(text, spots, a, b), b < text.length ? " …" : "");
  };

  const result = ({ row, query }) => {
    const spots = SearchWords.spots(query, row.title);
    const link = element("a", ...marked(row.title, spots, 0, row.title.length));
    link.href = `${root}${row.url}?tim=${encodeURIComponent(query.text)}#${row.anchor}`;
    const path = [row.chapter, row.above].filter((name) => name && name !== row.title).join(" › ");
    return element("li", link, ...(path ? [element("small", path)] : []), excerpt(query, row));
  };

  const show = (asked, index) => {
    const { used, typos, complete, found } = SearchRank.search(asked, index);
    const quoted = typos.map((word) => `«${word}»`).join(", ");
    const mended = typos.length ? `Không thấy ${quoted}, đã tìm «${used}». ` : "";
    const many = SearchWords.split(asked).length > SearchWords.MOST_WORDS;
    const limit = many ? ` Chỉ ${SearchWords.MOST_WORDS} từ đầu của câu hỏi được dùng.` : "";
    const pages = new Set(found.map(({ row }) => row.url)).size;
    const sentence = !found.length
      ? `Không tìm thấy mục nào có «${used}».`
      : complete
        ? `Tìm thấy ${found.length} mục trong ${pages} trang.`
        : `Không mục nào có đủ các từ của «${used}». Dưới đây là ${found.length} mục gần nhất.`;
    box("advice").hidden = complete && found.length > 0;
    const add = () => {
      const next = found.splice(0, SHOWN).map(result);
      box("found").append(...next);
      box("more").hidden = !found.length;
      box("more").textContent = `Hiện thêm (còn ${found.length} mục)`;
      return next[0];
    };
    box("more").addEventListener("click", () => add().querySelector("a").focus());
    add();
    box("status").textContent = mended + sentence + limit;
  };

  const typed = new URLSearchParams(location.search).get("q") ?? "";
  const asked = typed.trim().slice(0, SearchWords.MOST_LETTERS);
  document.querySelectorAll('input[name="q"]').forEach((input) => (input.value = asked));
  document.querySelector(".bd-search-container input").focus(); // Tab một lần là tới kết quả đầu
  if (!asked) return;
  document.title = `${asked} – ${document.title}`;
  box("status").textContent = "Đang tìm…";
  const script = document.createElement("script"); // chỉ mục nặng: chỉ tải khi có câu hỏi
  script.src = `${root}searchindex.js`;
  script.onload = () => show(asked, SearchRank.read(SEARCH_INDEX));
  script.onerror = () => {
    box("status").textContent = "Không tải được chỉ mục. Hãy kiểm tra mạng rồi tải lại trang.";
  };
  document.head.append(script);
})();
