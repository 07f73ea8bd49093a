// Một chữ số tan dần trong nhiễu: kéo k, đổi lịch nhiễu, xem tín hiệu còn lại bao nhiêu.

const TOTAL = 100;
const LOW_SNR = -6; // đáy của trục log₁₀ SNR
const HINT = "Kéo thanh trượt, hoặc Tab rồi phím mũi tên. Nhiễu $ε$ giữ nguyên khi $k$ đổi; bấm «Nhiễu khác» để rút lại.";
const NOTES = {
  linear: "Lịch tuyến tính: tín hiệu mất sớm, phần tư cuối của chuỗi gần như chỉ còn nhiễu.",
  cosine: "Lịch cosin: tín hiệu mất đều hơn, các bước giữa được dùng nhiều hơn.",
  short: "Lấy dải $β$ của $T = 1000$ cho $T = 100$ mà quên nhân 1000/T: ở bước cuối chữ số vẫn đọc được, còn bộ sinh lại bắt đầu từ $N(0, I)$.",
};
const HUES = { linear: "var(--lf-z)", cosine: "var(--lf-third)", short: "var(--lf-warn)" };

export const schedules = () => ({
  linear: linearSchedule(TOTAL),
  cosine: cosineSchedule(TOTAL),
  short: linearSchedule(TOTAL, 1),
});

/** x_k của một ảnh, với nhiễu `eps`. */
export const noised = ({ a, noise }, k, image, eps) =>
  image.map((v, i) => a[k] * v + Math.sqrt(noise[k]) * eps[i]);

/** Các con số của bước k và của bước cuối. */
export function measures(table, k, image) {
  const moment = image.reduce((sum, v) => sum + v * v, 0) / image.length;
  return {
    beta: table.beta[k],
    signal: table.a[k],
    noise: Math.sqrt(table.noise[k]),
    snr: table.snr[k],
    kl: klToNormal(table, k, moment),
    last_snr: table.snr[TOTAL],
    last_kl: klToNormal(table, TOTAL, moment),
  };
}

/** Ba chữ số có nghĩa, lũy thừa viết bằng số mũ nhỏ. */
function short(v) {
  if (!Number.isFinite(v) || v === 0 || (v >= 1e-2 && v < 1e4)) return format(v, v >= 10 ? 1 : 3);
  const [digits, power] = v.toExponential(1).split("e");
  const raised = [...String(Number(power))].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
  return `${digits}·10${raised}`;
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-noising");
  const tables = schedules();
  const images = model.get("images");
  const labels = model.get("labels");
  const change = changer(model);
  const row = (label) => labelledRow(root, label);
  const named = (name) => swatched(HUES[name], labels[name]);
  const markSchedule = choice(row("Lịch nhiễu"), "Lịch nhiễu", Object.keys(NOTES).map((n) => [n, named(n)]), (schedule) => change({ schedule }));
  const markDigit = choice(row("Chữ số"), "Chữ số", images.map((_, i) => [String(i), String(i)]), (v) => change({ digit: Number(v) }));
  const views = [["alpha", "phần tín hiệu"], ["snr", "SNR, thang log"]];
  const markView = choice(row("Đồ thị"), "Vẽ gì theo k", views, (view) => change({ view }));

  const bar = html("div", { class: "lf-steps", style: "margin-top: 8px; flex-wrap: wrap; white-space: nowrap" });
  const slider = html("input", { type: "range", min: 0, max: TOTAL, step: 1, style: "min-width: 130px", "aria-label": "Bước k" });
  const clock = html("output", { style: "min-width: 4.6em; text-align: right; font-variant-numeric: tabular-nums" });
  const again = html("button", { type: "button", class: "lf-again" }, "Nhiễu khác");
  bar.append(math("k"), slider, clock, again);
  root.append(bar);
  slider.addEventListener("input", () => change({ step: Number(slider.value) }));
  again.addEventListener("click", () => change({ seed: model.get("seed") + 1 }));

  const panels = html("div", { class: "lf-panels", style: "margin-top: 12px" });
  root.append(panels);
  const left = html("div", { class: "lf-panel" });
  const paper = "position: static; width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--lf-line); border-radius: 4px";
  const canvas = html("canvas", { width: 8, height: 8, role: "img", style: paper });
  left.append(canvas);
  const right = html("div", { class: "lf-panel" });
  panels.append(left, right);
  const picture = svg(right, "svg", { role: "img" });
  const axes = svg(picture, "g");
  const inside = clipped(picture);
  const marks = svg(picture, "g");

  const [rowOne, rowAll] = twoColumns(root);
  const out = {
    beta: rowOne("$β_k$ của bước này", "lf-beta"),
    signal: rowOne("hệ số của chữ số, $√ᾱ_k$", "lf-signal"),
    noise: rowOne("hệ số của nhiễu, $√(1 − ᾱ_k)$", "lf-noise"),
    snr: rowAll("$SNR_k$", "lf-snr"),
    kl: rowAll("KL của $x_k$ tới $N(0, I)$, nat/chiều", "lf-kl"),
    last_snr: rowAll("bước cuối: $SNR_T$", "lf-gap lf-last-snr"),
    last_kl: rowAll("bước cuối: KL, nat/chiều", "lf-last-kl"),
  };
  const note = html("p", { class: "lf-note", "aria-live": "polite" });
  root.append(note, html("p", { class: "lf-hint" }, ...prose(HINT)));

  function paint(values) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(8, 8);
    values.forEach((v, i) => {
      const gray = Math.round(255 * clamp(0.5 - v / 3, 0, 1)); // −1.5 trắng, 1.5 đen
      pixels.data.set([gray, gray, gray, 255], 4 * i);
    });
    context.putImageData(pixels, 0, 0);
  }

  function drawCurves(width, height, view, chosen, k) {
    setAttributes(picture, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": `Đồ thị theo bước k: ${view === "alpha" ? "ᾱ" : "log SNR"}` });
    const [first, last, low, high] = [40, width - 10, 24, height - 42];
    const range = view === "alpha" ? [0, 1] : [LOW_SNR, 4];
    const x = linear([0, TOTAL], [first, last]);
    const y = linear(range, [high, low]);
    inside.cut(first, low - 3, last - first, high - low + 6);
    axes.replaceChildren();
    for (const v of ticks(...range, 5)) {
      svg(axes, "path", { class: "lf-gridline", d: `M${first} ${y(v)}H${last}` });
      svg(axes, "text", { x: first - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    for (const v of [0, 25, 50, 75, 100]) svg(axes, "text", { x: x(v), y: high + 16, "text-anchor": "middle" }).textContent = tickLabel(v);
    svgMath(axes, view === "alpha" ? "ᾱ_k" : "log_10 SNR_k", { x: first, y: 14 });
    svgMath(axes, "bước k", { x: (first + last) / 2, y: height - 4, "text-anchor": "middle" });
    svg(axes, "rect", { class: "lf-frame", x: first, y: low, width: last - first, height: high - low });
    svg(axes, "path", { d: `M${x(k)} ${low}V${high}`, style: "stroke: var(--lf-muted); stroke-dasharray: 2 3" });
    const value = (table, i) => (view === "alpha" ? table.alphaBar[i] : Math.log10(Math.min(table.snr[i], 1e9)));
    inside.group.replaceChildren();
    for (const [name, table] of Object.entries(tables)) {
      const points = table.alphaBar.map((_, i) => [x(i), y(value(table, i))]);
      const own = name === chosen;
      svg(inside.group, "path", { class: own ? "lf-own" : "lf-other", d: polyline(points), style: `fill: none; stroke: ${HUES[name]}; stroke-width: ${own ? 3 : 1.3}` });
    }
    const at = clamp(value(tables[chosen], k), ...range);
    marks.replaceChildren();
    svg(marks, "circle", { cx: x(k), cy: y(at), r: 5.5, style: "fill: var(--lf-ink); stroke: var(--lf-surface); stroke-width: 1.5" });
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    const wide = root.clientWidth >= 560;
    root.classList.toggle("lf-wide", wide);
    const [chosen, view, k, digit, seed] = ["schedule", "view", "step", "digit", "seed"].map((key) => model.get(key));
    const width = wide ? Math.floor((panels.clientWidth - 14) / 2) : Math.min(panels.clientWidth, 440);
    left.style.width = `${Math.min(width, wide ? 236 : 200)}px`;
    const next = gaussian(seed);
    const eps = images[digit].map(() => next());
    paint(noised(tables[chosen], k, images[digit], eps));
    canvas.setAttribute("aria-label", `Chữ số ${digit} ở bước ${k}`);
    drawCurves(width, clamp(0.8 * width, 210, 300), view, chosen, k);
    for (const [name, value] of Object.entries(measures(tables[chosen], k, images[digit]))) out[name].value.textContent = short(value);
    slider.value = k;
    clock.textContent = `k = ${k}`;
    slider.setAttribute("aria-valuetext", `k = ${k}, ᾱ = ${short(tables[chosen].alphaBar[k])}`);
    markSchedule(chosen);
    markView(view);
    markDigit(String(digit));
    if (note.dataset.text !== chosen) note.replaceChildren(...prose(NOTES[chosen]));
    note.dataset.text = chosen;
  }

  const redraw = once(draw);
  const keys = ["schedule", "view", "step", "digit", "seed"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
