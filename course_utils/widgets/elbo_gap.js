// ELBO + KL(q‖hậu nghiệm) = log p(x): z ~ N(0, 1), x | z ~ N(h(z), ½); mọi số tính trong trang.

const VARIANCE = 0.5;
const MEAN_RANGE = [-3, 3];
const STD_RANGE = [0.1, 1.5];
const Z_RANGE = [-4, 4];
const NATS = [-7, 1]; // thước đo
const GRID = Array.from({ length: 2401 }, (_, i) => (i - 1200) / 100);
const STEP = 0.01;
const HINT = "Kéo hai chấm của q: trung bình và bề rộng. Hoặc dùng Tab và phím mũi tên.";
const DONE = {
  exact: "ELBO đã tới một đỉnh: nhích q hướng nào nó cũng giảm, và KL(q‖p(z|x)) cũng tăng.",
  plus: "Mục tiêu sai dấu thưởng cho q càng xa tiên nghiệm: q chạy tới mép và còn muốn đi nữa.",
};
const PLUS =
  "Sai dấu: tái tạo + KL. Thanh vượt qua vạch log p(x), nên nó không phải cận dưới của gì cả.";
const MAPS = {
  linear: (z) => z,
  square: (z) => z * z,
  tanh: (z) => 2 * Math.tanh(2 * z),
};

/** log p(x, z) trên lưới, và log p(x) bằng quy tắc hình thang: tính một lần cho mỗi (mô hình, x). */
export function tabulate(preset, x) {
  const h = MAPS[preset];
  const scale = Math.sqrt(VARIANCE);
  const logLikelihood = (z) => logNormal((x - h(z)) / scale) - Math.log(scale);
  const recon = GRID.map(logLikelihood);
  const logJoint = GRID.map((z, i) => logNormal(z) + recon[i]);
  const logP = Math.log(logJoint.reduce((sum, v) => sum + Math.exp(v), 0) * STEP);
  return { recon, logJoint, logP, posterior: (z) => Math.exp(logNormal(z) + logLikelihood(z) - logP) };
}

/** Hai số hạng của ELBO, và khe hở tính riêng bằng tích phân (nat). */
export function measures({ recon, logJoint, logP }, mean, std) {
  let [reconstruction, gap] = [0, 0];
  for (let i = 0; i < GRID.length; i++) {
    const logQ = logNormal((GRID[i] - mean) / std) - Math.log(std);
    const q = Math.exp(logQ);
    if (q === 0) continue;
    reconstruction += q * recon[i];
    gap += q * (logQ - logJoint[i] + logP);
  }
  const kl_prior = 0.5 * (mean * mean + std * std - 1) - Math.log(std);
  reconstruction *= STEP;
  return { log_p: logP, reconstruction, kl_prior, elbo: reconstruction - kl_prior, gap: gap * STEP };
}

/** Mục tiêu theo dấu đã chọn. */
const objective = (value, rule) =>
  rule === "plus" ? value.reconstruction + value.kl_prior : value.elbo;

/** Một bước leo dốc theo trung bình và log độ lệch chuẩn, chia đôi chừng nào còn hụt xuống;
 *  trả [mean, std, độ dời]. */
export function climb(table, mean, std, rule) {
  const at = (m, logS) => objective(measures(table, m, Math.exp(logS)), rule);
  const [logS, h] = [Math.log(std), 1e-4];
  const slopeM = (at(mean + h, logS) - at(mean - h, logS)) / (2 * h);
  const slopeS = (at(mean, logS + h) - at(mean, logS - h)) / (2 * h);
  const [stepM, stepS] = [clamp(0.3 * std * std * slopeM, -0.15, 0.15), clamp(0.15 * slopeS, -0.1, 0.1)];
  const here = at(mean, logS);
  for (let share = 1; share > 1e-3; share /= 2) {
    const nextM = clamp(mean + share * stepM, ...MEAN_RANGE);
    const nextS = clamp(Math.exp(logS + share * stepS), ...STD_RANGE);
    if (at(nextM, Math.log(nextS)) >= here)
      return [nextM, nextS, Math.abs(nextM - mean) + Math.abs(nextS - std)];
  }
  return [mean, std, 0];
}

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-elbo");
  const presets = model.get("presets");
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  let table;
  let tabulated = "";

  const markPreset = choice(
    root,
    "Chọn mô hình x | z",
    presets.map((p) => [p.name, html("span", {}, ...prose(p.label))]),
    (preset) => {
      halt();
      change({ preset, x: presets.find((p) => p.name === preset).x });
    },
  );
  const body = html("div", { class: "lf-body" });
  const plot = html("div", { class: "lf-plot" });
  const side = html("div", { class: "lf-side" });
  body.append(plot, side);
  root.append(body);

  // Các con số
  const row = readout(side);
  const out = {
    mean: row("trung bình $m$ của $q$", "lf-is-x"),
    std: row("độ lệch chuẩn $s$ của $q$", "lf-is-x"),
    reconstruction: row("tái tạo", "lf-gap"),
    kl_prior: row("$− KL(q‖p(z))$"),
    elbo: row("ELBO", "lf-sum lf-row-elbo"),
    gap: row("$+ KL(q‖p(z|x))$", "lf-is-x lf-row-gap"),
    log_p: row("$log p(x)$", "lf-sum lf-row-logp"),
  };
  const slider = html("input", { type: "range", min: -3, max: 3, step: 0.05, "aria-label": "Điểm dữ liệu x" });
  const xLabel = html("div", { class: "lf-label" });
  side.append(xLabel, html("div", { class: "lf-steps" }, slider));
  slider.addEventListener("input", () => {
    halt();
    change({ x: Number(slider.value) });
  });
  side.append(html("div", { class: "lf-label" }, "Mục tiêu"));
  const markRule = choice(
    side,
    "Mục tiêu",
    [
      ["exact", "tái tạo − KL"],
      ["plus", "tái tạo + KL (sai dấu)"],
    ],
    (rule) => {
      halt();
      change({ rule });
    },
  );
  const up = html("button", { type: "button", class: "lf-up" }, "Leo dốc mục tiêu");
  up.addEventListener("click", () => (running ? halt() : climbAll()));
  side.append(html("div", { class: "lf-options" }, up));
  const note = html("p", { class: "lf-note" });
  const hint = html("p", { class: "lf-hint", "aria-live": "polite" }, HINT);
  root.append(note, hint);

  // Leo từng bước, mỗi khung hình một bước
  let running = 0;
  function halt(text = HINT) {
    cancelAnimationFrame(running);
    running = 0;
    up.textContent = "Leo dốc mục tiêu";
    if (hint.textContent !== text) hint.textContent = text;
  }
  function advance() {
    const [mean, std, moved] = climb(table, model.get("mean"), model.get("std"), model.get("rule"));
    change({ mean, std });
    return moved > 1e-4;
  }
  function climbAll() {
    const done = DONE[model.get("rule")];
    if (reducedMotion()) {
      for (let i = 0; i < 600 && advance(); i++);
      return halt(done);
    }
    hint.textContent = "Đang leo dốc…";
    up.textContent = "Dừng";
    const frame = () => {
      if (advance()) running = requestAnimationFrame(frame);
      else halt(done);
    };
    running = requestAnimationFrame(frame);
  }

  // Hình vẽ
  const picture = svg(plot, "svg", { role: "group", "aria-label": "q, hậu nghiệm và thước nat" });
  const axes = svg(picture, "g");
  const { group, cut } = clipped(picture);
  const prior = svg(group, "path", { class: "lf-trail" });
  const areaP = svg(group, "path", { class: "lf-area-z" });
  const areaQ = svg(group, "path", { class: "lf-area-x" });
  const edgeP = svg(group, "path", { class: "lf-edge-z lf-posterior" });
  const edgeQ = svg(group, "path", { class: "lf-edge-x lf-q" });
  const bars = svg(picture, "g");
  const handle = (className, label) => {
    const node = svg(picture, "g", {
      class: `lf-handle lf-at-x ${className}`,
      tabindex: 0,
      role: "slider",
      "aria-label": label,
      "aria-orientation": "horizontal",
    });
    svg(node, "circle", { class: "lf-target", r: 19 });
    svg(node, "circle", { class: "lf-ring", r: 10.5 });
    svg(node, "circle", { class: "lf-dot", r: 6.5 });
    return node;
  };
  let size, scaleZ;
  const moveMean = (mean) => {
    halt();
    change({ mean: +clamp(mean, ...MEAN_RANGE).toFixed(3) });
  };
  const moveStd = (std) => {
    halt();
    change({ std: +clamp(std, ...STD_RANGE).toFixed(3) });
  };
  const meanHandle = handle("lf-mean", "Trung bình của q");
  const stdHandle = handle("lf-std", "Độ lệch chuẩn của q");
  draggable(meanHandle, picture, { move: (px) => moveMean(scaleZ.invert(px)) });
  draggable(stdHandle, picture, {
    move: (px) => moveStd(Math.abs(scaleZ.invert(px) - model.get("mean"))),
  });
  arrowKeys(meanHandle, (dx, dy) => moveMean(model.get("mean") + 0.05 * (dx + dy)));
  arrowKeys(stdHandle, (dx, dy) => moveStd(model.get("std") + 0.05 * (dx + dy)));

  function layout() {
    root.classList.toggle("lf-wide", root.clientWidth >= 640);
    const total = Math.min(plot.clientWidth, 580);
    const [left, right, top] = [8, total - 8, 22];
    const base = top + clamp(total * 0.48, 150, 240);
    size = { left, right, top, base, barTop: base + 62 };
    const height = base + 128;
    setAttributes(picture, { width: total, height, viewBox: `0 0 ${total} ${height}` });
    cut(left, top, right - left, base - top);
    scaleZ = linear(Z_RANGE, [left, right]);
    draw();
  }

  function drawAxes() {
    axes.replaceChildren();
    const { left, right, top, base } = size;
    for (const v of ticks(...Z_RANGE, 8)) {
      const px = scaleZ(v);
      svg(axes, "line", { class: "lf-gridline", x1: px, x2: px, y1: top, y2: base });
      const label = svg(axes, "text", { x: px, y: base + 17, "text-anchor": "middle" });
      label.textContent = Math.abs(v) === 4 ? "" : tickLabel(v);
    }
    svg(axes, "line", { class: "lf-axis", x1: left, x2: right, y1: base, y2: base });
    svgMath(axes, "z", { x: right, y: base + 17, "text-anchor": "end" });
    svgMath(axes, "p(z)", { x: left, y: top - 7 });
    svgMath(axes, "p(z|x)", { x: left + 48, y: top - 7, class: "lf-label-z" });
    svgMath(axes, "q(z|x)", { x: left + 112, y: top - 7, class: "lf-label-x" });
  }

  /** Thước nat: mục tiêu từ trái sang, rồi phần KL bù tới vạch log p(x). */
  function drawBars(value, rule) {
    bars.replaceChildren();
    const { left, right, barTop } = size;
    const scale = linear(NATS, [left, right]);
    const at = (v) => scale(clamp(v, ...NATS));
    const aim = objective(value, rule);
    const rect = (a, b, className, color) =>
      svg(bars, "rect", {
        class: className,
        x: Math.min(a, b),
        y: barTop,
        width: Math.abs(b - a),
        height: 22,
        style: `fill: var(${color}); fill-opacity: 0.75`,
      });
    rect(left, at(aim), "lf-bar-elbo", rule === "plus" ? "--lf-warn" : "--lf-third");
    if (rule === "exact") rect(at(value.elbo), at(value.log_p), "lf-bar-gap", "--lf-x");
    const x = scale(value.log_p);
    svg(bars, "line", { class: "lf-curve", x1: x, x2: x, y1: barTop - 8, y2: barTop + 30 });
    svgMath(bars, "log p(x)", { x, y: barTop - 13, "text-anchor": x > right - 40 ? "end" : "middle" });
    svgMath(bars, rule === "plus" ? "tái tạo + KL" : "ELBO", { x: left + 4, y: barTop - 13 });
    for (const v of ticks(...NATS, 8).slice(1)) {
      const last = v === NATS[1];
      const [x, y] = [scale(v), barTop + 46];
      const label = svg(bars, "text", { x, y, "text-anchor": last ? "end" : "middle" });
      label.textContent = last ? "nat" : tickLabel(v);
    }
  }

  function draw() {
    if (!size) return;
    const [preset, x, mean, std, rule] = ["preset", "x", "mean", "std", "rule"].map((k) => model.get(k));
    if (tabulated !== `${preset} ${x}`) {
      table = tabulate(preset, x);
      tabulated = `${preset} ${x}`;
    }
    const value = measures(table, mean, std);
    const { left, right, top, base } = size;
    root.classList.toggle("lf-plus", rule === "plus");
    drawAxes();

    const seen = GRID.filter((z, i) => i % 2 === 0 && z >= Z_RANGE[0] && z <= Z_RANGE[1]);
    const densityQ = (z) => Math.exp(logNormal((z - mean) / std)) / std;
    const peak = Math.max(0.9, 1.06 * Math.max(...seen.map(table.posterior)));
    const scaleY = linear([0, peak], [base, top]);
    const line = (f) => seen.map((z) => [scaleZ(z), scaleY(f(z))]);
    const close = (points) => `${polyline(points)}L${right} ${base}L${left} ${base}Z`;
    const [lineP, lineQ] = [line(table.posterior), line(densityQ)];
    prior.setAttribute("d", polyline(line((z) => Math.exp(logNormal(z)))));
    edgeP.setAttribute("d", polyline(lineP));
    areaP.setAttribute("d", close(lineP));
    edgeQ.setAttribute("d", polyline(lineQ));
    areaQ.setAttribute("d", close(lineQ));
    drawBars(value, rule);

    const place = (node, px, py, label, range, now) =>
      setAttributes(node, {
        transform: `translate(${clamp(px, left, right)} ${clamp(py, top, base)})`,
        "aria-valuemin": range[0],
        "aria-valuemax": range[1],
        "aria-valuenow": now,
        "aria-valuetext": `${label} = ${format(now)}, ELBO = ${format(value.elbo)} nat`,
      });
    place(meanHandle, scaleZ(mean), base, "m", MEAN_RANGE, mean);
    const sign = mean + std > Z_RANGE[1] - 0.2 ? -1 : 1;
    place(stdHandle, scaleZ(mean + sign * std), scaleY(densityQ(mean + std)), "s", STD_RANGE, std);

    for (const [key, cell] of Object.entries(out)) {
      const shown = { ...value, mean, std, kl_prior: -value.kl_prior }[key];
      cell.value.textContent = format(shown, 3);
    }
    xLabel.replaceChildren(...prose(`điểm dữ liệu $x$ = ${format(x)}`));
    if (Number(slider.value) !== x) slider.value = x;
    markPreset(preset);
    markRule(rule);
    const text = rule === "plus" ? PLUS : presets.find((p) => p.name === preset).note;
    if (note.textContent !== text) note.textContent = text;
  }

  const keys = ["preset", "x", "mean", "std", "rule"].map((k) => `change:${k}`).join(" ");
  const redraw = once(draw);
  model.on(keys, redraw);
  const stop = onWidth(root, layout);
  return () => {
    halt();
    stop();
    model.off(keys, redraw);
  };
}

export default { render };
