// K tầng phần dư x + δ·u(x, t) bên cạnh nghiệm của dx/dt = u(x, t) tới t = 1; mọi số tính trong trang.

const VIEW = 2.4;
const DEPTHS = [1, 2, 4, 8, 16, 32, 64];
const [FIXED_STEP, FIXED_DEPTH] = [0.25, 4];
const RING = Array.from({ length: 8 }, (_, i) => [1.6 * Math.cos((i * Math.PI) / 4), 1.6 * Math.sin((i * Math.PI) / 4)]);
const MESH = 1.6; // nửa cạnh của lưới
const ERRORS = [1e-3, 1e2]; // trục đứng của đồ thị sai số
const HINT = "Kéo chấm lớn nhất, hoặc Tab rồi phím mũi tên, để đổi điểm xuất phát.";
const MODES = {
  joint:
    "Gấp đôi $K$ thì δ giảm một nửa, và sai số ở $t = 1$ về sau cũng giảm chừng một nửa: đồ thị dốc −1.",
  fixed_step:
    "Giữ δ: thêm tầng là đi thêm thời gian, không phải chia mịn hơn. Chồng $K$ tầng đi tới $t = K/4$; nó chỉ gần nghiệm ở $t = 1$ khi $K = 4$, và không hội tụ về nghiệm ấy.",
  fixed_depth:
    "Giữ $K = 4$: cả chồng chỉ đi được tới $t = 4δ$. Cho δ về 0, nó về phép đồng nhất: mọi điểm đứng yên, sai số không về 0.",
};
const det = ([[a, b], [c, d]]) => a * d - b * c;
/** Chuẩn phổ của ma trận 2×2. */
const norm = (J) => {
  const total = J.flat().reduce((sum, v) => sum + v * v, 0);
  return Math.sqrt((total + Math.sqrt(Math.max(0, total ** 2 - 4 * det(J) ** 2))) / 2);
};
const identityPlus = (J, delta) => J.map((row, i) => row.map((v, j) => (i === j) + delta * v));
const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** u(x, t) = A x + B tanh(W x + b + c t) và ma trận Jacobi của nó theo x. */
export function field({ A, W, b, c, B }) {
  return (x, t) => {
    const h = W.map((w, k) => Math.tanh(w[0] * x[0] + w[1] * x[1] + b[k] + c[k] * t));
    const u = A.map((row, i) => row[0] * x[0] + row[1] * x[1] + h.reduce((s, v, k) => s + B[i][k] * v, 0));
    const J = A.map((row, i) =>
      row.map((v, j) => h.reduce((s, a, k) => s + B[i][k] * (1 - a * a) * W[k][j], v)),
    );
    return { u, J };
  };
}

/** [K, δ] của một chế độ. */
export function schedule(mode, n) {
  if (mode === "joint") return [n, 1 / n];
  return mode === "fixed_step" ? [n, FIXED_STEP] : [FIXED_DEPTH, 1 / n];
}

/** Đường đi qua K tầng, và Σ log|det(I + δJ)|. */
export function layers(u, start, depth, delta) {
  const path = [start];
  let logDet = 0;
  for (let k = 0; k < depth; k++) {
    const x = path[k];
    const here = u(x, k * delta);
    logDet += Math.log(Math.abs(det(identityPlus(here.J, delta))));
    path.push(x.map((v, i) => v + delta * here.u[i]));
  }
  return { path, logDet, end: path[depth] };
}

/** Nghiệm trên [0, 1] và ∫ div u dt, bằng Runge–Kutta bậc bốn. */
export function solution(u, start, steps = 200) {
  const h = 1 / steps;
  const path = [start];
  let logDet = 0;
  const slope = (x, t) => {
    const { u: [a, b], J } = u(x, t);
    return [a, b, J[0][0] + J[1][1]];
  };
  const move = (x, k, size) => [x[0] + size * k[0], x[1] + size * k[1]];
  for (let n = 0; n < steps; n++) {
    const [x, t] = [path[n], n * h];
    const k1 = slope(x, t);
    const k2 = slope(move(x, k1, h / 2), t + h / 2);
    const k3 = slope(move(x, k2, h / 2), t + h / 2);
    const k4 = slope(move(x, k3, h), t + h);
    const step = k1.map((v, i) => (v + 2 * k2[i] + 2 * k3[i] + k4[i]) / 6);
    path.push(move(x, step, h));
    logDet += h * step[2];
  }
  return { path, logDet, end: path[steps] };
}

/** Trung bình trên chùm: sai số ở t = 1, lệch của tổng log det, độ dời của chồng tầng. */
export function measures(u, starts, exact, depth, delta) {
  const found = starts.map((x) => layers(u, x, depth, delta));
  return {
    error: mean(found.map(({ end }, i) => distance(end, exact[i].end))),
    log_det_error: mean(found.map(({ logDet }, i) => Math.abs(logDet - exact[i].logDet))),
    displacement: mean(found.map(({ end }, i) => distance(end, starts[i]))),
  };
}

/** Trên khung nhìn: Lip(u) đo bằng chuẩn phổ lớn nhất của J, và khoảng giá trị của det(I + δJ). */
export function sizes(u, depth, delta) {
  let [lip, low, high] = [0, Infinity, -Infinity];
  for (let k = 0; k < Math.min(depth, 8); k++) {
    for (let i = 0; i <= 22; i++) {
      for (let j = 0; j <= 22; j++) {
        const x = [i, j].map((n) => (n / 11 - 1) * VIEW);
        const { J } = u(x, (k * depth * delta) / Math.min(depth, 8));
        const d = det(identityPlus(J, delta));
        [lip, low, high] = [Math.max(lip, norm(J)), Math.min(low, d), Math.max(high, d)];
      }
    }
  }
  return { lip, low, high };
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-layers");
  const presets = model.get("presets");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };

  const labels = presets.map((p) => [p.name, html("span", {}, ...prose(p.label))]);
  const markPreset = choice(root, "Trường u", labels, (preset) => change({ preset }));
  const modes = html("div", { style: "margin-top: 6px" });
  root.append(modes);
  const ways = { joint: "$K$ tăng, δ = 1/$K$", fixed_step: "sai: giữ δ = 1/4, tăng $K$", fixed_depth: "sai: giữ $K$ = 4, giảm δ" };
  const wayLabels = Object.entries(ways).map(([mode, text]) => [mode, html("span", {}, ...prose(text))]);
  const markMode = choice(modes, "Cách tăng số tầng", wayLabels, (mode) => change({ mode }));
  const bar = html("div", { class: "lf-steps", style: "margin-top: 10px" });
  const button = (text, label) => html("button", { type: "button", "aria-label": label }, text);
  const [back, next] = [button("‹", "Nấc trước"), button("›", "Nấc sau")];
  const slider = html("input", { type: "range", min: 0, max: DEPTHS.length - 1, step: 1, "aria-label": "Số tầng, hay 1/δ" });
  bar.append(back, slider, next);
  const caption = html("p", { class: "lf-caption", "aria-live": "polite", style: "min-height: 2.9em" });
  root.append(bar, caption);
  const go = (index) => change({ depth: DEPTHS[clamp(index, 0, DEPTHS.length - 1)] });
  back.addEventListener("click", () => go(DEPTHS.indexOf(model.get("depth")) - 1));
  next.addEventListener("click", () => go(DEPTHS.indexOf(model.get("depth")) + 1));
  slider.addEventListener("input", () => go(Number(slider.value)));

  const body = html("div", { class: "lf-body" });
  const box = html("div", { class: "lf-panel", style: "width: 100%" });
  const side = html("div", { class: "lf-side" });
  body.append(box, side);
  root.append(body);
  const picture = svg(box, "svg", { role: "group", "aria-label": "Mặt phẳng", style: "margin: 0 auto" });
  const axes = svg(picture, "g");
  const inside = clipped(picture);
  const exactLines = svg(inside.group, "path", { class: "lf-edge-z lf-exact" });
  const layerLines = svg(inside.group, "path", { class: "lf-edge-x lf-stack" });
  const marks = svg(inside.group, "g");
  const handle = svg(picture, "g", {
    class: "lf-handle",
    tabindex: 0,
    role: "slider",
    "aria-roledescription": "điểm hai chiều",
    "aria-label": "Điểm xuất phát",
    "aria-valuemin": -2,
    "aria-valuemax": 2,
  });
  svg(handle, "circle", { class: "lf-target", r: 20 });
  svg(handle, "circle", { class: "lf-ring", r: 11 });
  svg(handle, "circle", { class: "lf-dot", r: 6 });
  let x, y;
  const move = (point) => change({ start: point.map((v) => +clamp(v, -2, 2).toFixed(3)) });
  draggable(handle, picture, { move: (px, py) => move([x.invert(px), y.invert(py)]) });
  arrowKeys(handle, (dx, dy) => {
    const [a, b] = model.get("start");
    move([a + 0.05 * dx, b + 0.05 * dy]);
  });
  const views = html("div", { class: "lf-options", style: "justify-content: center" });
  box.append(views);
  const markView = choice(views, "Vẽ", [["paths", "đường đi"], ["grid", "ảnh của lưới"]], (view) => change({ view }));

  const plot = svg(side, "svg", { role: "img", style: "margin: 0 auto" });
  const row = readout(side);
  const out = {
    lip: row("δ · Lip($u$) trong khung", "lf-gap lf-lip"),
    error: row("sai số ở $t = 1$, trung bình", "lf-is-x lf-error"),
    ratio: row("so với nấc trước"),
    displacement: row("độ dời của chồng tầng"),
    stack: row("$Σ log |det(I + δ J)|$", "lf-gap lf-stack-log-det"),
    exact: row("$∫ div u dt$", "lf-exact-log-det"),
    gap: row("lệch, tại chấm lớn (nat)", "lf-log-det-gap"),
  };
  const note = html("p", { class: "lf-note" });
  root.append(note, html("p", { class: "lf-hint" }, HINT));

  // Nghiệm chỉ phụ thuộc trường và điểm xuất phát: tính một lần rồi giữ.
  const memory = new Map();
  const remember = (key, make) => {
    if (!memory.has(key)) {
      if (memory.size > 600) memory.clear();
      memory.set(key, make());
    }
    return memory.get(key);
  };
  const exactAt = (name, u, point, steps = 200) =>
    remember(`${name} ${steps} ${point}`, () => solution(u, point, steps));

  /** Các đường của lưới vuông, mỗi đường 24 đoạn. */
  const mesh = Array.from({ length: 18 }, (_, n) => {
    const fixed = ((n % 9) / 4 - 1) * MESH;
    const along = Array.from({ length: 25 }, (_, i) => (i / 12 - 1) * MESH);
    return along.map((v) => (n < 9 ? [fixed, v] : [v, fixed]));
  });

  function drawPlane(name, u, starts, exact, [depth, delta], view) {
    const size = Math.min(box.clientWidth, 460);
    const margin = 26;
    setAttributes(picture, { width: size, height: size, viewBox: `0 0 ${size} ${size}` });
    const [low, high] = [22, size - margin];
    x = linear([-VIEW, VIEW], [margin, margin + high - low]);
    y = linear([-VIEW, VIEW], [high, low]);
    inside.cut(margin, low, high - low, high - low);
    axes.replaceChildren();
    svg(axes, "rect", { class: "lf-frame", x: margin, y: low, width: high - low, height: high - low });
    for (const v of [-2, -1, 0, 1, 2]) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(v)} ${low}V${high}M${x(-VIEW)} ${y(v)}H${x(VIEW)}` });
      if (v < 2) svg(axes, "text", { x: x(v), y: high + 17, "text-anchor": "middle" }).textContent = tickLabel(v);
      if (v < 2) svg(axes, "text", { x: margin - 6, y: y(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    svgMath(axes, "x_1", { x: x(VIEW), y: high + 17, "text-anchor": "end" });
    svgMath(axes, "x_2", { x: margin - 5, y: y(2) + 4, "text-anchor": "end" });
    svg(axes, "text", { x: margin, y: 14, class: "lf-label-z" }).textContent = "nghiệm tới t = 1";
    svg(axes, "text", { x: x(VIEW), y: 14, "text-anchor": "end", class: "lf-label-x" }).textContent = `${depth} tầng`;

    const place = ([a, b]) => [x(clamp(a, -20, 20)), y(clamp(b, -20, 20))];
    marks.replaceChildren();
    const dot = (point, r, style) => {
      const [cx, cy] = place(point);
      svg(marks, "circle", { cx, cy, r, style });
    };
    const stacks = starts.map((p) => layers(u, p, depth, delta));
    if (view === "grid") {
      const ends = mesh.map((line) => line.map((p) => place(exactAt(name, u, p, 40).end)));
      const images = mesh.map((line) => line.map((p) => place(layers(u, p, depth, delta).end)));
      exactLines.setAttribute("d", ends.map(polyline).join(""));
      layerLines.setAttribute("d", images.map(polyline).join(""));
      svg(marks, "path", { class: "lf-trail", d: polyline(stacks[0].path.map(place)) });
    } else {
      exactLines.setAttribute("d", exact.map((s) => polyline(s.path.map(place))).join(""));
      layerLines.setAttribute("d", stacks.map((s) => polyline(s.path.map(place))).join(""));
      for (const { path } of stacks) for (const p of path.slice(1)) dot(p, depth > 16 ? 1.3 : 2.2, "fill: var(--lf-x)");
      for (const p of RING) dot(p, 3, "fill: var(--lf-ink)");
    }
    stacks.slice(0, view === "grid" ? 1 : starts.length).forEach(({ end }, i) => {
      dot(exact[i].end, 5.5, "fill: none; stroke: var(--lf-z); stroke-width: 2");
      dot(end, 3.6, "fill: var(--lf-x)");
    });
    setAttributes(handle, {
      transform: `translate(${place(starts[0]).map((v) => v.toFixed(2)).join(" ")})`,
      "aria-valuenow": starts[0][0],
      "aria-valuetext": `x = (${starts[0].map((v) => format(v)).join("; ")})`,
    });
    return stacks[0];
  }

  /** Sai số theo K (hay theo 1/δ), hai trục log, và đường dốc −1. */
  function drawErrors(rows, mode, depth) {
    const width = Math.min(side.clientWidth, 420);
    const height = 216;
    const [left, right, top, base] = [36, width - 8, 26, height - 34];
    setAttributes(plot, { width, height, viewBox: `0 0 ${width} ${height}` });
    const across = linear([0, 6], [left + 6, right - 6]);
    const up = linear(ERRORS.map(Math.log10), [base, top]);
    const at = (v) => (Number.isFinite(v) ? up(Math.log10(clamp(v, ...ERRORS))) : NaN);
    plot.replaceChildren();
    for (const v of [-3, -2, -1, 0, 1, 2]) {
      svg(plot, "path", { class: "lf-gridline", d: `M${left} ${up(v)}H${right}` });
      svgMath(plot, `10^${v < 0 ? "−" : ""}${Math.abs(v)}`, { x: left - 5, y: up(v) + 4, "text-anchor": "end", style: "font-size: 12px" });
    }
    DEPTHS.forEach((n, i) => {
      svg(plot, "text", { x: across(i), y: base + 15, "text-anchor": "middle" }).textContent = n;
    });
    svgMath(plot, mode === "fixed_depth" ? "1/δ" : "K", { x: right, y: base + 30, "text-anchor": "end" });
    if (mode === "joint") {
      const guide = DEPTHS.map((n, i) => [across(i), at((1.7 * rows[6].error * 64) / n)]);
      svg(plot, "path", { class: "lf-trail", d: polyline(guide) });
      svg(plot, "text", { x: left, y: base + 31 }).textContent = "chấm chấm: dốc −1";
    }
    const now = across(DEPTHS.indexOf(depth));
    svg(plot, "path", { class: "lf-axis", d: `M${now} ${top}V${base}` });
    for (const [key, color] of [["log_det_error", "third"], ["error", "x"]]) {
      const points = rows.map((r, i) => [across(i), at(r[key])]);
      svg(plot, "path", { d: polyline(points), style: `fill: none; stroke: var(--lf-${color}); stroke-width: 2` });
      points.forEach(([cx, cy], i) => {
        if (Number.isFinite(cy)) svg(plot, "circle", { cx, cy, r: DEPTHS[i] === depth ? 5 : 3, style: `fill: var(--lf-${color})` });
      });
    }
    svg(plot, "text", { x: 0, y: 12, class: "lf-label-x" }).textContent = "sai số";
    svg(plot, "text", { x: 46, y: 12, style: "fill: var(--lf-third)" }).textContent = "lệch log det (nat)";
    const said = rows.map((r, i) => `${DEPTHS[i]}: ${r.error.toPrecision(2)}`);
    plot.setAttribute("aria-label", `Sai số trung bình: ${said.join("; ")}`);
  }

  /** Một tầng còn khả nghịch không, nói bằng lời. */
  function warn({ lip, low, high }, delta) {
    const product = `δ · Lip($u$) = ${format(delta * lip)}`;
    if (delta * lip < 1) return [`${product} < 1: mọi tầng khả nghịch, định thức luôn dương.`, false];
    const start = `${product} ≥ 1: không còn gì bảo đảm. `;
    if (low > 0) return [`${start}Ở đây $det(I + δ J)$ vẫn dương trong khung nhìn: điều kiện δ · Lip < 1 đủ chứ không cần.`, true];
    if (high < 0) return [`${start}$det(I + δ J)$ = ${format(low)} âm: mỗi tầng lật mặt phẳng như qua gương; log của số âm không có nghĩa.`, true];
    return [`${start}$det(I + δ J)$ đổi dấu: tầng gấp mặt phẳng lại, hai điểm rơi vào một chỗ.`, true];
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    root.classList.toggle("lf-wide", root.clientWidth >= 620);
    const [preset, mode, depth, start, view] = ["preset", "mode", "depth", "start", "view"].map((k) => model.get(k));
    const spec = presets.find((p) => p.name === preset);
    const u = field(spec);
    const starts = [start, ...RING];
    const exact = starts.map((p) => exactAt(preset, u, p));
    const rows = DEPTHS.map((n) => measures(u, starts, exact, ...schedule(mode, n)));
    const [K, delta] = schedule(mode, depth);
    const stack = drawPlane(preset, u, starts, exact, [K, delta], view);
    drawErrors(rows, mode, depth);

    const index = DEPTHS.indexOf(depth);
    const size = remember(`${preset} ${K} ${delta}`, () => sizes(u, K, delta));
    const [words, alarm] = warn(size, delta);
    const setting = `$K$ = ${K}, δ = ${delta === 1 ? 1 : `1/${Math.round(1 / delta)}`}.`;
    caption.replaceChildren(html("strong", {}, ...prose(setting)), ...prose(` ${words}`));
    caption.style.color = alarm ? "var(--lf-warn)" : "";
    slider.value = index;
    slider.setAttribute("aria-valuetext", caption.textContent);
    [back.disabled, next.disabled] = [index === 0, index === DEPTHS.length - 1];
    const { error, displacement } = rows[index];
    out.lip.value.textContent = format(delta * size.lip, 3);
    out.lip.value.parentNode.classList.toggle("lf-is-warn", alarm);
    out.error.value.textContent = format(error, 4);
    out.ratio.value.textContent = index ? `× ${format(error / rows[index - 1].error, 3)}` : "–";
    out.displacement.value.textContent = format(displacement, 4);
    out.stack.value.textContent = format(stack.logDet, 4);
    out.exact.value.textContent = format(exact[0].logDet, 4);
    out.gap.value.textContent = format(stack.logDet - exact[0].logDet, 4);
    note.replaceChildren(...prose(`${spec.note} ${MODES[mode]}`));
    markPreset(preset);
    markMode(mode);
    markView(view);
  }

  const redraw = once(draw);
  const keys = ["preset", "mode", "depth", "start", "view"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stop = onWidth(root, draw);
  return () => {
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
