// Trọng số dẫn hướng trên một trục: mẫu dẫn hướng, luật có điều kiện, và luật nguội.

const TOTAL = 100; // T của chuỗi
const VIEW = 3; // trục x từ −3 tới 3
const LARGEST = 8; // w lớn nhất
const BINS = 60;
const SHOWN = 31; // số quỹ đạo được vẽ
const HINT = "Kéo thanh trượt hay dùng phím mũi tên để đổi $w$. Các hạt luôn xuất phát từ cùng những phân vị của $N(0, 1)$.";
const NOTES = {
  gauss:
    "Luật chung $N(0, 1)$, luật có điều kiện $N(1, 1/4)$. Khi $w = 1$ mẫu đúng luật có điều kiện, dù đi đường nào. Khi $w > 1$, một điểm số mà ba luật: ODE hẹp nhất, phương sai $(1/4)^w$ khi số bước tới vô hạn (trăm bước ở đây còn thiếu vài phần trăm); SDE rộng hơn; luật nguội rộng nhất.",
  clusters:
    "Loại này gồm một cụm trong, sát loại kia, và một cụm ngoài, mỗi cụm một nửa. Khi $w > 1$ dẫn hướng tránh vùng mà hai loại lẫn nhau: cụm trong bị bỏ rơi, nhiều hơn hẳn mức mà luật nguội đòi.",
};

/** log mật độ của hỗn hợp tại mức nhiễu (a, noise), và E[x₀ | x_k = x]. */
export function look({ weights, means, stds }, a, noise, x) {
  const logs = [];
  const inside = [];
  means.forEach((m, i) => {
    const total = (a * stds[i]) ** 2 + noise;
    const away = x - a * m;
    logs.push(Math.log(weights[i]) - 0.5 * Math.log(2 * Math.PI * total) - (0.5 * away * away) / total);
    inside.push(m + (a * stds[i] ** 2 * away) / total);
  });
  const top = Math.max(...logs);
  const shares = logs.map((v) => Math.exp(v - top));
  const mass = shares.reduce((p, q) => p + q, 0);
  return { log: top + Math.log(mass), clean: shares.reduce((sum, v, i) => sum + v * inside[i], 0) / mass };
}

/** Mọi chặng của mỗi hạt từ `starts`, dẫn hướng với trọng số w; `next()` cho nhiễu. */
export function run(target, table, w, sampler, starts, next) {
  const stages = [starts];
  for (let k = TOTAL; k > 0; k--) {
    const step = reverseStep(table, k, k - 1, sampler);
    const [a, noise] = [table.a[k], table.noise[k]];
    stages.push(
      stages.at(-1).map((x) => {
        const [u, c] = [target.all, target.mine].map((law) => look(law, a, noise, x).clean);
        const clean = u + w * (c - u); // dẫn hướng trên x₀ cũng là dẫn hướng trên ε
        const eps = (x - a * clean) / Math.sqrt(noise);
        return step.x0 * clean + step.eps * eps + step.x * x + (step.scale ? step.scale * next() : 0);
      }),
    );
  }
  return stages;
}

/** Luật nguội ∝ p^{1−w} p(·|c)^w trên lưới [−6, 6]: [x, mật độ], trung bình, phương sai. */
export function tempered(target, w) {
  const [count, step] = [2401, 0.005];
  const grid = Array.from({ length: count }, (_, i) => -6 + i * step);
  const logs = grid.map((x) => (1 - w) * look(target.all, 1, 0, x).log + w * look(target.mine, 1, 0, x).log);
  const top = Math.max(...logs);
  const shares = logs.map((v) => Math.exp(v - top));
  const mass = shares.reduce((p, q) => p + q, 0);
  const points = grid.map((x, i) => [x, shares[i] / mass / step]);
  const mean = points.reduce((sum, [x, p]) => sum + x * p * step, 0);
  return { points, mean, variance: points.reduce((sum, [x, p]) => sum + (x - mean) ** 2 * p * step, 0) };
}

/** Trung bình và phương sai của một dãy số. */
export function moments(values) {
  const mean = values.reduce((p, q) => p + q, 0) / values.length;
  return { mean, variance: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length };
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-guidance");
  const table = cosineSchedule(TOTAL);
  const presets = model.get("presets");
  const starts = model.get("starts");
  const change = changer(model);
  const row = (label) => labelledRow(root, label);
  const markPreset = choice(row("Dữ liệu"), "Dữ liệu", presets.map((p) => [p.name, p.label]), (preset) => change({ preset }));
  const markSampler = choice(row("Đường đi"), "Đường đi", ["ddim", "beta"].map((name) => [name, model.get("samplers")[name]]), (sampler) => change({ sampler }));

  const bar = html("div", { class: "lf-steps", style: "margin-top: 8px; flex-wrap: wrap; white-space: nowrap" });
  const slider = html("input", { type: "range", min: 0, max: LARGEST, step: 0.1, style: "min-width: 150px", "aria-label": "Trọng số dẫn hướng w" });
  const clock = html("output", { style: "min-width: 4.4em; text-align: right; font-variant-numeric: tabular-nums" });
  const again = html("button", { type: "button", class: "lf-again" }, "Nhiễu khác");
  bar.append(math("w"), slider, clock, again);
  root.append(bar);
  slider.addEventListener("input", () => change({ weight: Number(slider.value) }));
  again.addEventListener("click", () => change({ seed: model.get("seed") + 1 }));

  const panels = html("div", { class: "lf-panels", style: "margin-top: 12px" });
  root.append(panels);
  const left = panelIn(panels, "Quỹ đạo của các hạt, từ nhiễu tới dữ liệu");
  const right = panelIn(panels, "Mật độ của mẫu dẫn hướng, của luật có điều kiện và của luật nguội");

  const legend = html("div", { class: "lf-options", style: "font-size: 13px; color: var(--lf-muted)" });
  for (const [style, text] of [
    ["height: 10px; background: var(--lf-x); opacity: 0.6", "mẫu dẫn hướng"],
    ["height: 3px; background: var(--lf-z)", "luật có điều kiện"],
    ["height: 0; border-top: 2px dashed var(--lf-ink)", "luật nguội"],
  ]) {
    const swatch = html("span", { "aria-hidden": "true", style: `display: inline-block; width: 18px; margin-right: 6px; vertical-align: middle; ${style}` });
    legend.append(html("span", {}, swatch, text));
  }
  root.append(legend);

  const [rowOne, rowAll] = twoColumns(root);
  const out = {
    variance: rowOne("phương sai của mẫu dẫn hướng", "lf-is-x lf-variance"),
    cold: rowOne("phương sai của luật nguội", "lf-cold"),
    truth: rowOne("phương sai của luật có điều kiện", "lf-is-z lf-truth"),
    share: rowOne("tỉ số phương sai, mẫu / luật nguội", "lf-sum lf-share"),
    mean: rowAll("trung bình của mẫu dẫn hướng", "lf-is-x lf-mean"),
    coldMean: rowAll("trung bình của luật nguội", "lf-cold-mean"),
    inner: rowAll("phần mẫu ở cụm trong", "lf-gap lf-is-x lf-inner"),
    coldInner: rowAll("luật nguội ở cụm trong", "lf-cold-inner"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  const remember = memory(60);

  /** Khung một hình: hai trục, vạch chia, tên trục. */
  function frame({ picture, axes, inside }, [w, h], xs, ys, names) {
    const box = [40, w - 8, 24, h - 42];
    const x = linear(xs.range, [box[0], box[1]]);
    const y = linear(ys.range, [box[3], box[2]]);
    setAttributes(picture, { width: w, height: h, viewBox: `0 0 ${w} ${h}` });
    inside.cut(box[0], box[2], box[1] - box[0], box[3] - box[2]);
    inside.group.replaceChildren();
    axes.replaceChildren();
    for (const v of ys.ticks) {
      svg(axes, "path", { class: "lf-gridline", d: `M${box[0]} ${y(v)}H${box[1]}` });
      svg(axes, "text", { x: box[0] - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    for (const v of xs.ticks) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(v)} ${box[2]}V${box[3]}` });
      svg(axes, "text", { x: x(v), y: box[3] + 16, "text-anchor": "middle" }).textContent = tickLabel(v);
    }
    svg(axes, "rect", { class: "lf-frame", x: box[0], y: box[2], width: box[1] - box[0], height: box[3] - box[2] });
    svgMath(axes, names[1], { x: box[0], y: 14 });
    svgMath(axes, names[0], { x: (box[0] + box[1]) / 2, y: h - 6, "text-anchor": "middle" });
    return [x, y, inside.group];
  }

  const unit = { range: [-VIEW, VIEW], ticks: [-2, 0, 2] };

  function drawPaths(size, stages) {
    const [x, y, group] = frame(left, size, { range: [TOTAL, 0], ticks: [100, 50, 0] }, unit, ["bước k", "x_k"]);
    const every = Math.floor(starts.length / SHOWN);
    const lines = Array.from({ length: SHOWN }, (_, i) => polyline(stages.map((values, j) => [x(TOTAL - j), y(values[i * every + Math.floor(every / 2)])])));
    svg(group, "path", { class: "lf-paths", d: lines.join(""), style: "fill: none; stroke: var(--lf-x); stroke-width: 1; stroke-opacity: 0.75" });
  }

  function drawLaws(size, target, cold, ends) {
    const own = cold.points.map(([v]) => [v, Math.exp(look(target.mine, 1, 0, v).log)]);
    const heights = Array(BINS).fill(0);
    const width = (2 * VIEW) / BINS;
    for (const v of ends) {
      const bin = Math.floor((v + VIEW) / width);
      if (bin >= 0 && bin < BINS) heights[bin] += 1 / (ends.length * width);
    }
    const top = 1.08 * Math.max(...own.map(([, p]) => p), ...cold.points.map(([, p]) => p), Math.min(Math.max(...heights), 3));
    const [x, y, group] = frame(right, size, unit, { range: [0, top], ticks: ticks(0, top, 4) }, ["x", "mật độ"]);
    const bars = heights.map((p, i) => (p ? `M${x(-VIEW + i * width)} ${y(0)}V${y(p)}H${x(-VIEW + (i + 1) * width)}V${y(0)}Z` : ""));
    svg(group, "path", { class: "lf-bars", d: bars.join(""), style: "fill: var(--lf-x); fill-opacity: 0.5" });
    const line = (points) => polyline(points.map(([v, p]) => [x(v), y(p)]));
    svg(group, "path", { class: "lf-own", d: line(own), style: "fill: none; stroke: var(--lf-z); stroke-width: 2" });
    svg(group, "path", { class: "lf-cold-line", d: line(cold.points), style: "fill: none; stroke: var(--lf-ink); stroke-width: 1.8; stroke-dasharray: 5 4" });
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 560;
    root.classList.toggle("lf-wide", wide);
    const [preset, sampler, weight, seed] = ["preset", "sampler", "weight", "seed"].map((key) => model.get(key));
    const target = presets.find((p) => p.name === preset);
    const stages = remember(`${preset} ${sampler} ${weight} ${seed}`, () => run(target, table, weight, sampler, starts, gaussian(seed)));
    const cold = remember(`${preset} ${weight}`, () => tempered(target, weight));
    const truth = remember(preset, () => tempered(target, 1));
    const ends = stages.at(-1);
    const mine = moments(ends);
    const width = wide ? Math.floor((panels.clientWidth - 14) / 2) : Math.min(panels.clientWidth, 440);
    const size = [width, clamp(0.78 * width, 220, 320)];
    drawPaths(size, stages);
    drawLaws(size, target, cold, ends);
    const edge = (target.mine.means[0] + target.mine.means.at(-1)) / 2; // giữa cụm trong và cụm ngoài
    const inner = ends.filter((v) => v < edge).length / ends.length;
    const coldInner = cold.points.reduce((sum, [v, p]) => sum + (v < edge ? p * 0.005 : 0), 0);
    const values = {
      variance: format(mine.variance, 4),
      cold: format(cold.variance, 4),
      truth: format(truth.variance, 4),
      share: format(mine.variance / cold.variance, 3),
      mean: format(mine.mean, 3),
      coldMean: format(cold.mean, 3),
      inner: `${format(100 * inner, 1)} %`,
      coldInner: `${format(100 * coldInner, 1)} %`,
    };
    for (const [name, text] of Object.entries(values)) out[name].value.textContent = text;
    for (const name of ["inner", "coldInner"]) out[name].value.parentNode.style.display = preset === "gauss" ? "none" : "";
    slider.value = weight;
    clock.textContent = `w = ${format(weight, 1)}`;
    slider.setAttribute("aria-valuetext", clock.textContent);
    again.disabled = sampler === "ddim";
    markPreset(preset);
    markSampler(sampler);
    if (note.dataset.text !== preset) note.replaceChildren(...prose(NOTES[preset]));
    note.dataset.text = preset;
  }

  const redraw = once(draw);
  const keys = ["preset", "sampler", "weight", "seed"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
