// Hạt Langevin trong trường điểm số của một hỗn hợp Gauss: bước dài, khe vắng, và ủ; tính ngay trong trang.

const WIDEST = 3; // mức nhiễu lúc bắt đầu ủ
const SETTLE = 0.8; // phần đầu của lần chạy để ủ
const VIEW = [4, 3]; // mặt phẳng [−4, 4] × [−3, 3]
const FAR = 1e6; // hạt văng ra thì dừng ở đây
const TRAILS = 5; // số hạt có vệt
const TAIL = 12; // vệt dài bao nhiêu bước
const BINS = 40;
const HINT = "Kéo thanh «bước thứ» hay bấm «Chạy». Hình tròn là giếng (hai độ lệch chuẩn), mũi tên là điểm số. Bên phải: các hạt theo tọa độ $x_1$ và mật độ đúng.";
const NOTES = {
  short: "Bước ngắn: trong giếng, phương sai gần đúng. Nhưng giữa hai giếng không có hạt nào làm cầu, nên phần hạt ở mỗi giếng còn nhớ nơi xuất phát.",
  long: "Bước dài: phương sai dừng là $(c^2 + σ^2)/(1 − r/2)$, lớn hơn phương sai thật. Chuỗi không báo gì; chỉ phân phối là sai.",
  burst: "Từ $r = 2$ mỗi bước nhảy quá tâm xa hơn chỗ cũ: các hạt văng ra.",
  single: "Một giếng: sau vài chục bước, đám đông quên nơi xuất phát, và bước ngắn thì phương sai gần đúng.",
  wide: "Nhiễu lớn: các giếng liền một, hạt qua lại dễ. Nhưng đích của chuỗi là mật độ đã nhòe, không phải dữ liệu.",
  anneal: "Ủ: nhiễu lớn làm các giếng liền một, hạt đi lại dễ; nhiễu nhỏ dần thì mỗi hạt ở lại giếng đã chọn. Phần hạt mỗi bên gần với trọng số thật.",
};

/** Phương sai c² + σ² của giếng ở bước k; khi ủ thì giảm theo cấp số nhân rồi đứng yên. */
export function wellVariance(std, sigma, anneal, k, steps) {
  const floor = std * std + sigma * sigma;
  if (!anneal) return floor;
  const share = Math.min(1, k / (SETTLE * steps));
  return (std * std + WIDEST * WIDEST) ** (1 - share) * floor ** share;
}

/** ∇log p_σ tại (p, q): lực kéo về từng tâm, trung bình theo xác suất hậu nghiệm. */
export function score({ weights, means }, variance, p, q) {
  const logs = means.map(([m, n], i) => Math.log(weights[i]) - ((p - m) ** 2 + (q - n) ** 2) / (2 * variance));
  const top = Math.max(...logs);
  let [mass, x, y] = [0, 0, 0];
  means.forEach(([m, n], i) => {
    const share = Math.exp(logs[i] - top);
    mass += share;
    x += share * (m - p);
    y += share * (n - q);
  });
  return [x / mass / variance, y / mass / variance];
}

/** Mọi chặng [x, y] của mỗi hạt từ `starts`; `next()` cho các ξ, hai số một hạt một bước. */
export function simulate(target, { ratio, sigma, anneal, steps }, starts, next) {
  const path = [starts];
  for (let k = 0; k < steps; k++) {
    const variance = wellVariance(target.std, sigma, anneal, k, steps);
    const h = ratio * variance;
    const kick = Math.sqrt(2 * h);
    path.push(
      path[k].map(([p, q]) => {
        const [u, v] = score(target, variance, p, q);
        return [p + h * u + kick * next(), q + h * v + kick * next()].map((c) => clamp(c, -FAR, FAR));
      }),
    );
  }
  return path;
}

/** Phần hạt có x₁ > 0, và trung bình của x₂². */
export const measures = (points) => ({
  right: points.filter(([p]) => p > 0).length / points.length,
  variance: points.reduce((sum, [, q]) => sum + q * q, 0) / points.length,
});

/** Mật độ của tọa độ x₁ khi mỗi giếng có phương sai `variance`. */
export const density = ({ weights, means }, variance, p) =>
  means.reduce((sum, [m], i) => sum + (weights[i] * Math.exp(-((p - m) ** 2) / (2 * variance))) / Math.sqrt(2 * Math.PI * variance), 0);

/** Xác suất đúng của x₁ > 0: quy tắc hình thang, bước 0.01. */
export function rightMass(target, variance) {
  let sum = density(target, variance, 0) / 2;
  for (let i = 1; i <= 2500; i++) sum += density(target, variance, i / 100);
  return sum / 100;
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-langevin");
  const presets = model.get("presets");
  const steps = model.get("steps");
  const change = changer(model);
  const row = (label, name, options, pick) => {
    return choice(labelledRow(root, label, { style: "margin-top: 6px" }), name, options, pick);
  };
  const markPreset = row("Mật độ", "Mật độ", presets.map((p) => [p.name, p.label]), (preset) => change({ preset }));
  const markStart = row("Xuất phát", "Nơi xuất phát", Object.entries(model.get("starts")), (start) => change({ start }));
  const markAnneal = row("Mức nhiễu", "Mức nhiễu", [["false", "giữ ở σ"], ["true", "ủ từ 3 xuống σ"]], (v) => change({ anneal: v === "true" }));
  const range = (key, label, name, min, max, step) => {
    const input = html("input", { type: "range", min, max, step, "aria-label": name, "data-key": key });
    const value = html("output", { style: "min-width: 3.2em; text-align: right; font-variant-numeric: tabular-nums" });
    const bar = html("div", { class: "lf-steps", style: "margin-top: 4px" });
    bar.append(html("span", { style: "min-width: 6.5em" }, ...prose(label)), input, value);
    root.append(bar);
    input.addEventListener("input", () => change({ [key]: Number(input.value) }));
    return {
      bar,
      input,
      show(text = format(model.get(key))) {
        input.value = model.get(key);
        value.textContent = text;
        input.setAttribute("aria-valuetext", text);
      },
    };
  };
  const stepRange = range("ratio", "độ dài bước $r$", "Độ dài bước r, tính theo phương sai của giếng", 0.02, 2.1, 0.02);
  const noiseRange = range("sigma", "mức nhiễu $σ$", "Mức nhiễu sigma", 0, WIDEST, 0.05);
  const clock = range("stage", "bước thứ $k$", "Đã đi bao nhiêu bước", 0, steps, 1);
  const play = html("button", { type: "button", class: "lf-play", "aria-label": "Chạy từng bước" }, "Chạy");
  const again = html("button", { type: "button", class: "lf-again" }, "Nhiễu khác");
  root.append(html("div", { class: "lf-options", style: "margin-top: 6px" }, play, again));
  let timer = null;
  function halt() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Chạy";
  }
  clock.input.addEventListener("input", halt);
  again.addEventListener("click", () => change({ seed: model.get("seed") + 1 }));
  play.addEventListener("click", () => {
    if (timer) return halt();
    if (model.get("stage") >= steps) change({ stage: 0 });
    play.textContent = "Dừng";
    const jump = reducedMotion() ? 20 : 1;
    const advance = () => {
      change({ stage: Math.min(steps, model.get("stage") + jump) });
      if (model.get("stage") >= steps) halt();
      else timer = setTimeout(advance, 40 * jump);
    };
    timer = setTimeout(advance, 100);
  });

  const panels = html("div", { class: "lf-panels", style: "margin-top: 12px" });
  root.append(panels);
  const left = panelIn(panels, "Các hạt và điểm số trong mặt phẳng");
  const right = panelIn(panels, "Phân phối của tọa độ x1 của các hạt, so với mật độ đúng");

  const [rowOne, rowAll] = twoColumns(root);
  const out = {
    step: rowOne("độ dài bước $h = r(c^2 + σ^2)$", "lf-step"),
    right: rowOne("phần hạt có $x_1 > 0$", "lf-right"),
    weight: rowOne("xác suất đúng của bên ấy", "lf-weight"),
    variance: rowAll("phương sai của $x_2$, các hạt", "lf-variance"),
    limit: rowAll("phương sai dừng, theo công thức", "lf-limit"),
    truth: rowAll("phương sai đúng $c^2 + σ^2$", "lf-truth"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  const memory = new Map();
  function travel(target, settings, start, seed) {
    const key = JSON.stringify([target.name, settings, start, seed]);
    if (!memory.has(key)) {
      if (memory.size > 20) memory.clear();
      const first = gaussian(seed);
      const origin = target.means.reduce((a, b) => (b[0] < a[0] ? b : a));
      const place = ([u, v]) => (start === "noise" ? [WIDEST * u, WIDEST * v] : [origin[0] + target.std * u, origin[1] + target.std * v]);
      const starts = Array.from({ length: model.get("count") }, () => place([first(), first()]));
      memory.set(key, simulate(target, settings, starts, gaussian(seed + 1e6)));
    }
    return memory.get(key);
  }

  function frame({ picture, axes, inside }, [w, h], box, x, y, xs, ys, names) {
    const [first, last, low, high] = box;
    setAttributes(picture, { width: w, height: h, viewBox: `0 0 ${w} ${h}` });
    inside.cut(first, low, last - first, high - low);
    axes.replaceChildren();
    for (const v of ys) svg(axes, "text", { x: first - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    for (const v of xs) svg(axes, "text", { x: x(v), y: high + 16, "text-anchor": "middle" }).textContent = tickLabel(v);
    svg(axes, "rect", { class: "lf-frame", x: first, y: low, width: last - first, height: high - low });
    svgMath(axes, names[1], { x: first, y: 14 });
    svgMath(axes, names[0], { x: (first + last) / 2, y: h - 4, "text-anchor": "middle" });
    inside.group.replaceChildren();
    return inside.group;
  }

  function drawPlane([w, h], target, path, stage, variance) {
    const box = [26, w - 8, 24, h - 34];
    const x = linear([-VIEW[0], VIEW[0]], [box[0], box[1]]);
    const y = linear([-VIEW[1], VIEW[1]], [box[3], box[2]]);
    const group = frame(left, [w, h], box, x, y, [-2, 0, 2], [-2, 0, 2], ["x_1", "x_2"]);
    const radius = 2 * Math.sqrt(variance);
    for (const [m, n] of target.means) {
      svg(group, "ellipse", { cx: x(m), cy: y(n), rx: radius * x.unit, ry: radius * y.unit, style: "fill: var(--lf-x); fill-opacity: 0.1; stroke: var(--lf-x); stroke-opacity: 0.55" });
    }
    const arrows = [];
    for (let p = -3.5; p < 4; p += 1) {
      for (let q = -2.5; q < 3; q += 1) {
        const [u, v] = score(target, variance, p, q);
        // Nén độ dài, giữ hướng: điểm số ở xa giếng hẹp lớn gấp trăm lần ở trong.
        const length = Math.hypot(u, v) * Math.sqrt(variance);
        const size = (0.42 * length) / (1 + length) / (Math.hypot(u, v) || 1);
        const [du, dv] = [u * size, v * size];
        const tip = (s, c) => `M${x(p + du).toFixed(1)} ${y(q + dv).toFixed(1)}L${x(p + 0.65 * du - s * 0.2 * dv).toFixed(1)} ${y(q + 0.65 * dv + c * 0.2 * du).toFixed(1)}`;
        arrows.push(`M${x(p).toFixed(1)} ${y(q).toFixed(1)}L${x(p + du).toFixed(1)} ${y(q + dv).toFixed(1)}${tip(1, 1)}${tip(-1, -1)}`);
      }
    }
    svg(group, "path", { class: "lf-arrows", d: arrows.join(""), style: "fill: none; stroke: var(--lf-muted); stroke-width: 1.1; opacity: 0.75" });
    const place = ([p, q]) => [x(clamp(p, -9, 9)), y(clamp(q, -9, 9))];
    const trail = (i) => polyline(path.slice(Math.max(0, stage - TAIL), stage + 1).map((points) => place(points[i])));
    svg(group, "path", { class: "lf-trails", d: Array.from({ length: TRAILS }, (_, i) => trail(i)).join(""), style: "fill: none; stroke: var(--lf-third); stroke-width: 1; stroke-opacity: 0.8" });
    const dots = path[stage].map((point) => place(point).map((v) => v.toFixed(1)).join(" "));
    svg(group, "path", { class: "lf-particles", d: `M${dots.join("h0M")}h0`, style: "fill: none; stroke: var(--lf-z); stroke-width: 3.6; stroke-linecap: round" });
  }

  function drawHistogram([w, h], target, points, variance) {
    const box = [34, w - 8, 24, h - 34];
    const x = linear([-VIEW[0], VIEW[0]], [box[0], box[1]]);
    const step = (2 * VIEW[0]) / BINS;
    const counts = new Array(BINS).fill(0);
    for (const [p] of points) {
      const i = Math.floor((p + VIEW[0]) / step);
      if (i >= 0 && i < BINS) counts[i] += 1; // ngoài khung thì bỏ
    }
    const heights = counts.map((n) => n / points.length / step);
    const grid = Array.from({ length: 161 }, (_, i) => -VIEW[0] + (i * VIEW[0]) / 80);
    const exact = grid.map((p) => density(target, variance, p));
    const peak = Math.max(...exact);
    const top = 1.1 * Math.max(peak, 0.15, Math.min(2.5 * peak, Math.max(...heights)));
    const y = linear([0, top], [box[3], box[2]]);
    const group = frame(right, [w, h], box, x, y, [-2, 0, 2], ticks(0, top, 4), ["x_1", "mật độ"]);
    const bars = heights.map((v, i) => `M${x(-VIEW[0] + i * step).toFixed(1)} ${y(0)}V${y(v).toFixed(1)}H${x(-VIEW[0] + (i + 1) * step).toFixed(1)}V${y(0)}Z`);
    svg(group, "path", { class: "lf-bars", d: bars.join(""), style: "fill: var(--lf-z); fill-opacity: 0.4; stroke: none" });
    svg(group, "path", { class: "lf-exact", d: polyline(grid.map((p, i) => [x(p), y(exact[i])])), style: "fill: none; stroke: var(--lf-x); stroke-width: 2.2" });
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 560;
    root.classList.toggle("lf-wide", wide);
    const [preset, start, seed, ratio, sigma, anneal] = ["preset", "start", "seed", "ratio", "sigma", "anneal"].map((key) => model.get(key));
    const stage = clamp(model.get("stage"), 0, steps);
    const target = presets.find((p) => p.name === preset);
    const path = travel(target, { ratio, sigma, anneal, steps }, start, seed);
    const variance = wellVariance(target.std, sigma, anneal, stage, steps);
    const side = wide ? Math.floor((panels.clientWidth - 14) / 2) : Math.min(panels.clientWidth, 440);
    const size = [side, Math.round(0.75 * (side - 34)) + 58];
    drawPlane(size, target, path, stage, variance);
    drawHistogram(size, target, path[stage], variance);

    const found = measures(path[stage]);
    const values = {
      step: format(ratio * variance, 3),
      right: format(found.right, 3),
      weight: format(rightMass(target, variance), 3),
      variance: found.variance > 1e4 ? "+∞" : format(found.variance, 3),
      limit: format(ratio < 2 ? variance / (1 - ratio / 2) : Infinity, 3),
      truth: format(variance, 3),
    };
    for (const [key, value] of Object.entries(values)) out[key].value.textContent = value;
    stepRange.show();
    noiseRange.show();
    clock.show(String(stage));
    markPreset(preset);
    markStart(start);
    markAnneal(String(anneal));
    const kind = ratio >= 2 ? "burst" : ratio > 0.6 ? "long" : anneal ? "anneal" : sigma >= 1 ? "wide" : preset === "gauss" ? "single" : "short";
    if (note.dataset.kind !== kind) note.replaceChildren(...prose(NOTES[kind]));
    note.dataset.kind = kind;
  }

  const redraw = once(draw);
  const keys = ["preset", "start", "seed", "ratio", "sigma", "anneal", "stage"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    halt();
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
