// Ước lượng vết: vector dò thêm dần, trung bình của vᵀAv bên vết của A, Rademacher cạnh Gauss.

const [LARGEST, MOST] = [9, 5000];
const BINS = 41;
const KINDS = { rademacher: ["Rademacher", "z"], gaussian: ["Gauss", "x"] };
const HINT =
  "Hai loại dùng chung một dãy số ngẫu nhiên: vector Rademacher là dấu của vector Gauss. " +
  "Nét đứt: vết của $A$. Dải nhạt: trung bình ± sai số chuẩn. Vòng tròn: tỉ lệ đúng, từ cả $2^d$ vector dấu.";
const indices = (n) => Array.from({ length: n }, (_, i) => i);
const sum = (values) => values.reduce((a, b) => a + b, 0);
const squares = (M) => sum(M.flat().map((v) => v * v));

/** Số ngẫu nhiên chuẩn, lặp lại được theo hạt giống (mulberry32 và Box–Muller). */
export function gaussian(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** vᵀAv. */
export const quadratic = (A, v) => sum(A.map((row, i) => v[i] * sum(row.map((a, j) => a * v[j]))));

/** Các ước lượng vᵀAv của `count` vector dò, cho hai loại. */
export function estimates(A, seed, count) {
  const next = gaussian(seed);
  const found = { rademacher: [], gaussian: [] };
  for (let n = 0; n < count; n++) {
    const v = A.map(next);
    found.gaussian.push(quadratic(A, v));
    found.rademacher.push(quadratic(A, v.map((g) => (g > 0 ? 1 : -1))));
  }
  return found;
}

/** Trung bình, phương sai mẫu và sai số chuẩn của n giá trị đầu, với mọi n. */
export function running(values) {
  let [mean, scatter] = [0, 0];
  return values.map((value, i) => {
    const step = value - mean;
    mean += step / (i + 1);
    scatter += step * (value - mean);
    const variance = i ? scatter / i : NaN;
    return { mean, variance, error: Math.sqrt(variance / (i + 1)) };
  });
}

/** A = S + K: phần đối xứng và phần phản đối xứng, vết, và phương sai của một lần ước lượng. */
export function closedForm(A) {
  const S = A.map((row, i) => row.map((a, j) => (a + A[j][i]) / 2));
  const K = A.map((row, i) => row.map((a, j) => (a - A[j][i]) / 2));
  const diagonal = sum(S.map((row, i) => row[i] ** 2));
  const trace = sum(A.map((row, i) => row[i]));
  const spread = { rademacher: 2 * (squares(S) - diagonal), gaussian: 2 * squares(S) };
  return { S, K, trace, diagonal, variance: spread };
}

/** Cả 2^d vector dấu và vᵀAv; v và −v cho cùng một số nên chỉ giữ v có dấu đầu +. */
export function signVectors(A) {
  const half = indices(2 ** (A.length - 1));
  return half.map((code) => {
    const v = A.map((_, i) => (i && (code >> (A.length - 1 - i)) & 1 ? -1 : 1));
    return { v, value: quadratic(A, v) };
  });
}

/** Lời dẫn: ma trận này thuộc loại nào. */
export function explain(A) {
  const { S, K, diagonal } = closedForm(A);
  if (squares(S) === 0) {
    return "$A$ phản đối xứng: $v^T A v = 0$ với mọi $v$. Mọi vector dò đều cho đúng vết, dù $‖A‖^2$ = " +
      `${format(squares(A))}: phần phản đối xứng không gây nhiễu chút nào.`;
  }
  const twist = squares(K) > 0 ? ` Phần phản đối xứng không góp gì: hãy bấm «$A$ ← $S$», mọi ước lượng giữ nguyên.` : "";
  if (squares(S) - diagonal < 1e-12) {
    return "$S$ là ma trận đường chéo: $v_i^2 = 1$ nên Rademacher đúng ngay từ vector đầu. Gauss thì không: " +
      `$v_i^2$ dao động quanh 1.${twist}`;
  }
  return "Nhiễu của Rademacher chỉ đến từ phần tử ngoài đường chéo của $S$; Gauss thêm $2 Σ S_ii^2$ = " +
    `${format(2 * diagonal)} từ đường chéo.${twist}`;
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-probes");
  const presets = model.get("presets");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const button = (parent, label, className, act, spoken = null) => {
    const node = html("button", { type: "button", class: className, "aria-label": spoken });
    node.append(...prose(label));
    node.addEventListener("click", act);
    parent.append(node);
    return node;
  };

  const labels = presets.map((p) => [p.name, p.label]);
  const matrixOf = (name) => presets.find((p) => p.name === name).matrix;
  const markPreset = choice(root, "Ma trận A", labels, (name) => change({ matrix: matrixOf(name) }));
  const bar = html("div", { class: "lf-choice", role: "group", "aria-label": "Vector dò", style: "margin-top: 8px" });
  root.append(bar);
  const add = (n) => change({ count: Math.min(MOST, model.get("count") + n) });
  const more = [1, 10, 100].map((n) => button(bar, `+${n}`, `lf-add-${n}`, () => add(n), `Thêm ${n} vector dò`));
  button(bar, "về 0", "lf-clear", () => change({ count: 0 }), "Bỏ hết, bắt đầu từ 0 vector dò");
  button(bar, "rút lại", "lf-reseed", () => change({ seed: (model.get("seed") % 9999) + 1 }), "Rút lại với hạt giống khác");
  const counted = html("output", { class: "lf-count", "aria-live": "polite", style: "align-self: center" });
  bar.append(counted);

  const body = html("div", { class: "lf-body" });
  const charts = html("div");
  const side = html("div", { class: "lf-side" });
  body.append(charts, side);
  root.append(body);
  const panel = () => {
    const picture = svg(charts, "svg", { role: "img", style: "margin: 0 auto" });
    return { picture, axes: svg(picture, "g"), ...clipped(picture) };
  };
  const [meanPanel, sharePanel] = [panel(), panel()];

  side.append(html("div", { class: "lf-label", style: "margin-top: 0" }, ...prose("Ma trận $A$ (sửa được)")));
  const grid = html("div", { class: "lf-entries", style: "display: grid; gap: 4px" });
  side.append(grid);
  const acts = html("div", { class: "lf-choice", style: "margin-top: 6px" });
  side.append(acts);
  const recombine = (twist) => () => {
    const { S, K } = closedForm(model.get("matrix"));
    change({ matrix: S.map((row, i) => row.map((s, j) => s + twist * K[i][j])) });
  };
  const symmetric = button(acts, "$A$ ← $S$", "lf-symmetric", recombine(0), "Bỏ phần phản đối xứng K");
  const twisted = button(acts, "$A$ ← $S + 2K$", "lf-twist", recombine(2), "Gấp đôi phần phản đối xứng K");

  const table = html("div", {
    role: "table",
    "aria-label": "Rademacher và Gauss",
    style: "display: grid; grid-template-columns: 1fr auto auto; gap: 3px 10px; margin-top: 12px",
  });
  side.append(table);
  const tableRow = (label, head) => {
    const line = html("div", { role: "row", style: "display: contents" });
    table.append(line);
    line.append(html("span", { role: head ? "cell" : "rowheader", style: "color: var(--lf-muted)" }, ...prose(label)));
    return Object.fromEntries(
      Object.entries(KINDS).map(([kind, [name, color]]) => {
        const style = `text-align: right; font-variant-numeric: tabular-nums; color: var(--lf-${color})`;
        const cell = html("output", { role: head ? "columnheader" : "cell", style }, head ? name : "");
        line.append(cell);
        return [kind, cell];
      }),
    );
  };
  tableRow("", true);
  const out = {
    mean: tableRow("trung bình"),
    error: tableRow("sai số chuẩn"),
    variance: tableRow("phương sai"),
    closed: tableRow("công thức"),
  };
  const facts = html("div", { style: "margin-top: 10px" });
  side.append(facts);
  const row = readout(facts);
  const fact = {
    trace: row("vết của $A$", "lf-trace"),
    S: row("$‖S‖^2$"),
    diagonal: row("$Σ S_ii^2$"),
    K: row("$‖K‖^2$, không tốn gì"),
    all: row("", "lf-sum lf-all"),
  };
  const signs = html("div", { class: "lf-signs", style: "display: grid; grid-template-columns: 1fr 1fr; gap: 1px 14px; margin-top: 4px; font-size: 13px" });
  facts.append(signs);
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  const parse = (text) => Number(text.replace(",", ".").replace("−", "-"));
  function setEntry(i, j, text) {
    const value = parse(text);
    if (text.trim() === "" || Number.isNaN(value)) return; // đang gõ dở
    const matrix = model.get("matrix").map((r) => [...r]);
    matrix[i][j] = clamp(value, -LARGEST, LARGEST);
    change({ matrix });
  }

  function drawEntries(A) {
    if (grid.children.length !== A.length ** 2) {
      grid.style.gridTemplateColumns = `repeat(${A.length}, minmax(0, 1fr))`;
      const cells = A.flatMap((r, i) =>
        r.map((_, j) => {
          const node = html("input", {
            type: "text", autocomplete: "off", "aria-label": `a hàng ${i + 1} cột ${j + 1}`,
            style: "width: 100%; min-width: 0; height: 32px; padding: 2px 4px; text-align: center; font: inherit; " +
              "color: var(--lf-ink); background: var(--lf-surface); border: 1px solid var(--lf-line); border-radius: 6px",
          });
          node.addEventListener("input", () => setEntry(i, j, node.value));
          node.addEventListener("keydown", (event) => {
            const step = { ArrowUp: 0.5, ArrowDown: -0.5 }[event.key];
            if (!step) return;
            event.preventDefault();
            node.value = clamp(model.get("matrix")[i][j] + step, -LARGEST, LARGEST);
            setEntry(i, j, node.value);
          });
          node.addEventListener("blur", () => draw());
          return node;
        }),
      );
      grid.replaceChildren(...cells);
    }
    A.flat().forEach((value, k) => {
      const node = grid.children[k];
      if (node !== document.activeElement || Math.abs(parse(node.value)) > LARGEST) node.value = +value.toFixed(4);
    });
  }

  function frame({ picture, axes, cut }, width, height) {
    const box = { x: 40, y: 20, width: width - 48, height: height - 58 };
    setAttributes(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    cut(box.x, box.y, box.width, box.height);
    axes.replaceChildren();
    svg(axes, "rect", { class: "lf-frame", ...box });
    return [[box.x, box.x + box.width], [box.y + box.height, box.y]];
  }
  const write = (parent, text, x, y, anchor = "middle", attributes = {}) =>
    (svg(parent, "text", { x, y, "text-anchor": anchor, ...attributes }).textContent = text);

  /** Trung bình theo n (trục log), dải ± sai số chuẩn. */
  function drawMeans(width, tracks, trace, spread) {
    const n = tracks.rademacher.length;
    const [across, up] = frame(meanPanel, width, 240);
    const { axes, group } = meanPanel;
    const top = Math.max(10, n);
    const x = linear([0, Math.log10(top)], across);
    const y = linear([trace - 1.6 * spread, trace + 1.6 * spread], up);
    for (const t of ticks(trace - 1.5 * spread, trace + 1.5 * spread, 5)) {
      svg(axes, "path", { class: "lf-gridline", d: `M${across[0]} ${y(t)}H${across[1]}` });
      write(axes, tickLabel(t), across[0] - 5, y(t) + 4, "end");
    }
    for (const t of [1, 10, 100, 1000].filter((v) => v <= top)) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(Math.log10(t))} ${up[0]}V${up[1]}` });
      write(axes, String(t), x(Math.log10(t)), up[0] + 16);
    }
    write(axes, "trung bình sau n vector", across[0], 13, "start");
    write(axes, "số vector dò n (thang log)", across[1], up[0] + 32, "end");
    group.replaceChildren();
    svg(group, "path", { class: "lf-mean-goal", style: "stroke: var(--lf-ink); stroke-dasharray: 5 4", d: `M${across[0]} ${y(trace)}H${across[1]}` });
    const far = (v) => y(clamp(v, trace - 50 * spread, trace + 50 * spread));
    for (const [kind, [, color]] of Object.entries(KINDS)) {
      const track = tracks[kind];
      const kept = indices(n).filter((i) => i < 200 || i === n - 1 || i % Math.ceil(n / 400) === 0);
      const at = (i, shift) => [x(Math.log10(i + 1)), far(track[i].mean + (shift && shift * track[i].error))];
      const band = kept.filter((i) => i > 0);
      const edge = [...band.map((i) => at(i, 1)), ...band.reverse().map((i) => at(i, -1))];
      svg(group, "path", { style: `fill: var(--lf-${color}); fill-opacity: 0.14`, d: polyline(edge) });
      svg(group, "path", { class: `lf-edge-${color} lf-mean-${kind}`, d: polyline(kept.map((i) => at(i, 0))) });
      if (!n) continue;
      const [cx, cy] = at(n - 1, 0);
      svg(group, "circle", { cx, cy, r: 4, style: `fill: var(--lf-${color})` });
    }
    const said = n ? Object.entries(KINDS).map(([kind, [name]]) => `${name} ${format(tracks[kind][n - 1].mean, 3)}`) : ["chưa có vector nào"];
    meanPanel.picture.setAttribute("aria-label", `Trung bình sau ${n} vector dò: ${said.join(", ")}; vết ${format(trace, 3)}`);
  }

  /** Biểu đồ tần số của từng ước lượng; cột ngoài cùng gộp cả những giá trị xa hơn. */
  function drawShares(width, found, trace, spread, atoms) {
    const n = found.rademacher.length;
    const [across, up] = frame(sharePanel, width, 280);
    const { axes, group } = sharePanel;
    const x = linear([trace - 4 * spread, trace + 4 * spread], across);
    for (const t of ticks(trace - 3.9 * spread, trace + 3.9 * spread, width < 420 ? 5 : 8)) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(t)} ${up[0]}V${up[1]}` });
      write(axes, tickLabel(t), x(t), up[0] + 16);
    }
    svgMath(axes, "v^T A v", { x: across[1], y: up[0] + 33, "text-anchor": "end" });
    write(axes, "tỉ lệ các lần ước lượng", across[0], 13, "start");
    group.replaceChildren();
    const middle = (up[0] + up[1]) / 2;
    svg(axes, "path", { class: "lf-axis", d: `M${across[0]} ${middle}H${across[1]}` });
    const size = (8 * spread) / BINS;
    const bin = (v) => clamp(Math.floor((v - trace + 4 * spread) / size), 0, BINS - 1);
    const mass = indices(BINS).map(() => 0);
    for (const { value } of atoms) mass[bin(value)] += 1 / atoms.length;
    const bases = { rademacher: [middle, up[1]], gaussian: [up[0], middle] };
    for (const [kind, [name, color]] of Object.entries(KINDS)) {
      const share = indices(BINS).map(() => 0);
      for (const v of found[kind]) share[bin(v)] += 1 / n;
      const [base, roof] = bases[kind];
      const most = Math.max(0.1, ...share, ...(kind === "rademacher" ? mass : []));
      const y = linear([0, most], [base, roof + 20]);
      const column = (s, i) => `M${x(trace - 4 * spread + i * size) + 0.5} ${base}V${y(s)}h${Math.max(1, size * x.unit - 1)}V${base}Z`;
      svg(group, "path", { class: `lf-mass-${color} lf-bars-${kind}`, d: share.map((s, i) => (s ? column(s, i) : "")).join("") || "M0 0" });
      for (const [i, s] of kind === "rademacher" ? mass.entries() : []) {
        const ring = { cx: x(trace - 4 * spread + (i + 0.5) * size), cy: y(s), r: 4.5 };
        if (s) svg(group, "circle", { ...ring, style: "fill: none; stroke: var(--lf-ink); stroke-width: 1.4" });
      }
      write(axes, name, across[1] - 6, roof + 15, "end", { class: `lf-label-${color}` });
      write(axes, format(most, 2), across[0] - 5, roof + 24, "end");
    }
    svg(group, "path", { style: "stroke: var(--lf-ink); stroke-dasharray: 5 4", d: `M${x(trace)} ${up[0]}V${up[1]}` });
    sharePanel.picture.setAttribute("aria-label", `Biểu đồ tần số của ${n} lần ước lượng, Rademacher trên, Gauss dưới`);
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    root.classList.toggle("lf-wide", root.clientWidth >= 620);
    const [A, count, seed] = ["matrix", "count", "seed"].map((k) => model.get(k));
    const { S, K, trace, diagonal, variance } = closedForm(A);
    const found = estimates(A, seed, count);
    const tracks = { rademacher: running(found.rademacher), gaussian: running(found.gaussian) };
    const spread = Math.sqrt(variance.gaussian) || 1;
    const atoms = signVectors(A);
    const width = clamp(charts.clientWidth, 200, 600); // lúc trang chưa bày xong, bề rộng là 0
    drawMeans(width, tracks, trace, spread);
    drawShares(width, found, trace, spread, atoms);
    drawEntries(A);

    markPreset(presets.find((p) => String(p.matrix) === String(A))?.name);
    counted.textContent = `n = ${count}`;
    more.forEach((node) => (node.disabled = count >= MOST));
    symmetric.disabled = twisted.disabled = squares(K) === 0;
    if (S.some((r, i) => r.some((s, j) => Math.abs(s + 2 * K[i][j]) > LARGEST))) twisted.disabled = true;
    const show = (v, digits) => (v === undefined || Number.isNaN(v) ? "–" : format(v, digits));
    for (const kind of Object.keys(KINDS)) {
      const last = tracks[kind].at(-1);
      out.mean[kind].textContent = show(last?.mean, 3);
      out.error[kind].textContent = show(last?.error, 3);
      out.variance[kind].textContent = show(last?.variance, 2);
      out.closed[kind].textContent = show(variance[kind], 2);
    }
    fact.trace.value.textContent = format(trace, 3);
    fact.S.value.textContent = format(squares(S), 3);
    fact.diagonal.value.textContent = format(diagonal, 3);
    fact.K.value.textContent = format(squares(K), 3);
    fact.all.name.textContent = `trung bình cả ${2 ** A.length} vector`;
    fact.all.value.textContent = format(sum(atoms.map((a) => a.value)) / atoms.length, 3);
    signs.replaceChildren(
      ...atoms.map(({ v, value }) => {
        const name = `±(${v.map((s) => (s > 0 ? "+" : "−")).join(" ")})`;
        return html("div", { class: "lf-row" }, name, html("output", {}, format(value, 2)));
      }),
    );
    const text = explain(A);
    if (note.dataset.text !== text) note.replaceChildren(...prose(text));
    note.dataset.text = text;
  }

  const keys = ["matrix", "count", "seed"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
