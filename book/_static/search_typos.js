// Từ của câu hỏi mà chỉ mục không có: gõ sai một chữ thì tìm từ gần nó nhất. Chỉ tính.
"use strict";

const SearchTypos = (() => {
  const { fold, split, stem } = SearchWords;
  const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
  const LONG = 8; // từ dài chừng ấy thì hai chữ sai vẫn còn nhận ra
  const SHORTEST = 4; // từ ngắn hơn thì chỉ sửa hai chữ đảo chỗ và Telex: đổi một chữ là ra từ khác hẳn

  /** Mọi từ của chỉ mục: dạng đã gấp dấu → {số lần gặp, những cách viết}. */
  const vocabulary = ({ rows, names }) => {
    const counts = new Map();
    const texts = rows.flatMap(({ fields }) => fields.slice(0, 2).map(({ words }) => words));
    for (const text of [...texts, ...names.flat()])
      for (const word of split(text.toLowerCase())) counts.set(word, (counts.get(word) ?? 0) + 1);
    const known = new Map();
    for (const [word, count] of counts) {
      const key = stem(fold(word));
      const entry = known.get(key) ?? { count: 0, spellings: [] };
      entry.count += count;
      entry.spellings.push([word, count]);
      known.set(key, entry);
    }
    return known;
  };

  /** Những dạng mà chỉ một lần gõ sai biến thành `word`: đảo hai chữ trước, rồi thừa, sai, thiếu. */
  const slips = (word) => {
    const cuts = [...word, ""].map((_, i) => [word.slice(0, i), word.slice(i)]);
    const swapped = cuts
      .filter(([, after]) => after.length > 1)
      .map(([before, after]) => before + after[1] + after[0] + after.slice(2));
    // Bộ gõ đang tắt: «hinhf», «moo», «ddinh» là Telex.
    const telex = word.replace(/[sfrxj]$/, "").replace(/([aeod])\1/g, "$1").replace(/w/g, "");
    if (word.length < SHORTEST) return [swapped, [telex]];
    const others = cuts.flatMap(([before, after]) => [
      before + after.slice(1),
      ...LETTERS.flatMap((letter) => [before + letter + after.slice(1), before + letter + after]),
    ]);
    return [swapped, [telex], others];
  };

  const bare = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");

  /** Cách viết hay gặp nhất, giữ những chữ có dấu mà người hỏi đã gõ. */
  const spelling = ({ spellings }, typed) => {
    const kept = (word) => [...typed].filter((letter) => word.includes(letter)).length;
    return [...spellings].sort((one, two) => kept(two[0]) - kept(one[0]) || two[1] - one[1])[0][0];
  };

  /** Số chữ phải thêm, bớt, đổi để từ này thành từ kia. */
  const distance = (one, two) => {
    let row = Array.from({ length: two.length + 1 }, (_, j) => j);
    [...one].forEach((letter, i) => {
      const above = row;
      row = [i + 1];
      for (let j = 0; j < two.length; j++)
        row.push(Math.min(above[j] + (letter !== two[j]), above[j + 1] + 1, row[j] + 1));
    });
    return row.at(-1);
  };

  const nearest = (key, known) => {
    const commonest = (found) => found.reduce((top, one) => (one.count > top.count ? one : top));
    for (const group of slips(key)) {
      const found = group.map((word) => known.get(word)).filter(Boolean);
      if (found.length) return commonest(found);
    }
    if (key.length < LONG) return null;
    const close = (word) =>
      word[0] === key[0] && Math.abs(word.length - key.length) < 3 && distance(word, key) < 3;
    const found = [...known].filter(([word]) => close(word)).map(([, entry]) => entry);
    return found.length ? commonest(found) : null;
  };

  /** Câu hỏi đã sửa, cùng những từ mà chỉ mục không có; không có gì để sửa thì `typos` rỗng. */
  const mend = (asked, index, knows) => {
    const text = asked.normalize("NFC");
    const marked = /[^\x00-\x7f]/.test(text);
    const typos = [];
    const used = text.replace(/[\p{L}\p{N}\p{M}]+/gu, (word) => {
      const key = stem(fold(word));
      if (key.length < 3 || knows(key)) return word;
      index.known ??= vocabulary(index);
      const found = index.known.has(key) ? null : nearest(key, index.known);
      if (!found) return word;
      typos.push(word);
      const better = spelling(found, word.toLowerCase());
      return marked ? better : bare(better);
    });
    return { used, typos };
  };

  return { mend };
})();
