// Xếp hạng các mục của chỉ mục theo câu hỏi. Chỉ tính, không đụng tới trang.
"use strict";

const SearchRank = (() => {
  const { fold, parse, places, split, spell, stem } = SearchWords;

  // Những chữ của câu hỏi, không phải của điều được hỏi (viết ở dạng đã gấp dấu).
  const ASKING = /\b((nghia )?la gi|(nhu )?the nao|tai sao|vi sao|lam sao( de)?|what is|how to)\b/g;
  // Đầu chương và định nghĩa đứng trước; lời giải, mã, trang dành cho người dạy đứng sau.
  const KINDS = { page: 1.2, term: 1.2, statement: 0.9, figure: 0.7, exercise: 0.6, solution: 0.4 };
  const PLACES = [
    [/^notebooks\//, 0.85],
    [/^book\/index/, 0.7],
    [/^book\/appendix\/common_mistakes/, 0.85],
    [/^book\/appendix\/api.*\.(checks|widgets)\./, 0.4],
    [/^book\/appendix\/api/, 0.7],
    [/^book\/appendix\/(equations|instructors|syllabus|exercise_map|exams|hub)/, 0.55],
  ];
  const LISTS = /^(lich su va tai lieu|hoc xong|ban se lam duoc gi)/;
  const ENOUGH = 0.65; // phần tối thiểu của câu hỏi, tính theo độ hiếm của từ, mà một mục phải có
  const FEW = 10; // ít hơn chừng ấy mục có đủ các từ thì thêm những mục gần đúng

  const read = ({ pages, sections, names }) => {
    const rows = sections.map(([page, anchor, kind, title, above, text]) => {
      const [url, chapter] = pages[page];
      const name = title.replace(/^[\d.]+ /, "");
      const place = PLACES.find(([mask]) => mask.test(`${url}#${anchor}`))?.[1] ?? 1;
      const weight = (KINDS[kind] ?? 1) * place * (LISTS.test(fold(name)) ? 0.5 : 1);
      const fields = [name, text, `${chapter} ${above}`].map((words) => ({
        words,
        folded: fold(words),
      }));
      return { url, chapter, anchor, kind, title, above, weight, fields };
    });
    // Các tên của một thuật ngữ: «ánh xạ co (contraction)».
    const terms = rows
      .filter(({ kind }) => kind === "term")
      .map(({ title }) => title.split(/[(),;]/).map((side) => side.trim()).filter(Boolean));
    return { rows, terms, names: Object.entries(names) };
  };

  const key = (text) => ` ${split(text).map(fold).map(stem).join(" ")} `;

  /** Những cách hỏi cùng một điều, mỗi cách một hệ số. */
  const readings = (asked, { terms, names }) => {
    const text = asked.normalize("NFC");
    const cuts = Array.from(fold(text).matchAll(ASKING), (cut) => [cut.index, cut[0].length]);
    const thing = cuts
      .reduceRight((rest, [at, length]) => rest.slice(0, at) + rest.slice(at + length), text)
      .trim();
    const all = [[text, 1]];
    if (key(thing).trim() && thing !== text) all.push([thing, 1]);
    const words = split(thing);
    for (const [from, to] of names) {
      const at = key(thing).indexOf(key(from));
      if (at < 0) continue;
      const before = key(thing).slice(0, at).split(" ").length - 1;
      const after = words.slice(before + split(from).length);
      all.push([[...words.slice(0, before), to, ...after].join(" "), 0.95]);
    }
    for (const sides of terms) {
      const others = sides.filter((side) => key(side) !== key(thing));
      if (others.length < sides.length) all.push(...others.map((side) => [side, 0.8]));
    }
    return all.map(([words, trust]) => ({ ...parse(words), trust })).filter(({ phrase }) => phrase);
  };

  const within = (mask, text) => text.search(mask) >= 0;

  /** Từng từ của câu hỏi có ở tiêu đề, ở lời của những mục nào; từ lạ thì khớp phần đầu của từ. */
  const look = (query, rows) => {
    const seen = (mask, word) =>
      rows.map(({ fields }) =>
        fields.map(({ folded }) => folded.includes(word) && within(mask, folded)),
      );
    const words = query.folded.map((word, i) => {
      const whole = seen(query.words[i], word);
      if (word.length < 4 || whole.some((pair) => pair[0] || pair[1])) return whole;
      return seen(new RegExp(`(?<![\\p{L}\\p{N}])${word}`, "gu"), word);
    });
    // Từ hiếm đáng giá hơn hẳn: trong «lấy mẫu langevin», «langevin» mới chỉ ra nơi cần tìm.
    const rare = words.map((flags) => {
      const count = flags.filter(([inName, inText]) => inName || inText).length;
      return Math.log((rows.length + 1) / (count + 1)) ** 2 + 0.01;
    });
    return { words, rare, total: rare.reduce((sum, part) => sum + part) };
  };

  const faithful = (query, { words }, hits) =>
    hits.length
      ? hits.some(([a, b]) => spell(words.slice(a, b)) === query.spelled.join(" "))
      : query.spelled.every((word) => ` ${spell(words)} `.includes(` ${word} `));

  /** Điểm của tiêu đề hay của lời: cả cụm hơn đủ từ, từ liền nhau hơn rải rác, đúng dấu hơn. */
  const worth = (query, field, has, share, ofPhrase, ofWords) => {
    const { folded } = field;
    const all = has.every(Boolean);
    const hits = all || folded.includes(query.folded.join("")) ? places(query.phrase, folded) : [];
    if (!hits.length && !share) return 0;
    const beside = (mask, i) => has[i] && has[i + 1] && within(mask, folded);
    const near = query.pairs.filter(beside).length;
    const points = hits.length
      ? ofPhrase(hits)
      : ofWords * share ** 2 * (1 + (2 * near) / query.words.length);
    const judged = query.marked && (hits.length || all);
    return judged && !faithful(query, field, hits) ? points / 8 : points;
  };

  /** Tiêu đề càng ít chữ thừa, cụm từ càng gần đầu, càng đúng là nơi nói về điều được hỏi. */
  const titleWorth = (query, folded) => {
    const parts = folded.split(/[:;?]| \(/).filter((part) => within(query.phrase, part));
    const fits = parts.map((part) => {
      const first = part.trim().search(query.phrase) === 0;
      return (6 * query.words.length) / split(part).length + (first ? 2.5 : 0);
    });
    return 6 + Math.max(0, ...fits);
  };

  const textWorth = (hits) => 4 + Math.min(Math.log2(hits.length), 2);

  const scores = (query, rows) => {
    const { words, rare, total } = look(query, rows);
    return rows.map((row, n) => {
      const [inName, inText, around] = [0, 1, 2].map((f) => words.map((flags) => flags[n][f]));
      const part = (has) => rare.reduce((sum, value, i) => sum + (has[i] ? value : 0), 0) / total;
      const found = part(inName.map((yes, i) => yes || inText[i] || around[i]));
      const [name, text] = row.fields;
      const sum =
        worth(query, name, inName, part(inName), () => titleWorth(query, name.folded), 3) +
        worth(query, text, inText, part(inText), textWorth, 1);
      const whole = sum > 0 && [name, text].some(({ folded }) => within(query.phrase, folded));
      const points = whole ? sum : (3 * sum) / (sum + 2); // từ rải rác luôn dưới cả cụm
      // Cả cụm viết liền, như «RealNVP», cũng là đủ; tên khác thì phải đủ mới kể.
      const enough = whole ? 1 : query.trust < 1 && found < 0.999 ? 0 : found;
      return { row, query, found: enough, points: points * enough * row.weight * query.trust };
    });
  };

  /** Các mục tìm được, mục đáng đọc nhất trước; complete là false nếu không mục nào đủ các từ. */
  const search = (asked, index) => {
    const all = readings(asked, index).map((query) => scores(query, index.rows));
    if (!all.length) return { complete: true, found: [] };
    const better = (top, one) => (one.points > top.points ? one : top);
    const sorted = index.rows
      .map((_, n) => all.map((scored) => scored[n]).reduce(better))
      .filter(({ points }) => points > 0)
      .sort((one, two) => two.points - one.points);
    const complete = sorted.filter(({ found }) => found > 0.999);
    if (!complete.length) return { complete: false, found: sorted.slice(0, FEW) };
    if (complete.length >= FEW) return { complete: true, found: complete };
    return { complete: true, found: sorted.filter(({ found }) => found >= ENOUGH) };
  };

  return { read, search };
})();
