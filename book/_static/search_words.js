// Từ trong câu hỏi và chỗ khớp của chúng: trang tìm kiếm dùng để xếp hạng, mọi trang dùng để tô.
"use strict";

const SearchWords = (() => {
  const MOST_LETTERS = 300;
  const MOST_WORDS = 12;
  const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;
  const LAST_Y = /\b([bcdghklmnpqrstvx]+)y\b/g; // «kì» và «kỳ» là một từ
  const known = new Map([["đ", "d"], ["Đ", "d"], ["×", "x"]]);

  // Mỗi chữ thành đúng một chữ không dấu: vị trí trong bản gấp cũng là vị trí trong bản gốc.
  const bare = (letter) => {
    if (!known.has(letter)) known.set(letter, letter.normalize("NFD")[0].toLowerCase()[0]);
    return known.get(letter);
  };
  const fold = (text) =>
    text.replace(/[^\x00-\x7f]/g, bare).toLowerCase().replace(LAST_Y, "$1i");

  // «1×1» và «1x1» là một.
  const split = (text) =>
    text.normalize("NFC").replaceAll("×", "x").match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

  /** Cách viết đủ dấu, không kể dấu thanh đặt ở chữ nào: «hoá» cũng là «hóa». */
  const spell = (text) =>
    split(text.toLowerCase())
      .map((word) => {
        const letters = word.normalize("NFD");
        const tones = letters.match(TONES) ?? [];
        return letters.replace(TONES, "").replace(LAST_Y, "$1i") + tones.join("");
      })
      .join(" ");

  // Tiếng Anh: «flow» và «flows» là một.
  const stem = (word) => (/^[a-z]{3,}[^s]s$/.test(word) ? word.slice(0, -1) : word);

  /** Mẫu tìm những từ ấy đứng liền nhau, giữa chúng có thể có dấu cách, gạch nối, gạch dưới. */
  const LETTER = "a-z0-9\\u0370-\\u03ff"; // chữ đã gấp dấu, chữ Hy Lạp; \p{L} chậm hơn nhiều
  const pattern = (words) => {
    const joined = words.join(`s?[^${LETTER}]{0,3}`);
    return new RegExp(`(?<![${LETTER}])${joined}s?(?![${LETTER}])`, "g");
  };

  /** Câu hỏi đã đọc: các từ đã gấp dấu, mẫu của cả cụm, của từng từ và của từng đôi liền nhau. */
  const parse = (text) => {
    const words = split(text.slice(0, MOST_LETTERS)).slice(0, MOST_WORDS);
    const folded = words.map(fold).map(stem);
    return {
      text: words.join(" "),
      folded,
      spelled: words.map(spell),
      marked: /[^\x00-\x7f]/.test(words.join("")), // người hỏi gõ có dấu
      phrase: words.length ? pattern(folded) : null,
      words: folded.map((word) => pattern([word])),
      pairs: folded.slice(1).map((word, i) => pattern([folded[i], word])),
    };
  };

  /** Chỗ khớp của một mẫu: [đầu, cuối]. */
  const places = (mask, folded) =>
    Array.from(folded.matchAll(mask), (found) => [found.index, found.index + found[0].length]);

  /** Chỗ cần tô: cả cụm nếu có, không thì những từ rời; đúng dấu nếu có, không thì mọi dấu. */
  const spots = (query, text, folded = fold(text)) => {
    const found = (mask, spelled) => {
      const all = places(mask, folded);
      const exact = query.marked ? all.filter(([a, b]) => spell(text.slice(a, b)) === spelled) : [];
      return exact.length ? exact : all;
    };
    const whole = found(query.phrase, query.spelled.join(" "));
    if (whole.length) return whole;
    const alone = query.words.flatMap((mask, i) =>
      query.folded[i].length > 2 ? found(mask, query.spelled[i]) : [], // chữ ngắn đứng rời thì thôi
    );
    const pairs = query.pairs.flatMap((mask) => places(mask, folded));
    const joined = [];
    for (const [a, b] of [...alone, ...pairs].sort((one, two) => one[0] - two[0])) {
      if (joined.length && a <= joined.at(-1)[1]) joined.at(-1)[1] = Math.max(b, joined.at(-1)[1]);
      else joined.push([a, b]);
    }
    return joined;
  };

  return { MOST_LETTERS, MOST_WORDS, fold, parse, places, split, spell, spots, stem };
})();

// --- Trang mở từ kết quả tìm kiếm: tô những chỗ khớp, và một thanh nhỏ để đi tới từng chỗ -------

window.addEventListener("DOMContentLoaded", () => {
  const SKIPPED = "script, style, noscript, button, .math, .headerlink, .cell_output";

  /** Chỗ khớp trong bài, kể cả khi một cụm từ nằm vắt qua nhiều thẻ. */
  const rangesOf = (query, article) => {
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let text = "";
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest(SKIPPED)) continue;
      nodes.push([text.length, walker.currentNode]);
      text += walker.currentNode.data;
    }
    let i = 0;
    const last = (letter) => {
      while (i + 1 < nodes.length && nodes[i + 1][0] <= letter) i++;
      return [nodes[i][1], letter - nodes[i][0]];
    };
    return SearchWords.spots(query, text).map(([a, b]) => {
      const range = new Range();
      range.setStart(...last(a));
      const [node, letter] = last(b - 1);
      range.setEnd(node, letter + 1);
      return range;
    });
  };

  const openAround = (node) => {
    for (let box = node.parentElement; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
      if (box.matches(".toggle-hidden")) box.querySelector(".toggle-button").click();
    }
  };

  const show = (query, article) => {
    const ranges = rangesOf(query, article);
    if (!ranges.length) return;
    if (window.Highlight) CSS.highlights.set("found", new Highlight(...ranges));

    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches(".toggle-hidden")) openAround(target.firstChild);
    const above = (range) => target && target.compareDocumentPosition(range.startContainer) & 2;
    let current = ranges.findIndex((range) => !above(range)) - 1; // mục được chỉ tới là nơi bắt đầu

    const bar = document.createElement("div");
    bar.className = "found-bar";
    bar.role = "region";
    bar.ariaLabel = "Chữ đã tìm";
    const count = document.createElement("span");
    count.role = "status";
    count.textContent = `«${query.text}»: ${ranges.length} chỗ trong trang`;
    const button = (text, act) => {
      const node = document.createElement("button");
      node.type = "button";
      node.textContent = text;
      node.addEventListener("click", act);
      return node;
    };
    const next = () => {
      current = (current + 1) % ranges.length;
      const node = ranges[current].startContainer;
      openAround(node);
      node.parentElement.scrollIntoView({ block: "center" });
      count.textContent = `«${query.text}»: ${current + 1} trên ${ranges.length} chỗ`;
    };
    const close = () => {
      CSS.highlights?.delete("found");
      bar.remove();
    };
    bar.append(count, button("Chỗ sau", next), button("Bỏ tô", close));
    document.body.append(bar);
    document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  };

  const address = new URL(location.href);
  const query = SearchWords.parse(address.searchParams.get("tim") ?? "");
  const article = document.querySelector("article");
  if (!query.phrase || !article) return;
  address.searchParams.delete("tim"); // tải lại trang thì thôi tô
  history.replaceState(history.state, "", address);
  show(query, article);
});
