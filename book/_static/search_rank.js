// Xếp hạng các mục của chỉ mục theo câu hỏi. Chỉ tính, không đụng tới trang.
"use strict";

const SearchRank = (() => {
  const { fold, parse, places, split, spell, stem } = SearchWords;

  // Những chữ của câu hỏi, không phải của điều được hỏi (viết ở dạng đã gấp dấu).
  const ASKING = /\b((nghia )?la gi|(nhu )?the nao|tai sao|vi sao|lam sao( de)?|what is|how to)\b/g;
  // Hư từ: gần như không đáng giá gì. Những chữ sau chỉ kể khi gõ đủ dấu: «vi» còn là «vi phôi».
  const FUNCTION_WORDS =
    "và với của là giữa khác nhau nào gì sao cho bị được các những and of between";
  const WHEN_MARKED = "mà thì vì tại nên thế mấy";
  // Đầu chương và định nghĩa đứng trước; lời giải, mã, trang dành cho người dạy đứng sau.
  const KINDS = { page: 1.2, term: 1.2, statement: 0.9, figure: 0.7, exercise: 0.6, solution: 0.4 };
  const PLACES = [
    [/^notebooks\//, 0.85],
    [/^book\/index/, 0.7],
    [/^book\/appendix\/common_mistakes/, 0.85],
    [/^book\/appendix\/api.*\.(checks|widgets)\./, 0.4],
    [/^book\/appendix\/api/, 0.5],
    [/^book\/appendix\/(equations|instructors|syllabus|exercise_map|exams|hub)/, 0.55],
  ];
  const LISTS = /^(lich su va tai lieu|hoc xong|ban se lam duoc gi)/;
  const ENOUGH = 0.65; // phần tối thiểu của câu hỏi, tính theo độ hiếm của từ, mà một mục phải có
  const FEW = 10; // ít hơn chừng ấy mục có đủ các từ thì thêm những mục gần đúng
  const SLOPPY = 0.3; // từ gõ có dấu mà chỗ ấy viết dấu khác
  const START = 4; // từ lạ dài chừng ấy chữ thì được coi là phần đầu của một từ dài hơn
  const UNION = 0.3; // phần thưởng cho mục có đủ các từ, kể cả ở tên chương
  const ASIDE = /[:;?]| \(/; // sau đó là lời thêm của tiêu đề
  const PART = 8; // hỏi cả tên mục lẫn tên chương
  const MOST_READINGS = 4; // mỗi cách hỏi là một lượt quét cả sách

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
    return { rows, terms, names: Object.entries(names), cache: new Map() };
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
    const rename = (from, to, trust) => {
      const at = key(thing).indexOf(key(from));
      if (at < 0) return;
      const before = key(thing).slice(0, at).split(" ").length - 1;
      const after = words.slice(before + split(from).length);
      all.push([[...words.slice(0, before), to, ...after].join(" "), trust]);
    };
    for (const [from, to] of names) rename(from, to, 0.95);
    for (const sides of terms)
      for (const side of sides)
        for (const other of sides) if (other !== side) rename(side, other, 0.8);
    return all
      .slice(0, MOST_READINGS)
      .map(([words, trust]) => ({ ...parse(words), trust }))
      .filter(({ phrase }) => phrase);
  };

  const within = (mask, text) => text.search(mask) >= 0;

  const LETTER = /[a-z0-9\u0370-\u03ff]/;
  const letterAt = (text, at) => at >= 0 && at < text.length && LETTER.test(text[at]);

  const spellings = new Map();
  const spellOf = (text) => {
    if (!spellings.has(text)) spellings.set(text, stem(spell(text)));
    return spellings.get(text);
  };

  /** Từ ấy có ở đó không: 1 là đúng cả dấu, SLOPPY là chỉ đúng khi bỏ dấu, 0 là không có. */
  const presence = ({ words, folded }, word, spelled, start) => {
    let found = 0;
    for (let a = folded.indexOf(word); a >= 0; a = folded.indexOf(word, a + 1)) {
      const b = a + word.length;
      if (letterAt(folded, a - 1)) continue;
      if (!start && letterAt(folded, folded[b] === "s" ? b + 1 : b)) continue;
      if (!spelled || spellOf(words.slice(a, b)) === spelled) return 1;
      found = SLOPPY;
    }
    return found;
  };

  /** Từ ấy có ở tiêu đề, ở lời, ở tên chương của từng mục không. */
  const flagsOf = (word, spelled, rows) => {
    const seen = (mark, start) =>
      rows.map(({ fields }) => fields.map((field) => presence(field, word, mark, start)));
    const some = (flags, least) => flags.some((has) => has[0] >= least || has[1] >= least);
    const whole = seen(spelled, false);
    if (some(whole, 1)) return whole;
    if (some(whole, SLOPPY)) return seen("", false); // sách không viết thế: hẳn là gõ sai dấu
    return word.length < START ? whole : seen("", true);
  };

  const plain = FUNCTION_WORDS.split(" ");
  const functionWords = [
    new Set(plain.map(fold)),
    new Set([...plain, ...WHEN_MARKED.split(" ")].map(spell)),
  ];

  /** Từ ấy có trong sách không, hay là phần đầu của một từ gặp ở nhiều mục. */
  const knows = (word, rows) => {
    const has = (start) => (row) => row.fields.some((field) => presence(field, word, "", start));
    return rows.some(has(false)) || (word.length >= START && rows.filter(has(true)).length > FEW);
  };

  /** Từng từ của câu hỏi có ở những mục nào, và đáng giá bao nhiêu. */
  const look = ({ folded, spelled, marked }, { rows, cache }) => {
    const words = folded.map((word, i) => {
      const mark = marked ? stem(spelled[i]) : "";
      const key = `${word} ${mark}`;
      if (!cache.has(key)) cache.set(key, flagsOf(word, mark, rows));
      return cache.get(key);
    });
    const light = words.map((_, i) => functionWords[+marked].has(marked ? spelled[i] : folded[i]));
    // Từ hiếm đáng giá hơn hẳn: trong «lấy mẫu langevin», «langevin» mới chỉ ra nơi cần tìm.
    const rare = words.map((flags, i) => {
      const count = flags.filter(([inName, inText]) => inName === 1 || inText === 1).length;
      return light[i] ? 0.01 : Math.log((rows.length + 1) / (count + 1)) ** 2 + 0.1;
    });
    return { words, light, rare, total: rare.reduce((sum, part) => sum + part) };
  };

  /** Cụm từ ấy có đúng dấu không; từ nào người hỏi gõ không dấu thì viết dấu gì cũng được. */
  const faithful = ({ folded, spelled }, text) => {
    const words = spell(text).split(" ");
    if (words.length !== spelled.length) return true; // viết liền, như «RealNVP»
    return words.every((word, i) => word === spelled[i] || stem(spelled[i]) === folded[i]);
  };

  /** Điểm của tiêu đề hay của lời: cả cụm hơn đủ từ, từ liền nhau hơn rải rác, đúng dấu hơn. */
  const worth = (query, { folded }, { has, share, hits, right }, ofPhrase, ofWords) => {
    if (hits.length) return right ? ofPhrase(hits) : ofPhrase(hits) / 8;
    if (!share) return 0;
    const beside = (mask, i) => has[i] && has[i + 1] && within(mask, folded);
    const near = query.pairs.filter(beside).length;
    return ofWords * share ** 2 * (1 + (2 * near) / query.words.length);
  };

  /** Tiêu đề càng ít chữ thừa, cụm từ càng gần đầu, càng đúng là nơi nói về điều được hỏi. */
  const titleWorth = (query, folded) => {
    const parts = folded.split(ASIDE).filter((part) => within(query.phrase, part));
    const fits = parts.map((part) => {
      const first = part.trim().search(query.phrase) === 0;
      return (6 * query.words.length) / split(part).length + (first ? 2.5 : 0);
    });
    return 6 + Math.max(0, ...fits);
  };

  const textWorth = (hits) => 4 + Math.min(Math.log2(hits.length), 2);

  /** Hỏi cả mục lẫn chương, như «bài tập vae»: tiêu đề nằm trọn trong câu, tên chương lo nốt. */
  const asksForPart = ({ folded: asked }, flags, name) =>
    flags.some(([inName]) => inName) &&
    flags.every(([inName, , inChapter]) => inName || inChapter) &&
    split(name.folded.split(ASIDE)[0]).every((word) => asked.includes(stem(word)));

  const scores = (query, index) => {
    const { words, light, rare, total } = look(query, index);
    const joined = query.folded.join("");
    const part = (has) => rare.reduce((sum, value, i) => sum + value * has(i), 0) / total;
    const shares = index.rows.map((_, n) => part((i) => +words[i][n].some(Boolean)));
    const least = Math.max(...shares) / 4; // kém hơn thế thì khỏi xét, cho nhanh
    const near = index.rows.flatMap((row, n) => {
      const fields = row.fields.slice(0, 2);
      const joins = fields.map(({ folded }) => folded.includes(joined));
      if (shares[n] <= least && !joins.some(Boolean)) return [];
      const flags = words.map((word) => word[n]);
      const sides = fields.map((field, f) => {
        const has = flags.map((inFields) => inFields[f]);
        const hits = joins[f] || has.every(Boolean) ? places(query.phrase, field.folded) : [];
        const right = hits.some(([a, b]) => faithful(query, field.words.slice(a, b)));
        return { has, share: part((i) => has[i]), hits, right };
      });
      return [{ row, flags, sides, share: shares[n] }];
    });
    // Sách không viết cả cụm với những dấu ấy: hẳn là gõ sai dấu, viết dấu gì cũng được.
    const strict = query.marked && near.some(({ sides }) => sides.some(({ right }) => right));
    return near.map(({ row, flags, sides, share }) => {
      const [name, text] = row.fields;
      const [inName, inText] = sides.map((side) => ({ ...side, right: side.right || !strict }));
      const ofPart = !inName.hits.length && asksForPart(query, flags, name);
      const sum =
        worth(query, name, inName, () => titleWorth(query, name.folded), 3) +
        worth(query, text, inText, textWorth, 1) +
        UNION * share ** 2 +
        (ofPart ? PART : 0);
      const whole = ofPart || inName.hits.length || inText.hits.length;
      const points = whole ? sum : (3 * sum) / (sum + 2); // từ rải rác luôn dưới cả cụm
      // Cả cụm viết liền, như «RealNVP», cũng là đủ; tên khác thì phải đủ mới kể.
      const all = whole || flags.every((has, i) => light[i] || has.some(Boolean));
      const found = all ? 1 : query.trust < 1 && share < ENOUGH ? 0 : share;
      return { row, query, found, points: points * found * row.weight * query.trust };
    });
  };

  /** Các mục tìm được, mục đáng đọc nhất trước; complete là false nếu không mục nào đủ các từ. */
  const search = (asked, index) => {
    const { used, typos } = SearchTypos.mend(asked, index, (word) => knows(word, index.rows));
    const all = readings(used, index).map((query) => scores(query, index));
    if (!all.length) return { used, typos, complete: true, found: [] };
    const best = new Map();
    for (const one of all.flat())
      if (one.points > (best.get(one.row)?.points ?? 0)) best.set(one.row, one);
    const sorted = [...best.values()].sort((one, two) => two.points - one.points);
    const complete = sorted.filter(({ found }) => found === 1);
    const shown = complete.length >= FEW ? complete : sorted.filter(({ found }) => found >= ENOUGH);
    return complete.length
      ? { used, typos, complete: true, found: shown }
      : { used, typos, complete: false, found: sorted.slice(0, FEW) };
  };

  return { read, search };
})();
