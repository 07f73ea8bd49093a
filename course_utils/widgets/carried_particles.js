// Hạt trôi theo một trường vận tốc đã huấn luyện; bộ giải, số bước, log mật độ: mọi phép tính làm ngay trong trang.

const VIEW = 3.2; // khung nhìn [−3.2, 3.2]²
const STEPS = [1, 2, 4, 8, 16, 32];
const FINE = 64; // số bước rk4 của nghiệm mịn
const TIMES = { generate: [0, 1], normalize: [1, 0] };
const HUES = ["z", "x", "third", "warn"]; // màu của bốn góc xuất phát
const TRAILS = 24; // số hạt có vệt
const SAMPLE = 60; // số hạt để đo sai số
const HINT = {
  generate: "Kéo chấm lớn, hoặc Tab rồi phím mũi tên, để đổi điểm nhiễu xuất phát lúc $t = 0$.",
  normalize: "Kéo chấm lớn, hoặc Tab rồi phím mũi tên, để đổi điểm dữ liệu xuất phát lúc $t = 1$.",
};
const NOTES = {
  generate:
    "Chiều sinh: nhiễu lúc $t = 0$ trôi thành dữ liệu lúc $t = 1$. Nơi $div u < 0$, các hạt dồn lại và log mật độ của hạt tăng; nơi $div u > 0$ thì giảm.",
  normalize:
    "Chiều chuẩn hóa: cùng trường ấy, thời gian chạy từ 1 về 0. Không phải tìm công thức cho hàm ngược; tới $t = 0$ ta mới biết $z$, và từ đó log mật độ của điểm dữ liệu.",
};

function render({ model, el }) {
  const root = figureRoot(el, model, "lf-carried");
  const specs = model.get("fields");
  const fields = specs.map(velocity);
  const save = saver(model);
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    save();
  };
  const get = (...keys) => keys.map((key) => model.get(key));

  // Lần giải nào cũng chỉ làm một lần.
  const memory = new Map();
  const remember = (key, make) => {
    if (!memory.has(key)) {
      if (memory.size > 1500) memory.clear();
      memory.set(key, make());
    }
    return memory.get(key);
  };
  const solve = (name, points, method, steps, direction, divergence = false) =>
    remember(`${name} ${divergence} ${model.get("field")} ${method} ${steps} ${direction}`, () =>
      integrate(fields[model.get("field")], points, method, steps, ...TIMES[direction], divergence),
    );
  /** Các hạt lúc xuất phát: nhiễu, hoặc dữ liệu. */
  const starts = (direction) => {
    const { data } = specs[model.get("field")];
    if (direction === "generate") return model.get("noise");
    return data.length ? data : pointsOf(solve("cloud", model.get("noise"), "rk4", FINE, "generate")[FINE]);
  };

  const row = (label) => {
    const node = html("div", { class: "lf-options", style: "margin-top: 6px" });
    if (label) node.append(html("span", { style: "color: var(--lf-muted); font-size: 13px" }, label));
    root.append(node);
    return node;
  };
  const options = specs.map(({ label }, i) => [String(i), label]);
  const markField = choice(row("Trường"), "Trường vận tốc", options, (i) => (halt(), change({ field: Number(i) })));
  const methods = [["euler", "Euler"], ["midpoint", "điểm giữa"], ["rk4", "RK4"]];
  const markMethod = choice(row("Bộ giải"), "Bộ giải", methods, (method) => change({ method }));
  const counts = STEPS.map((n) => [String(n), String(n)]);
  const markSteps = choice(row("Số bước"), "Số bước", counts, (n) => change({ steps: Number(n) }));
  const ways = [["generate", "sinh, t: 0 → 1"], ["normalize", "chuẩn hóa, t: 1 → 0"]];
  const markWay = choice(row("Chiều"), "Chiều của thời gian", ways, (direction) => {
    if (direction === model.get("direction")) return;
    halt();
    // Cùng một đường đi, đi ngược lại: hạt xuất phát từ nơi nó vừa tới.
    const end = solveStart("rk4", FINE)[FINE];
    change({ start: [end[0], end[1]].map((v) => +clamp(v, -3, 3).toFixed(3)), direction });
  });
  const solveStart = (method, steps) => {
    const [start, direction] = get("start", "direction");
    return solve(`start ${start}`, [start], method, steps, direction, true);
  };

  const bar = html("div", { class: "lf-steps", style: "margin-top: 8px" });
  const slider = html("input", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Thời điểm t" });
  const clock = html("output", { style: "min-width: 4.4em; text-align: right; font-variant-numeric: tabular-nums" });
  const play = html("button", { type: "button", "aria-label": "Cho thời gian chạy" }, "Chạy");
  bar.append(math("t"), slider, clock, play);
  root.append(bar);
  slider.addEventListener("input", () => (halt(), change({ time: Number(slider.value) })));
  let timer = null;
  function halt() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Chạy";
  }
  play.addEventListener("click", () => {
    if (timer) return halt();
    const [from, to] = TIMES[model.get("direction")];
    if (Math.abs(model.get("time") - to) < 1e-9) change({ time: from });
    const pace = reducedMotion() ? [0.1, 300] : [0.01, 35];
    play.textContent = "Dừng";
    const advance = () => {
      change({ time: +clamp(model.get("time") + Math.sign(to - from) * pace[0], 0, 1).toFixed(4) });
      if (model.get("time") === to) halt();
      else timer = setTimeout(advance, pace[1]);
    };
    timer = setTimeout(advance, pace[1]);
  });

  const body = html("div", { class: "lf-body" });
  const box = html("div", { class: "lf-panel", style: "width: 100%" });
  const side = html("div", { class: "lf-side" });
  body.append(box, side);
  root.append(body);
  const panel = html("div", { class: "lf-panel", style: "margin: 0 auto" });
  box.append(panel);
  const canvas = html("canvas", { "aria-hidden": "true" });
  panel.append(canvas);
  const picture = svg(panel, "svg", { role: "group", "aria-label": "Mặt phẳng các hạt" });
  const axes = svg(picture, "g");
  const inside = clipped(picture);
  const line = (className, style = "") => svg(inside.group, "path", { class: className, style });
  const arrows = line("lf-curve lf-arrows", "stroke: var(--lf-muted); stroke-width: 1; stroke-opacity: 0.65");
  const mesh = [line("lf-mesh", "stroke-opacity: 0.55; stroke-width: 1"), line("lf-lines-1"), line("lf-lines-2")];
  const fine = line("lf-edge-z lf-fine", "stroke-width: 2.6");
  const coarse = line("lf-edge-x lf-coarse");
  const marks = svg(inside.group, "g");
  const handle = svg(picture, "g", {
    class: "lf-handle",
    tabindex: 0,
    role: "slider",
    "aria-roledescription": "điểm hai chiều",
    "aria-label": "Nơi xuất phát của hạt",
    "aria-valuemin": -3,
    "aria-valuemax": 3,
  });
  for (const [part, r] of [["target", 20], ["ring", 11], ["dot", 7]]) svg(handle, "circle", { class: `lf-${part}`, r });
  let x, y;
  const move = (point) => change({ start: point.map((v) => +clamp(v, -3, 3).toFixed(3)) });
  draggable(handle, picture, { start: halt, move: (px, py) => move([x.invert(px), y.invert(py)]) });
  arrowKeys(handle, (dx, dy) => {
    const [a, b] = model.get("start");
    move([a + 0.05 * dx, b + 0.05 * dy]);
  });

  const under = html("div", { class: "lf-options", style: "justify-content: center" });
  box.append(under);
  const markView = choice(under, "Vẽ", [["particles", "hạt"], ["grid", "lưới"]], (view) => change({ view }));
  const inks = [["origin", "tô theo góc xuất phát"], ["density", math("tô theo log p_t")]];
  const markColor = choice(under, "Tô màu", inks, (color) => change({ color }));
  const colors = under.lastChild;
  const shown = html("input", { type: "checkbox" });
  shown.checked = true;
  shown.addEventListener("change", () => draw());
  under.append(html("label", {}, shown, html("span", {}, ...prose("hiện trường $u(x, t)$"))));

  const plot = svg(side, "svg", { role: "img", style: "margin: 0 auto" });
  const cell = readout(side);
  const out = {
    nfe: cell("NFE, số lần gọi trường", "lf-nfe"),
    error: cell("sai số điểm cuối", "lf-is-x lf-error"),
    round: cell("đi rồi về, lệch", "lf-round"),
    place: cell("$x_t$ của chấm lớn", "lf-gap"),
    base: cell("$log p_Z(x_0)$", "lf-base"),
    integral: cell("$− ∫_0^t div u ds$", "lf-integral"),
    density: cell("$log p_t(x_t)$ (nat)", "lf-sum lf-density"),
    gap: cell("lệch so với nghiệm mịn", "lf-is-x lf-density-gap"),
  };
  const note = html("p", { class: "lf-note" });
  const hint = html("p", { class: "lf-hint" });
  root.append(note, hint);

  const themeColor = (name) => {
    const hex = getComputedStyle(root).getPropertyValue(`--lf-${name}`).trim();
    return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  };

  function drawAxes(size) {
    const margin = 26;
    const [low, high] = [8, size - margin];
    setAttributes(picture, { width: size, height: size, viewBox: `0 0 ${size} ${size}` });
    x = linear([-VIEW, VIEW], [margin, size - 8]);
    y = linear([-VIEW, VIEW], [high, low]);
    inside.cut(margin, low, high - low, high - low);
    axes.replaceChildren();
    for (const v of [-3, -2, -1, 0, 1, 2, 3]) {
      svg(axes, "path", { class: "lf-gridline", d: `M${x(v)} ${low}V${high}M${margin} ${y(v)}H${size - 8}` });
      const text = (attributes) => (svg(axes, "text", attributes).textContent = tickLabel(v));
      if (v < 3) text({ x: x(v), y: high + 17, "text-anchor": "middle" });
      if (v < 3) text({ x: margin - 6, y: y(v) + 4, "text-anchor": "end" });
    }
    svg(axes, "rect", { class: "lf-frame", x: margin, y: low, width: high - low, height: high - low });
    svgMath(axes, "x_1", { x: x(VIEW), y: high + 17, "text-anchor": "end" });
    svgMath(axes, "x_2", { x: margin - 5, y: y(3) + 4, "text-anchor": "end" });
    const ratio = window.devicePixelRatio || 1;
    canvas.style.width = canvas.style.height = `${size}px`;
    canvas.width = canvas.height = Math.round(size * ratio);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.beginPath();
    pen.rect(margin, low, high - low, high - low);
    pen.clip();
    return pen;
  }

  /** Mũi tên của trường ở thời điểm t, trên lưới 13 × 13. */
  function drawArrows(t) {
    const here = fields[model.get("field")](t, false);
    const ticks = Array.from({ length: 13 }, (_, i) => (i / 6 - 1) * 3);
    const u = [0, 0, 0];
    const tips = ticks.flatMap((a) =>
      ticks.map((b) => {
        here(a, b, u);
        const length = Math.hypot(u[0], u[1]);
        const reach = (0.42 * Math.tanh(0.35 * length)) / Math.max(length, 1e-9);
        const [p, q, s, e] = [x(a), y(b), x(a + reach * u[0]), y(b + reach * u[1])];
        const [m, n] = [0.35 * (p - s), 0.35 * (q - e)];
        return polyline([[p, q], [s, e], [s + m - 0.6 * n, e + n + 0.6 * m], [s, e], [s + m + 0.6 * n, e + n - 0.6 * m]]);
      }),
    );
    arrows.setAttribute("d", shown.checked ? tips.join("") : "M0 0");
  }

  const LINES = Array.from({ length: 22 }, (_, n) => {
    const fixed = ((n % 11) / 5 - 1) * 2.5;
    const along = Array.from({ length: 31 }, (_, i) => (i / 15 - 1) * 2.5);
    return along.map((v) => (n < 11 ? [fixed, v] : [v, fixed]));
  });
  function drawGrid(method, steps, direction, share) {
    const now = pointsOf(stateAt(solve("grid", LINES.flat(), method, steps, direction), share));
    const drawn = LINES.map((_, n) => polyline(now.slice(31 * n, 31 * n + 31).map(([a, b]) => [x(a), y(b)])));
    mesh[0].setAttribute("d", drawn.join(""));
    mesh[1].setAttribute("d", drawn[5]);
    mesh[2].setAttribute("d", drawn[16]);
  }

  function drawCloud(pen, cloud, share, direction) {
    const state = stateAt(cloud, share);
    const trail = cloud.filter((_, k) => k / (cloud.length - 1) < share);
    pen.lineWidth = 1;
    pen.strokeStyle = `rgba(${themeColor("ink")}, 0.28)`;
    for (let i = 0; i < TRAILS; i++) {
      pen.beginPath();
      for (const at of [...trail, state]) pen.lineTo(x(at[3 * i]), y(at[3 * i + 1]));
      pen.stroke();
    }
    const inks = HUES.map(themeColor);
    const [pale, strong] = ["line", "x"].map(themeColor);
    const logs = model.get("color") === "density" ? logDensity(cloud, direction, state) : null;
    pointsOf(state).forEach(([a, b], i) => {
      const quarter = (cloud[0][3 * i] > 0) + 2 * (cloud[0][3 * i + 1] > 0);
      // log p_t từ −6 (nhạt) tới 0.5 (đậm).
      const depth = logs && clamp((logs[i] + 6) / 6.5, 0, 1);
      const ink = logs ? pale.map((c, n) => Math.round(c + depth * (strong[n] - c))) : inks[quarter];
      pen.fillStyle = `rgb(${ink})`;
      pen.beginPath();
      pen.arc(x(a), y(b), 2.3, 0, 2 * Math.PI);
      pen.fill();
    });
  }

  /** log p_t dọc đường đi của chấm lớn. */
  function drawLog(curves, time) {
    const width = clamp(side.clientWidth, 120, 420); // lúc trang chưa bày xong, bề rộng là 0
    const height = 178;
    const [left, right, top, base] = [34, width - 10, 26, height - 30];
    setAttributes(plot, { width, height, viewBox: `0 0 ${width} ${height}` });
    const all = curves.flatMap(({ values }) => values.filter(Number.isFinite).map((v) => clamp(v, -30, 10)));
    const [low, high] = [Math.min(...all) - 0.2, Math.max(...all) + 0.2];
    const across = linear([0, 1], [left, right]);
    const up = linear([low, high], [base, top]);
    plot.replaceChildren();
    for (const v of ticks(low, high, 4)) {
      svg(plot, "path", { class: "lf-gridline", d: `M${left} ${up(v)}H${right}` });
      svg(plot, "text", { x: left - 5, y: up(v) + 4, "text-anchor": "end" }).textContent = tickLabel(v);
    }
    for (const v of [0, 0.5, 1]) svg(plot, "text", { x: across(v), y: base + 16, "text-anchor": "middle" }).textContent = tickLabel(v);
    svgMath(plot, "t", { x: across(0.75), y: base + 16, "text-anchor": "middle" });
    svg(plot, "path", { class: "lf-axis", d: `M${across(time)} ${top}V${base}` });
    for (const { values, className, dots } of curves) {
      const [from, to] = TIMES[model.get("direction")];
      const points = values.map((v, k) => [across(from + ((to - from) * k) / (values.length - 1)), up(clamp(v, -30, 10))]);
      svg(plot, "path", { class: className, d: polyline(points) });
      if (dots) for (const [cx, cy] of points) svg(plot, "circle", { cx, cy, r: 2.6, style: "fill: var(--lf-x)" });
    }
    svgMath(plot, "log p_t(x_t)", { x: 0, y: 13 });
    svg(plot, "text", { x: 92, y: 13, class: "lf-label-z" }).textContent = "nghiệm mịn";
    svg(plot, "text", { x: right, y: 13, class: "lf-label-x", "text-anchor": "end" }).textContent = "bộ giải";
    const [exact] = curves;
    plot.setAttribute("aria-label", `log p_t của chấm lớn: từ ${format(exact.values[0])} tới ${format(exact.values.at(-1))} nat`);
  }

  function draw() {
    if (!root.clientWidth) return; // đang ẩn
    root.classList.toggle("lf-wide", root.clientWidth >= 620);
    const [method, steps, direction, time, start, view] = get("method", "steps", "direction", "time", "start", "view");
    const [from, to] = TIMES[direction];
    const share = (time - from) / (to - from);
    const pen = drawAxes(clamp(box.clientWidth, 120, 480));
    drawArrows(time);
    const points = starts(direction);
    const cloud = solve("cloud", points, method, steps, direction, model.get("color") === "density");
    const there = cloud[steps].slice(0, 3 * SAMPLE);
    const exactly = solve("few", points.slice(0, SAMPLE), "rk4", FINE, direction)[FINE];
    for (const path of mesh) path.setAttribute("d", "M0 0");
    if (view === "grid") drawGrid(method, steps, direction, share);
    else drawCloud(pen, cloud, share, direction);

    const [path, exact] = [solveStart(method, steps), solveStart("rk4", FINE)];
    const place = (state) => [x(state[0]), y(state[1])];
    fine.setAttribute("d", polyline(exact.map(place)));
    coarse.setAttribute("d", polyline(path.map(place)));
    const [now, exactNow] = [stateAt(path, share), stateAt(exact, share)];
    marks.replaceChildren();
    const dot = ([cx, cy], r, style) => svg(marks, "circle", { cx, cy, r, style });
    for (const state of path.slice(1)) dot(place(state), 2.6, "fill: var(--lf-x)");
    dot(place(exactNow), 7, "fill: none; stroke: var(--lf-z); stroke-width: 2.2");
    dot(place(now), 4.6, "fill: var(--lf-x); stroke: var(--lf-surface); stroke-width: 1");
    setAttributes(handle, {
      transform: `translate(${x(start[0]).toFixed(2)} ${y(start[1]).toFixed(2)})`,
      "aria-valuenow": start[0],
      "aria-valuetext": `x = (${start.map((v) => format(v)).join("; ")})`,
    });

    const curve = (states) => states.map((state) => logDensity(states, direction, state)[0]);
    drawLog([{ values: curve(exact), className: "lf-edge-z" }, { values: curve(path), className: "lf-edge-x", dots: steps <= 16 }], time);
    const base = direction === "generate" ? path[0] : path[steps];
    const log = logDensity(path, direction, now)[0];
    const opposite = direction === "generate" ? "normalize" : "generate";
    const back = solve("back", pointsOf(there), method, steps, opposite)[steps];
    const values = {
      nfe: nfe(method, steps),
      error: format(distance(there, exactly), 4),
      round: format(distance(back, cloud[0].slice(0, back.length)), 4),
      place: `(${format(now[0])}; ${format(now[1])})`,
      base: format(logBase(base[0], base[1]), 3),
      integral: format(base[2] - now[2], 3),
      density: format(log, 3),
      gap: format(log - logDensity(exact, direction, exactNow)[0], 3),
    };
    for (const [key, value] of Object.entries(values)) out[key].value.textContent = value;
    slider.value = time;
    clock.textContent = `t = ${format(time)}`;
    slider.setAttribute("aria-valuetext", clock.textContent);
    markField(String(model.get("field")));
    markMethod(method);
    markSteps(String(steps));
    markWay(direction);
    markView(view);
    markColor(model.get("color"));
    colors.style.display = view === "grid" ? "none" : "";
    write(note, NOTES[direction]);
    write(hint, HINT[direction]);
  }
  const write = (node, text) => {
    if (node.dataset.text !== text) node.replaceChildren(...prose(text));
    node.dataset.text = text;
  };

  const redraw = once(draw);
  const keys = ["field", "method", "steps", "direction", "time", "start", "view", "color"].map((k) => `change:${k}`).join(" ");
  model.on(keys, redraw);
  const stops = [onWidth(root, draw), onTheme(draw)];
  return () => {
    halt();
    stops.forEach((stop) => stop());
    model.off(keys, redraw);
  };
}

export default { render };
